import glob, os

for path in glob.glob('/proc/[0-9]*/environ'):
    if str(os.getpid()) in path:
        continue
    try:
        if b'SECRET' in open(path, 'rb').read():
            print('REACHED', path)
    except OSError:
        pass

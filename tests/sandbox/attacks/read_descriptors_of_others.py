import glob, os

for path in glob.glob('/proc/[0-9]*/fd/*'):
    if f'/{os.getpid()}/' not in path:
        print('REACHED', path)

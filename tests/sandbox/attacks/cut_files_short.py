import os

for path in (os.__file__, '/etc/hosts'):
    try:
        os.truncate(path, os.stat(path).st_size)
        print('REACHED', path)
    except OSError:
        pass

import os

for path in ('/etc/hosts', '/usr/lib', os.__file__):
    try:
        os.chmod(path, os.stat(path).st_mode & 0o7777)
        print('REACHED', path)
    except OSError:
        pass

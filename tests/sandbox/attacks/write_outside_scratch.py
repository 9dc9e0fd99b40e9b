import os

for path in ('/tmp', '/var/tmp', '/dev/shm', '/', '/etc', os.path.expanduser('~'), os.path.dirname(os.__file__)):
    try:
        with open(os.path.join(path, 'selfrepair-attack'), 'w'):
            print('REACHED', path)
    except OSError:
        pass

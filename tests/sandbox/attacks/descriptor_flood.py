import os

files = []
try:
    for _ in range(5000):
        files.append(os.open('/dev/null', os.O_RDONLY))
    print('REACHED')
except OSError:
    print('bounded')

import os

for fd in range(3, 256):
    try:
        os.set_blocking(fd, False)
        if b'never' in os.read(fd, 1 << 20):
            print('REACHED')
    except OSError:
        pass

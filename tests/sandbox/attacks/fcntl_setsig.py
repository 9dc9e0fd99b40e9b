import fcntl, os

try:
    read, write = os.pipe()
    fcntl.fcntl(read, 10, 9)
    print('REACHED')
except Exception:
    pass

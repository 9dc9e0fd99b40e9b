import fcntl, os

try:
    read, write = os.pipe()
    fcntl.fcntl(read, 8, os.getppid())
    print('REACHED')
except Exception:
    pass

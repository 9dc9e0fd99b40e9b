import os

os.write = os._exit = os.getpid = os.fstat = os.pread = lambda *a, **k: 0
print('patched')

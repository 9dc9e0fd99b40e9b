import os

try:
    files = [os.memfd_create(str(i)) for i in range(8)]
    print('REACHED')
except Exception:
    pass

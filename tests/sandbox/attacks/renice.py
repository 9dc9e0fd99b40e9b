import os

try:
    os.nice(1)
    print('REACHED')
except Exception:
    pass

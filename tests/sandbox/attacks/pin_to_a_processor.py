import os

try:
    os.sched_setaffinity(0, {0})
    print('REACHED')
except Exception:
    pass

import os

for pid in {1, os.getppid()}:
    try:
        open(f'/proc/{pid}/mem', 'rb').seek(4096)
        print('REACHED')
    except OSError:
        pass

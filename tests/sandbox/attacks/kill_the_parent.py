import os, signal

for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
    try:
        os.kill(os.getppid(), number)
    except OSError:
        print('refused')

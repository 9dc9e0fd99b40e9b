"""Leaves processes in sessions and groups of their own, which stop and wait for signals."""

import os
import signal
import time

for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork() == 0:
            os.setpgid(0, 0)
        time.sleep(30)
        os._exit(0)

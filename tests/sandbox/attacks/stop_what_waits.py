"""Stops all processes of its user, and those of its group."""

import os
import signal

for pid in range(2, 3000):
    try:
        if pid != os.getpid() and os.stat(f"/proc/{pid}").st_uid == os.getuid():
            os.kill(pid, signal.SIGSTOP)
    except OSError:
        pass

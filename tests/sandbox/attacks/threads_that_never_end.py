"""Answers while its threads go on, hold the interpreter, and fork."""

import os
import threading


def go():
    while True:
        try:
            if os.fork() == 0:
                os._exit(0)
            os.wait()
        except OSError:
            pass


for _ in range(4):
    threading.Thread(target=go).start()

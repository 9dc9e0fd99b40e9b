"""Ends in the middle of its own end, with status 0 and half a report."""

import atexit
import os

atexit.register(os.write, 3, b'{"end": "fini')
atexit.register(os._exit, 0)

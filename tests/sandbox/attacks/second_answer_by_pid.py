"""Answers by the number of its process, which might say how many there were before it."""

import os

first = int(open("/proc/self/stat").read().split()[3])
print("never printed" if os.getpid() - first > 10**6 else "no")

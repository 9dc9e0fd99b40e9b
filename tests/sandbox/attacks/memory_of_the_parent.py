import ctypes
import platform

number = {'x86_64': 310, 'aarch64': 270}[platform.machine()]
import os

if ctypes.CDLL(None).syscall(number, os.getppid(), None, 0, None, 0, 0) == 0:
    print('REACHED')

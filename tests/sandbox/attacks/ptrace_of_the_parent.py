import ctypes
import platform

number = {'x86_64': 101, 'aarch64': 117}[platform.machine()]
import os

if ctypes.CDLL(None).syscall(number, 16, os.getppid(), 0, 0) == 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 434, 'aarch64': 434}[platform.machine()]
import os

if ctypes.CDLL(None).syscall(number, os.getppid(), 0) >= 0:
    print('REACHED')

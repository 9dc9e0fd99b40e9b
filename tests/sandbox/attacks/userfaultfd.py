import ctypes
import platform

number = {'x86_64': 323, 'aarch64': 282}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 1) >= 0:
    print('REACHED')

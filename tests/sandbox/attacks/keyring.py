import ctypes
import platform

number = {'x86_64': 250, 'aarch64': 219}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0, -3, 1) >= 0:
    print('REACHED')

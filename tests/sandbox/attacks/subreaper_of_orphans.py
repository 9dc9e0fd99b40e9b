import ctypes
import platform

number = {'x86_64': 157, 'aarch64': 167}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 36, 1, 0, 0, 0) == 0:
    print('REACHED')

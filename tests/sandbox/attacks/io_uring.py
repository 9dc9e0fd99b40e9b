import ctypes
import platform

number = {'x86_64': 425, 'aarch64': 425}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 8, bytes(120)) >= 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 272, 'aarch64': 97}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0x10000000) == 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0x7E020000 | 17, 0, 0, 0, 0) > 0:
    print('REACHED')

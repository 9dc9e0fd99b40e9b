import ctypes
import platform

number = {'x86_64': 135, 'aarch64': 92}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0x0040000) >= 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 29, 'aarch64': 194}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 1234, 4096, 0o1777) >= 0:
    print('REACHED')

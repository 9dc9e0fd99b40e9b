import ctypes
import platform

number = {'x86_64': 68, 'aarch64': 186}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 1234, 0o1777) >= 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 240, 'aarch64': 180}[platform.machine()]
if ctypes.CDLL(None).syscall(number, b'x', 0o102, 0o777, None) >= 0:
    print('REACHED')

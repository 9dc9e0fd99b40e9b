import ctypes
import platform

number = {'x86_64': 321, 'aarch64': 280}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0, bytes(72), 72) >= 0:
    print('REACHED')

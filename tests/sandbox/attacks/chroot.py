import ctypes
import platform

number = {'x86_64': 161, 'aarch64': 51}[platform.machine()]
if ctypes.CDLL(None).syscall(number, b'.') == 0:
    print('REACHED')

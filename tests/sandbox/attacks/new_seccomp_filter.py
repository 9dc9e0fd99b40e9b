import ctypes
import platform

number = {'x86_64': 317, 'aarch64': 277}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 1, 0, bytes(16)) == 0:
    print('REACHED')

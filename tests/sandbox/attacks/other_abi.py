import ctypes
import platform

number = {'x86_64': 1073741863, 'aarch64': 1073741863}[platform.machine()]
if ctypes.CDLL(None).syscall(number, 0) >= 0:
    print('REACHED')

import ctypes
import platform

number = {'x86_64': 298, 'aarch64': 241}[platform.machine()]
if ctypes.CDLL(None).syscall(number, bytes(112), 0, -1, -1, 0) >= 0:
    print('REACHED')

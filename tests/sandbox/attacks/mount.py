import ctypes
import platform

number = {'x86_64': 165, 'aarch64': 40}[platform.machine()]
if ctypes.CDLL(None).syscall(number, b'none', b'/', b'tmpfs', 0, None) == 0:
    print('REACHED')

import socket

try:
    socket.socket(socket.AF_UNIX).bind('\0selfrepair')
    print('REACHED')
except Exception:
    pass

import socket

try:
    socket.create_connection(('1.1.1.1', 53), 1)
    print('REACHED')
except Exception:
    pass

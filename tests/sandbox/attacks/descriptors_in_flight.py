"""Sends itself descriptors without end, so that no table holds them."""

import socket

first, second = socket.socketpair()
first.setblocking(False)
while True:
    socket.send_fds(first, [b"x"], [first.fileno(), second.fileno()] * 100)

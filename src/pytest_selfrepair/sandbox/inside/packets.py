"""Send whole messages with open files between processes.

Linux has local sockets that keep message boundaries. macOS does not: there, a stream is used, with
each message preceded by its length.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import errno
import os
import select
import socket
import sys
from collections.abc import Sequence

KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
"""This system's kind of socket for messages."""

_PATIENCE = 10.0  # seconds to wait for the rest of a message
_LENGTH = 4  # bytes of a message's length


class Packets:
    """One end of a pair of sockets; the socket's type says whether it keeps message boundaries.

    Args:
        end: The socket. If it is non-blocking, only the first byte of a message may raise
            BlockingIOError; the rest is waited for.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._keeps_bounds = end.type == socket.SOCK_SEQPACKET

    @property
    def kind(self) -> socket.SocketKind:
        """The kind of the pair's sockets."""
        return socket.SocketKind(self._end.type)

    def fileno(self) -> int:
        """The descriptor, to wait for it."""
        return self._end.fileno()

    def send(self, message: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send a non-empty message.

        Raises:
            OSError: The other end is closed, or does not read for too long.
        """
        if not self._keeps_bounds:
            message = len(message).to_bytes(_LENGTH, "big") + message
        if descriptors:
            sent = socket.send_fds(self._end, [message], descriptors)
        else:
            sent = self._end.send(message)
        while sent < len(message):
            self._wait(select.POLLOUT)
            sent += self._end.send(message[sent:])

    def receive(self, most: int, descriptors: int = 0) -> tuple[bytes, list[int]]:
        """Receive the next message and its files; an empty one at the end.

        Args:
            most: The most bytes of a message.
            descriptors: The most files.

        Raises:
            OSError: The message is longer, or incomplete.
        """
        if self._keeps_bounds:
            return self._received(most, descriptors)
        head, files = self._received(_LENGTH, descriptors)
        if not head:
            return head, files
        length = int.from_bytes(head + self._rest(_LENGTH - len(head)), "big")
        if length > most:
            raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
        return self._rest(length), files

    def end(self) -> None:
        """End sending.

        Raises:
            OSError: The other end is closed.
        """
        self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def detach(self) -> int:
        """Leave the descriptor to the caller."""
        return self._end.detach()

    def _received(self, most: int, descriptors: int) -> tuple[bytes, list[int]]:
        if not descriptors:
            return self._end.recv(most), []
        message, files, _, _ = socket.recv_fds(self._end, most, descriptors)
        return message, files

    def _rest(self, length: int) -> bytes:
        rest = bytearray()
        while len(rest) < length:
            self._wait(select.POLLIN)
            said = self._end.recv(length - len(rest))
            if not said:
                raise OSError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
            rest += said
        return bytes(rest)

    def _wait(self, event: int) -> None:
        poller = select.poll()
        poller.register(self._end, event)
        if not poller.poll(_PATIENCE * 1000):
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))


def pair(kind: socket.SocketKind | None = None) -> tuple[Packets, Packets]:
    """Create a pair of connected ends.

    Args:
        kind: The kind of socket; None: this system's kind for messages.
    """
    first, second = socket.socketpair(socket.AF_UNIX, KIND if kind is None else kind)
    return Packets(first), Packets(second)

"""The socket to a zygote: validated messages, each within a time."""

import contextlib
import json
import os
import select

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.channel import ChannelError, ZygoteMessage, read_message
from pytest_selfrepair.sandbox.inside.packets import Packets

_PATIENCE = 60.0
"""Seconds to wait for a zygote on a busy machine."""

_LONGEST = 1 << 18  # bytes of a packet
_MOST_FILES = 4  # of a packet


class BrokenZygoteError(Exception):
    """The sandbox failed, so that nothing is known about the program."""


class ZygoteSocket:
    """Exchanges messages with a zygote.

    Args:
        ours: This end of the socket, made non-blocking.

    Attributes:
        has_spoken: Whether a message has been received, so that the zygote has started.
    """

    def __init__(self, ours: Packets) -> None:
        self.has_spoken = False
        self._ours = ours
        os.set_blocking(ours.fileno(), False)

    def fileno(self) -> int:
        """The descriptor, to wait for it."""
        return self._ours.fileno()

    def send(self, command: JsonValue) -> None:
        """Send a command.

        Raises:
            BrokenZygoteError: The zygote has ended.
        """
        try:
            self._poll(select.POLLOUT, _PATIENCE)
            self._ours.send(json.dumps(command).encode("ascii"))
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error

    def receive(self) -> tuple[ZygoteMessage, list[int]]:
        """Receive the next message, and the files that come with it.

        Raises:
            BrokenZygoteError: None came in time, or it is invalid.
        """
        try:
            self._poll(select.POLLIN, _PATIENCE)
            body, descriptors = self._ours.receive(_LONGEST, _MOST_FILES)
        except TimeoutError as error:
            raise BrokenZygoteError("the zygote did not answer in time") from error
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error
        if not body:
            raise BrokenZygoteError("the zygote ended before its program did")
        self.has_spoken = True
        try:
            return read_message(body), descriptors
        except ChannelError as error:
            raise BrokenZygoteError(str(error)) from error

    def end(self) -> None:
        """End sending."""
        with contextlib.suppress(OSError):
            self._ours.end()

    def closes_within(self, seconds: float) -> bool:
        """Whether its other end is closed, or closes in time; drops one message received meanwhile.

        Raises:
            TimeoutError: It is still open, and no message came.
        """
        try:
            self._poll(select.POLLIN, seconds)
            return not self._ours.receive(_LONGEST)[0]
        except TimeoutError:
            raise
        except OSError:
            return True

    def close(self) -> None:
        """Close it."""
        self._ours.close()

    def _poll(self, event: int, seconds: float) -> None:
        poller = select.poll()
        poller.register(self._ours, event)
        if not poller.poll(max(0.0, seconds) * 1000):
            raise TimeoutError

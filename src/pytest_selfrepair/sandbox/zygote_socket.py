"""The socket to a zygote: commands, messages, and the processes waiting for programs."""

import contextlib
import json
import os
import select
import socket
from collections import deque
from dataclasses import dataclass

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.channel import ChannelError, ZygoteMessage, read_message
from pytest_selfrepair.sandbox.packets import Packets

PATIENCE = 60.0
"""Seconds to wait for a zygote's message on a busy machine."""

_LONGEST = 1 << 18  # bytes of a packet


class BrokenZygoteError(Exception):
    """The sandbox failed, so that nothing is known about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A process waiting for a program.

    Attributes:
        pid: Its process id in the zygote's namespace.
        file: Its program's path, as it sees it.
        control: The socket to it.
    """

    pid: int
    file: str
    control: Packets


class ZygoteSocket:
    """Communicates with a zygote, which forks processes that wait for programs.

    Args:
        ours: This end of the socket, made non-blocking.

    Attributes:
        has_spoken: Whether a message has been received, so that the zygote has started.
    """

    def __init__(self, ours: Packets) -> None:
        self.has_spoken = False
        self._ours = ours
        self._shared: Spare | None = None
        self._spares: deque[Spare] = deque()
        os.set_blocking(ours.fileno(), False)

    def fileno(self) -> int:
        """The descriptor, to wait for it."""
        return self._ours.fileno()

    def spare(self) -> Spare:
        """Take a process waiting for a program; `fork` requests the next one.

        Raises:
            BrokenZygoteError: There is none, and will be none.
        """
        while not self._spares:
            message = self.heard(PATIENCE)
            if message.exit is None and message.spare is None:
                raise BrokenZygoteError("the zygote spoke of what nobody asked")
        return self._spares.popleft()

    def fork(self) -> None:
        """Have a process wait for the next program.

        Raises:
            BrokenZygoteError: The zygote has ended.
        """
        self.say({"fork": True})

    def shared(self) -> Spare:
        """The shared process of stateless programs; it must run no others.

        Raises:
            BrokenZygoteError: There is none, and will be none.
        """
        if self._shared is None:
            self._shared = self.spare()
            self.fork()
        return self._shared

    def drop_shared(self) -> None:
        """End the shared process; the next stateless program gets a new one.

        Raises:
            BrokenZygoteError: The zygote has ended.
        """
        if self._shared is not None:
            self.say({"end": [self._shared.pid]})
            self._shared.control.close()
            self._shared = None

    @property
    def spares(self) -> set[int]:
        """The known processes waiting for a program."""
        return {spare.pid for spare in self._held}

    @property
    def _held(self) -> list[Spare]:
        return [*self._spares, *([] if self._shared is None else [self._shared])]

    def end_all(self, pids: list[JsonValue]) -> None:
        """End all running processes, and wait for their deaths.

        Args:
            pids: Processes that the zygote may not know of.

        Raises:
            BrokenZygoteError: It does not answer.
        """
        self.say({"end_all": pids})
        while self.heard(PATIENCE).ended is None:
            pass
        for spare in self._held:
            spare.control.close()
        self._spares.clear()
        self._shared = None

    def tidy(self) -> None:
        """Empty the scratch folder.

        Raises:
            BrokenZygoteError: It cannot be emptied, or the zygote does not answer.
        """
        self.say({"tidy": True})
        while (message := self.heard(PATIENCE)).tidied is None:
            pass
        if not message.tidied:
            raise BrokenZygoteError("the scratch folder cannot be emptied")

    def say(self, command: JsonValue) -> None:
        """Send a command.

        Raises:
            BrokenZygoteError: It has ended.
        """
        try:
            self._poll(select.POLLOUT, PATIENCE)
            self._ours.send(json.dumps(command).encode("ascii"))
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error

    def heard(self, seconds: float) -> ZygoteMessage:
        """Receive the next message.

        Raises:
            BrokenZygoteError: None came in time, or it is invalid.
        """
        try:
            self._poll(select.POLLIN, seconds)
            body, descriptors = self._ours.receive(_LONGEST, 4)
        except TimeoutError as error:
            raise BrokenZygoteError("the zygote fell silent") from error
        except OSError as error:
            raise BrokenZygoteError("the zygote ended before its program did") from error
        if not body:
            raise BrokenZygoteError("the zygote ended before its program did")
        try:
            message = read_message(body)
        except ChannelError as error:
            raise BrokenZygoteError(str(error)) from error
        self.has_spoken = True
        if message.spare is not None and descriptors:
            os.set_blocking(descriptors[0], False)
            control = Packets(socket.socket(fileno=descriptors[0]))
            self._spares.append(Spare(pid=message.spare, file=message.file, control=control))
        return message

    def end(self) -> None:
        """End sending."""
        with contextlib.suppress(OSError):
            self._ours.end()

    def is_silent(self, seconds: float) -> bool:
        """Whether its other end is closed, or is within so long; what is said until then is lost.

        Raises:
            TimeoutError: Nothing was said, and it is not closed.
        """
        try:
            self._poll(select.POLLIN, seconds)
            return not self._ours.receive(_LONGEST)[0]
        except TimeoutError:
            raise
        except OSError:
            return True

    def close(self) -> None:
        """Close it, and the sockets of waiting processes."""
        for spare in self._held:
            spare.control.close()
        self._ours.close()

    def _poll(self, event: int, seconds: float) -> None:
        poller = select.poll()
        poller.register(self._ours, event)
        if not poller.poll(max(0.0, seconds) * 1000):
            raise TimeoutError

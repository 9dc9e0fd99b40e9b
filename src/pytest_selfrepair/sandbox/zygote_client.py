"""Commands to a zygote, and the processes there that wait for programs."""

import os
import socket
from collections import deque
from dataclasses import dataclass

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.channel import ZygoteMessage
from pytest_selfrepair.sandbox.inside.packets import Packets
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError, ZygoteSocket


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


class ZygoteClient:
    """Commands a zygote, which forks processes that wait for programs.

    Commands raise `BrokenZygoteError` where the zygote has ended or does not answer in time.

    Args:
        zygote: The socket to it.
    """

    def __init__(self, zygote: ZygoteSocket) -> None:
        self._zygote = zygote
        self._shared: Spare | None = None
        self._spares: deque[Spare] = deque()

    def fileno(self) -> int:
        """The descriptor of the socket, to wait for it."""
        return self._zygote.fileno()

    def send(self, command: JsonValue) -> None:
        """Send a command."""
        self._zygote.send(command)

    def receive(self) -> ZygoteMessage:
        """Receive the next message, and keep the process that comes with it."""
        message, descriptors = self._zygote.receive()
        if message.spare is not None and descriptors:
            os.set_blocking(descriptors[0], False)
            control = Packets(socket.socket(fileno=descriptors[0]))
            self._spares.append(Spare(pid=message.spare, file=message.file, control=control))
        return message

    def spare(self) -> Spare:
        """Take a process waiting for a program; `fork` requests the next one."""
        while not self._spares:
            message = self.receive()
            if message.exit is None and message.spare is None:
                raise BrokenZygoteError("the zygote sent an unexpected message")
        return self._spares.popleft()

    def fork(self) -> None:
        """Have a process wait for the next program."""
        self.send({"fork": True})

    def shared(self) -> Spare:
        """The shared process of stateless programs; it must run no others."""
        if self._shared is None:
            self._shared = self.spare()
            self.fork()
        return self._shared

    def drop_shared(self) -> None:
        """End the shared process; the next stateless program gets a new one."""
        if self._shared is not None:
            self.send({"end": [self._shared.pid]})
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
        """
        self.send({"end_all": pids})
        while self.receive().ended is None:
            pass
        self.close()
        self._spares.clear()
        self._shared = None

    def tidy(self) -> None:
        """Empty the scratch folder.

        Raises:
            BrokenZygoteError: It cannot be emptied.
        """
        self.send({"tidy": True})
        while (message := self.receive()).tidied is None:
            pass
        if not message.tidied:
            raise BrokenZygoteError("the scratch folder cannot be emptied")

    def close(self) -> None:
        """Close the sockets of waiting processes."""
        for spare in self._held:
            spare.control.close()

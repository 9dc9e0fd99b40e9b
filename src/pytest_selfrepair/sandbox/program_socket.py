"""The socket to the processes of one program."""

import select

from pytest_selfrepair.sandbox.inside.packets import Packets
from pytest_selfrepair.sandbox.zygote_client import ZygoteClient
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError

_LONGEST = 1 << 16  # bytes of a message


class LostError(BrokenZygoteError):
    """A process waiting for a case has ended."""

    def __init__(self) -> None:
        super().__init__("a process that waits for a case could not begin")


class ProgramSocket:
    """Exchanges messages with the waiting process of a program.

    Args:
        control: Its socket.
        zygote: The client of the zygote in which the program runs.
    """

    def __init__(self, control: Packets, zygote: ZygoteClient) -> None:
        self._control, self._zygote = control, zygote.fileno()

    def fileno(self) -> int:
        """The descriptor, to wait for it."""
        return self._control.fileno()

    def send(self, kind: bytes, descriptors: list[int]) -> None:
        """Send a message and open files.

        Raises:
            LostError: No process receives it.
        """
        try:
            self._control.send(kind, descriptors)
        except OSError as error:
            raise LostError from error

    def receive(self) -> bytes:
        """Receive a message; return nothing once all processes have ended.

        Raises:
            LostError: They ended without reading an earlier message.
        """
        try:
            return self._control.receive(_LONGEST)[0]
        except OSError as error:
            raise LostError from error

    def ready(self, seconds: float, *descriptors: int, zygote: bool = True) -> list[int]:
        """Wait for descriptors and, by default, the zygote; return those that are ready.

        Args:
            seconds: The longest wait.
            descriptors: The descriptors to wait for.
            zygote: Whether to wait for the zygote's messages as well.
        """
        poller = select.poll()
        for descriptor in (*descriptors, *([self._zygote] if zygote else ())):
            poller.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poller.poll(seconds * 1000)]

    def close(self) -> None:
        """End the processes that wait for messages."""
        self._control.close()

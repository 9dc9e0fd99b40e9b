"""The socket to the processes of one program, waited for together with the zygote's."""

import select

from pytest_selfrepair.sandbox.packets import Packets
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError, ZygoteSocket

_LONGEST = 1 << 16  # bytes of a message


class LostError(BrokenZygoteError):
    """A process that waits for a case has ended."""

    def __init__(self) -> None:
        super().__init__("a process that waits for a case could not begin")


class ProgramSocket:
    """Speaks with whichever process of a program waits.

    Args:
        control: Its socket.
        zygote: That of the zygote in which the program runs.
    """

    def __init__(self, control: Packets, zygote: ZygoteSocket) -> None:
        self._control, self._zygote = control, zygote.fileno()

    def fileno(self) -> int:
        """The descriptor, to wait for it."""
        return self._control.fileno()

    def send(self, kind: bytes, descriptors: list[int]) -> None:
        """Say something, with open files beside it.

        Raises:
            LostError: Nobody hears it.
        """
        try:
            self._control.send(kind, descriptors)
        except OSError as error:
            raise LostError from error

    def heard(self) -> bytes:
        """What is said; nothing where all processes have ended.

        Raises:
            LostError: They have ended with words of ours unread.
        """
        try:
            return self._control.receive(_LONGEST)[0]
        except OSError as error:
            raise LostError from error

    def ready(self, seconds: float, *descriptors: int, zygote: bool = True) -> list[int]:
        """Wait for some descriptors and, unless told otherwise, the zygote; those that are ready.

        Args:
            seconds: For how long.
            descriptors: What is waited for.
            zygote: Whether the zygote's is, too.
        """
        poller = select.poll()
        for descriptor in (*descriptors, *([self._zygote] if zygote else ())):
            poller.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poller.poll(seconds * 1000)]

    def close(self) -> None:
        """Have the processes that wait for words end."""
        self._control.close()

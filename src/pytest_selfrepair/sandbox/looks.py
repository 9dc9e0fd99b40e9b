"""Measure a program's use of resources through its zygote, one query at a time."""

from pytest_selfrepair.sandbox.channel import ZygoteMessage
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.zygote_client import ZygoteClient
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError


class Looks:
    """The queries to a zygote, and its other messages meanwhile.

    Args:
        zygote: Commands the zygote.
    """

    def __init__(self, zygote: ZygoteClient) -> None:
        self._zygote = zygote
        self._asked = False

    def ask(self, pid: int) -> None:
        """Query a process's use of resources, unless a query is pending.

        Raises:
            BrokenZygoteError: It has ended.
        """
        if not self._asked:
            self._asked = True
            self._zygote.send({"look": pid})

    def note(self, watch: Watch, message: ZygoteMessage) -> None:
        """Process a message from the zygote while a process runs.

        Raises:
            BrokenZygoteError: The message is unexpected.
        """
        if message.look is not None:
            self._asked = False
            watch.look(*message.look)
        elif message.exit is not None:
            if not message.waited:  # else it was the shared process, which broke down
                watch.extra += message.cpu
        elif message.ended is None and message.spare is None:
            raise BrokenZygoteError("the zygote sent an unexpected message")

    def finish(self, watch: Watch) -> None:
        """Wait for the answer to a pending query, if any.

        Raises:
            BrokenZygoteError: No answer comes.
        """
        while self._asked:
            self.note(watch, self._zygote.receive())

    def forget(self) -> None:
        """Drop the pending query, as all processes have been ended."""
        self._asked = False

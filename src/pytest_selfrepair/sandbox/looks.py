"""What a program uses, by asking its zygote, one question at a time."""

from pytest_selfrepair.sandbox.channel import ZygoteMessage
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.zygote_socket import PATIENCE, BrokenZygoteError, ZygoteSocket


class Looks:
    """The questions to a zygote, and what it says beside answers to them.

    Args:
        zygote: Where one is asked.
    """

    def __init__(self, zygote: ZygoteSocket) -> None:
        self._zygote = zygote
        self._asked = False

    def ask(self, pid: int) -> None:
        """Have the zygote look at what a process uses, unless it is already asked to.

        Raises:
            BrokenZygoteError: It has ended.
        """
        if not self._asked:
            self._asked = True
            self._zygote.say({"look": pid})

    def note(self, watch: Watch, message: ZygoteMessage) -> None:
        """Note what the zygote says while a process runs.

        Raises:
            BrokenZygoteError: Nobody asked for that.
        """
        if message.look is not None:
            self._asked = False
            watch.look(*message.look)
        elif message.exit is not None:
            if not message.waited:  # else the one that programs share has broken down
                watch.extra += message.cpu
        elif message.ended is None and message.spare is None:
            raise BrokenZygoteError("the zygote spoke of what nobody asked")

    def finish(self, watch: Watch) -> None:
        """Wait for the answer that is still to come, if there is one: nobody asks for it later.

        Raises:
            BrokenZygoteError: None comes.
        """
        while self._asked:
            self.note(watch, self._zygote.heard(PATIENCE))

    def forget(self) -> None:
        """There is no answer to come: all that ran has been ended."""
        self._asked = False

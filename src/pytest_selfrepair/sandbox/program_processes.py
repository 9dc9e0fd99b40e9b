"""Track the processes of one program and validate the messages about them."""

import signal
from collections.abc import Collection

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.channel import ZygoteMessage
from pytest_selfrepair.sandbox.compiling import Compiled
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.program_socket import LostError
from pytest_selfrepair.sandbox.watch import Watch


class ProgramProcesses:
    """The known processes of a program.

    Args:
        compiler: The process that compiled it.
        compiled: The result.

    Attributes:
        waiting: The process waiting for a case; 0 for none.
        running: The process of the running case; 0 for none.
        relays: Whether the waiting process forks those of cases, and reports their ends.
    """

    def __init__(self, compiler: int, compiled: Compiled) -> None:
        self._compiler = compiler
        self.waiting, self.relays = compiled.waiting or compiler, compiled.relays
        self.running = 0

    @property
    def current(self) -> int:
        """The process of the running case, or else the one waiting for it."""
        return self.running or self.waiting

    @property
    def pids(self) -> list[JsonValue]:
        """The processes to be ended with the program."""
        return [pid for pid in {self.waiting, self.running} if pid]

    def handle(self, said: bytes, watch: Watch) -> ZygoteMessage | None:
        """Process the program's message that a case begins, or return the end of its process.

        Args:
            said: The message; empty once all processes have ended.
            watch: Tracks the time and memory of the case.

        Raises:
            LostError: The message is neither; the process for the case is lost.
        """
        if not said and self.running:  # only the begun program can have ended them
            return ZygoteMessage(exit=self.running, status=-signal.SIGKILL, cpu=watch.before)
        kind, body = said[:1], said[1:]
        if (kind, len(body)) == (words.BEGUN, words.BEGIN.size) and not self.running:
            self.running, successor, used = words.BEGIN.unpack(body)
            if not self.relays:
                self.waiting = successor
            watch.begin(used)
            return None
        if (kind, len(body)) == (words.ENDED, words.END.size) and self.running:
            pid, status, cpu = words.END.unpack(body)
            return ZygoteMessage(exit=pid, status=status, cpu=cpu)
        raise LostError

    def end_case(self, exited: ZygoteMessage, spares: Collection[int]) -> bool:
        """Note the end of a case's process; return whether the case may have left others.

        Args:
            exited: The end of its process.
            spares: The processes that wait for other programs.
        """
        self.running = 0
        if exited.others is None:
            return True
        others = set(exited.others)
        lost = bool(others) and self.waiting not in {0, *others}
        return lost or bool(others - {self.waiting, self._compiler, *spares})

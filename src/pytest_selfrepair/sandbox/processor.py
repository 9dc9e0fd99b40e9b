"""Processors, each of which one program at a time has for itself, whichever process judges it."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator

_PAUSE = 0.002  # seconds between two looks at whether a processor is free


class Processors:
    """The processors that this process may use.

    All processes of a user on this machine that judge share them: who has one holds a socket of
    its name, which the system takes back when a process ends.

    Attributes:
        numbers: Their numbers; none where programs cannot be kept to one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed: dict[int, socket.socket] = {}
        self.numbers: tuple[int, ...] = ()
        if sys.platform == "linux":
            self.numbers = tuple(sorted(os.sched_getaffinity(0)))

    def claim(self, number: int) -> bool:
        """Take a processor, unless a program has it."""
        with self._lock:
            if number in self._claimed:
                return False
            name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                name.bind(f"\0selfrepair-processor-{os.getuid()}-{number}")
            except OSError:
                name.close()
                return False
            self._claimed[number] = name
            return True

    def give_back(self, number: int) -> None:
        """Leave a processor to others."""
        with self._lock:
            self._claimed.pop(number).close()

    def claim_others(self, stopped: Callable[[], bool]) -> tuple[int, ...]:
        """Take all processors but the last, one after the other, waiting for each.

        Who asks for the last one then is alone on the machine, as far as programs that are judged
        go. All take them in the same order, so that nobody waits for ever.

        Args:
            stopped: Whether to wait no more.

        Returns:
            Those that were taken.
        """
        taken: list[int] = []
        for number in self.numbers[:-1]:
            while not self.claim(number):
                if stopped():
                    return tuple(taken)
                time.sleep(_PAUSE)
            taken.append(number)
        return tuple(taken)


@contextlib.contextmanager
def kept_to(number: int | None) -> Iterator[None]:
    """Let what this thread starts meanwhile run on one processor alone, where that is asked."""
    if number is None or sys.platform != "linux":
        yield
        return
    usual = os.sched_getaffinity(0)
    try:
        with contextlib.suppress(OSError):  # it may have been taken away
            os.sched_setaffinity(0, {number})
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, usual)

"""Reserve processors for single programs, across all judging processes."""

import asyncio
import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator

_ALONE_WITHIN = 5.0
"""Seconds to wait for the machine alone, before running a program along with others."""

_PAUSE = 0.002  # seconds between attempts to reserve a processor


class Processors:
    """The processors that this process may use.

    All judging processes of a user on this machine share them: the holder of one has a socket of
    its name open, which the system closes when a process ends.

    Attributes:
        numbers: Their numbers; empty where programs cannot be pinned.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed: dict[int, socket.socket] = {}
        self.numbers: tuple[int, ...] = ()
        if sys.platform == "linux":
            self.numbers = tuple(sorted(os.sched_getaffinity(0)))

    def claim(self, number: int) -> bool:
        """Try to reserve a processor."""
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
        """Release a processor."""
        with self._lock:
            self._claimed.pop(number).close()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Try to reserve all processors within the block but one, for a single program."""
        taken = await asyncio.to_thread(self._claim_others, time.monotonic() + _ALONE_WITHIN)
        try:
            yield
        finally:
            for number in taken:
                self.give_back(number)

    def _claim_others(self, deadline: float) -> list[int]:
        """Reserve all processors but the last in order, waiting for each.

        With the last one as well, no other program is judged on the machine. All processes reserve
        in the same order, so there is no deadlock.

        Args:
            deadline: When to stop waiting.

        Returns:
            The reserved processors.
        """
        taken: list[int] = []
        for number in self.numbers[:-1]:
            while not self.claim(number):
                if time.monotonic() > deadline:
                    return taken
                time.sleep(_PAUSE)
            taken.append(number)
        return taken


@contextlib.contextmanager
def kept_to(number: int | None) -> Iterator[None]:
    """Pin processes started by this thread within the block to one processor, if given."""
    if number is None or sys.platform != "linux":
        yield
        return
    usual = os.sched_getaffinity(0)
    try:
        with contextlib.suppress(OSError):  # the processor may have been taken away
            os.sched_setaffinity(0, {number})
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, usual)

"""Track a case's use of time and memory against its limits."""

import time

from pytest_selfrepair.sandbox.limits import Limits

_TICK = 0.05  # seconds between measurements
_SHORTEST_TICK = 0.005
_IDLE = 0.1  # of a processor: a program that uses a smaller share is waiting


class Watch:
    """The time and memory used by a case.

    Wall-clock time counts only while a program hardly uses a processor, so that waiting for one
    does not count against it.

    Args:
        limits: The limits of the case.

    Attributes:
        before: The CPU seconds of its process before it began.
        extra: The CPU seconds of processes that it started and abandoned.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._used = self._idle = 0.0
        self._seen = time.monotonic()
        self._starved = False
        self.before = self.extra = 0.0

    def begin(self, used: float) -> None:
        """Note that its process is ready, and the CPU seconds that it has used so far."""
        self.before = used
        self._used = max(self._used, used)

    def look(self, used: float, memory: int) -> None:
        """Note the CPU seconds and the bytes of memory of its processes."""
        now = time.monotonic()
        passed = now - self._seen
        if used - self._used < _IDLE * passed:
            self._idle += passed
        self._seen, self._used = now, max(used, self._used)
        self._starved |= memory > self._limits.memory_bytes + self._limits.stack_bytes

    @property
    def cpu_seconds(self) -> float:
        """The CPU seconds used."""
        return max(0.0, self._used - self.before) + self.extra

    @property
    def timed_out(self) -> bool:
        """Whether it has exceeded the wall-clock limit."""
        return self._idle >= self._limits.allowed_wall_seconds

    @property
    def starved(self) -> bool:
        """Whether its processes have exceeded the memory limit."""
        return self._starved

    @property
    def over(self) -> bool:
        """Whether it must be ended."""
        return self.timed_out or self.starved or self.cpu_seconds > self._limits.allowed_seconds

    @property
    def patience(self) -> float:
        """Seconds until the next measurement."""
        left = self._limits.allowed_seconds - self.cpu_seconds
        return max(_SHORTEST_TICK, min(_TICK, left))

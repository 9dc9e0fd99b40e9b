"""What a case has used so far, and whether that is more than it may."""

import time

from pytest_selfrepair.sandbox.limits import Limits

_TICK = 0.05  # seconds between looks at what a program uses
_SHORTEST_TICK = 0.005
_IDLE = 0.1  # of a processor: a program that uses less of it is one that waits


class Watch:
    """What is known of the time and memory that a case has used.

    A program that waits for a processor is not one that takes its time: time passes for it only
    while it hardly uses one.

    Args:
        limits: What it may use.

    Attributes:
        before: CPU seconds that its process had used when it began.
        extra: CPU seconds of processes that it has started, and left alone.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._used = self._idle = 0.0
        self._seen = time.monotonic()
        self._starved = False
        self.before = self.extra = 0.0

    def begin(self, used: float) -> None:
        """Its process is ready, and has used so many CPU seconds until now."""
        self.before = used
        self._used = max(self._used, used)

    def look(self, used: float, memory: int) -> None:
        """Its processes have used so many CPU seconds, and have so many bytes of memory."""
        now = time.monotonic()
        passed = now - self._seen
        if used - self._used < _IDLE * passed:
            self._idle += passed
        self._seen, self._used = now, max(used, self._used)
        self._starved |= memory > self._limits.memory_bytes + self._limits.stack_bytes

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that it has used."""
        return max(0.0, self._used - self.before) + self.extra

    @property
    def timed_out(self) -> bool:
        """Whether it has waited for longer than it may."""
        return self._idle >= self._limits.allowed_wall_seconds

    @property
    def starved(self) -> bool:
        """Whether its processes have had more memory than they may."""
        return self._starved

    @property
    def over(self) -> bool:
        """Whether it is to be ended."""
        return self.timed_out or self.starved or self.cpu_seconds > self._limits.allowed_seconds

    @property
    def patience(self) -> float:
        """Seconds to the next look."""
        left = self._limits.allowed_seconds - self.cpu_seconds
        return max(_SHORTEST_TICK, min(_TICK, left))

"""Batch calls to an event loop from other threads, waking it once for many."""

from collections import deque
from collections.abc import Callable


class GatheredCalls:
    """A queue of functions to call on an event loop.

    Args:
        wake: Makes the loop call a function soon, from any thread.
    """

    def __init__(self, wake: Callable[[Callable[[], object]], object]) -> None:
        self._wake = wake
        self._calls: deque[Callable[[], object]] = deque()
        self._woken = False

    def add(self, function: Callable[[], object]) -> None:
        """Queue a function, from any thread."""
        self._calls.append(function)
        if not self._woken:
            self._woken = True
            self._wake(self._run)

    def _run(self) -> None:
        self._woken = False  # later additions may wake the loop needlessly
        while self._calls:
            self._calls.popleft()()

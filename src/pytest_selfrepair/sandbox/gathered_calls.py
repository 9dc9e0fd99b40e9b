"""Calls on an event loop from other threads, for many of which it is woken once."""

from collections import deque
from collections.abc import Callable


class GatheredCalls:
    """Functions to be called on an event loop.

    Args:
        wake: Has the loop call a function soon, from any thread.
    """

    def __init__(self, wake: Callable[[Callable[[], object]], object]) -> None:
        self._wake = wake
        self._calls: deque[Callable[[], object]] = deque()
        self._woken = False

    def add(self, function: Callable[[], object]) -> None:
        """Have a function called after those that were added before, from any thread."""
        self._calls.append(function)
        if not self._woken:
            self._woken = True
            self._wake(self._run)

    def _run(self) -> None:
        self._woken = False  # what is added from now on may wake the loop for nothing
        while self._calls:
            self._calls.popleft()()

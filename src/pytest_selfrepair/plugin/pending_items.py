"""The queue of items that have not started."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from pytest_selfrepair.plugin.runners import Upcoming

START_SECONDS = 0.05
"""Seconds within which a started item should have sent its first requests."""


class PendingItems:
    """A queue of items, with the requests that recently started ones will send.

    Args:
        first_requests: The number of requests an item starts with.
    """

    def __init__(self, first_requests: Callable[[Upcoming], int]) -> None:
        self._first_requests = first_requests
        self._coming: deque[Upcoming] = deque()
        self._known: set[str] = set()
        self._young: deque[tuple[float, Upcoming]] = deque()  # with their times of start

    @property
    def next(self) -> Upcoming | None:
        """The next item; None: the queue is empty."""
        return self._coming[0] if self._coming else None

    def expect(self, items: Iterable[Upcoming]) -> None:
        """Append items that are not known yet."""
        new = [item for item in items if item.task_id not in self._known]
        self._known.update(item.task_id for item in new)
        self._coming += new

    def take_next(self) -> Upcoming:
        """Remove the next item and count it as just started."""
        item = self._coming.popleft()
        self._young.append((time.monotonic(), item))
        return item

    def take(self, item: Upcoming) -> None:
        """Remove an item from any position; it need not be in the queue."""
        self._known.add(item.task_id)
        self._coming = deque(each for each in self._coming if each.task_id != item.task_id)

    def clear(self) -> None:
        """Empty the queue."""
        self._coming.clear()

    @property
    def requests_to_come(self) -> int:
        """The number of requests that just started items will soon send."""
        before = time.monotonic() - START_SECONDS
        while self._young and self._young[0][0] < before:
            self._young.popleft()
        return sum(self._first_requests(item) for _, item in self._young)

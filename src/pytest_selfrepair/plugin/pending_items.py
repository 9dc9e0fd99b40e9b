"""The items that are still to be started."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from pytest_selfrepair.plugin.runners import Upcoming

BREATH = 0.05
"""Seconds that an item which has just been started is given to ask for its first requests."""


class PendingItems:
    """Items to come, in their order, and what those that were just started will ask for.

    Args:
        first_requests: How many requests an item asks for at its start.
    """

    def __init__(self, first_requests: Callable[[Upcoming], int]) -> None:
        self._first_requests = first_requests
        self._coming: deque[Upcoming] = deque()
        self._known: set[str] = set()
        self._young: deque[tuple[float, Upcoming]] = deque()  # when the youngest were started

    @property
    def next(self) -> Upcoming | None:
        """The item that comes next; None: there is no other."""
        return self._coming[0] if self._coming else None

    def expect(self, items: Iterable[Upcoming]) -> None:
        """Add items; those that were known before are not added again."""
        new = [item for item in items if item.task_id not in self._known]
        self._known.update(item.task_id for item in new)
        self._coming += new

    def take_next(self) -> Upcoming:
        """Take the next item, which is started now."""
        item = self._coming.popleft()
        self._young.append((time.monotonic(), item))
        return item

    def take(self, item: Upcoming) -> None:
        """Take an item wherever it stands; it need not have been expected."""
        self._known.add(item.task_id)
        self._coming = deque(each for each in self._coming if each.task_id != item.task_id)

    def clear(self) -> None:
        """Start no other."""
        self._coming.clear()

    @property
    def requests_to_come(self) -> int:
        """Requests that items which have just been started will soon ask for."""
        before = time.monotonic() - BREATH
        while self._young and self._young[0][0] < before:
            self._young.popleft()
        return sum(self._first_requests(item) for _, item in self._young)

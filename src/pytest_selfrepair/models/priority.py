"""A semaphore whose waiters enter by the priority of their work, then by arrival.

A run finishes the tasks it has begun before it spends requests on later ones: the first outcome
comes soon, and a run that ends early leaves few tasks half done. The priority is passed by context,
as a permit is, so that users' own models need not know of it.
"""

import asyncio
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from types import TracebackType

_PRIORITY: ContextVar[int] = ContextVar("selfrepair_priority", default=0)


@contextmanager
def priority(number: int) -> Iterator[None]:
    """Give the requests made within the block a priority; the lowest number goes first."""
    token = _PRIORITY.set(number)
    try:
        yield
    finally:
        _PRIORITY.reset(token)


class PrioritySemaphore:
    """As `asyncio.Semaphore`, but the waiter with the lowest priority number enters first.

    Args:
        places: The most holders at once.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._arrivals = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    async def __aenter__(self) -> None:
        """Acquire a place."""
        await self.acquire()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release it."""
        self.release()

    @property
    def is_outranked(self) -> bool:
        """Whether a waiter has a lower number than the work that asks."""
        self._drop_gone()
        return bool(self._waiting) and self._waiting[0][0] < _PRIORITY.get()

    async def acquire(self) -> None:
        """Wait for a place; one that becomes free is handed to a waiter, never to a newcomer."""
        if self._free:
            self._free -= 1
            return
        handed = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (_PRIORITY.get(), next(self._arrivals), handed))
        try:
            await handed
        except asyncio.CancelledError:
            if not handed.cancelled():  # it was handed over meanwhile
                self.release()
            raise

    def release(self) -> None:
        """Hand a place to the next waiter, or leave it free."""
        self._drop_gone()
        if self._waiting:
            *_, handed = heapq.heappop(self._waiting)
            handed.set_result(None)
        else:
            self._free += 1

    def _drop_gone(self) -> None:
        while self._waiting and self._waiting[0][-1].done():
            heapq.heappop(self._waiting)

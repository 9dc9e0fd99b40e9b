"""Limit the requests in flight: slots for a process, a throttle for each endpoint."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from pytest_selfrepair.errors import RunEndedError
from pytest_selfrepair.models.priority import PrioritySemaphore

_MINUTE = 60.0
_TICK = 1e-6
"""The shortest wait, in seconds; rounding leaves shorter ones."""
_LESS = 0.5
"""The factor on an endpoint's concurrency after a rate limit."""


class Slots:
    """Limits the requests in flight over all models of a process.

    Args:
        limit: The most requests in flight.

    Attributes:
        limit: The most requests in flight.
        in_flight: The number of requests with a slot.
        wanted: The number of requests with a slot, or waiting for one or for their endpoint; not
            those waiting to be retried after a failure of their own.
        on_idle: Called, in the loop's thread, whenever a request ends and leaves fewer wanted than
            the limit.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0
        self.wanted = 0
        self.on_idle: Callable[[], None] | None = None
        self._free = PrioritySemaphore(limit)
        self._closed = False

    @contextmanager
    def wanting(self) -> Iterator[None]:
        """Count a request as wanted while it waits or is in flight."""
        self.wanted += 1
        try:
            yield
        finally:
            self.wanted -= 1
            if self.wanted < self.limit and self.on_idle is not None:
                self.on_idle()

    def close(self) -> None:
        """Give out no more slots; taken ones stay."""
        self._closed = True

    async def take(self) -> None:
        """Wait for a slot; requests of earlier tasks go first.

        Raises:
            RunEndedError: The slots are closed.
        """
        await self._free.acquire()
        if self._closed:
            self._free.release()
            raise RunEndedError("the run has ended")
        self.in_flight += 1

    def give_back(self) -> None:
        """Free a slot."""
        self.in_flight -= 1
        self._free.release()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot for one request of a model without an endpoint."""
        with self.wanting():
            await self.take()
            try:
                yield
            finally:
                self.give_back()


class Throttle:
    """Limits the requests to an endpoint, at once and per minute.

    The concurrency halves on a rate limit, at most once for all requests in flight together, and
    grows by one for every full window of answers (as in TCP).

    Args:
        slots: The slots of the process; each request needs one as well.
        concurrency: The most requests in flight; None: as many as there are slots.
        requests_per_minute: The most requests sent in a minute; None: any number.
        tokens_per_minute: The most tokens, read or generated, in a minute; None: any number. A
            failed try counts with the most it could have cost.
        clock: A monotonic clock, in seconds.
        sleep: Sleeps for some seconds.

    Attributes:
        allowed: The current concurrency, at least one; rounded down when applied.
        in_flight: The number of requests in flight.
        rate_limits: The number of rate limits hit.
        seconds_waited: Seconds without requests because of rate limits.
    """

    def __init__(
        self,
        slots: Slots,
        *,
        concurrency: int | None = None,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most = min(slots.limit, concurrency or slots.limit)
        self.allowed = float(self._most)
        self.in_flight = 0
        self.rate_limits = 0
        self.seconds_waited = 0.0
        self._slots = slots
        self._clock = clock
        self._sleep = sleep
        self._requests = _Bucket(requests_per_minute, clock)
        self._tokens = _Bucket(tokens_per_minute, clock)
        self._paused_until = -math.inf
        self._turn = 0
        self._line = PrioritySemaphore(1)
        self._left = asyncio.Event()

    @asynccontextmanager
    async def flight(self, tokens: int) -> AsyncIterator["Flight"]:
        """Queue until a request may be sent, and hold its place while it is in flight.

        Args:
            tokens: The most tokens that it can cost, including the prompt.
        """
        with self._slots.wanting():
            await self._depart(tokens)
            try:
                yield Flight(throttle=self, turn=self._turn, reserved=tokens)
            finally:
                self.in_flight -= 1
                self._left.set()
                self._slots.give_back()

    def pause(self, seconds: float) -> None:
        """Send nothing for the given seconds; never shortens a pause."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def _depart(self, tokens: int) -> None:
        """Wait for clearance, which only the first in the queue does, and begin a flight."""
        while True:
            async with self._line:
                if await self._clearance():
                    self._requests.take(1)
                    self._tokens.take(tokens)
                    self.in_flight += 1
                    return

    async def _clearance(self) -> bool:
        """Wait until pause, rate, concurrency and slots all permit a request.

        Returns:
            Whether the request may go; False: one of an earlier task has come, and goes first.
        """
        while True:
            while (wait := self._wait()) > 0:
                began = self._clock()
                await self._sleep(wait)
                self.seconds_waited += self._clock() - began
            while self.in_flight >= int(self.allowed):
                self._left.clear()
                await self._left.wait()
            await self._slots.take()
            outranked = self._line.is_outranked
            if not outranked and self._wait() <= 0 and self.in_flight < int(self.allowed):
                return True
            self._slots.give_back()
            if outranked:
                return False

    def _wait(self) -> float:
        """Seconds until pause and rate limits permit a request; 0.0: now."""
        wait = max(self._paused_until - self._clock(), self._requests.wait(), self._tokens.wait())
        return wait if wait > _TICK else 0.0

    def take_back(self, flight: "Flight") -> None:
        """Undo the accounting of a request that was not sent."""
        self._requests.take(-1)
        self._tokens.take(-flight.reserved)

    def settle(self, flight: "Flight", tokens: int) -> None:
        """Account for an answered request, which cost `tokens`."""
        self._tokens.take(tokens - flight.reserved)
        self.allowed = min(self.allowed + 1 / self.allowed, self._most)

    def slow_down(self, flight: "Flight") -> None:
        """Lower the concurrency after a rate limit."""
        self.rate_limits += 1
        if flight.turn == self._turn:
            self._turn += 1
            self.allowed = max(self.allowed * _LESS, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A request in flight.

    Attributes:
        throttle: The endpoint's throttle.
        turn: The number of slowdowns before it was sent.
        reserved: The most tokens that it can cost.
    """

    throttle: Throttle
    turn: int
    reserved: int

    def unsent(self) -> None:
        """Report that it was not sent."""
        self.throttle.take_back(self)

    def answered(self, tokens: int) -> None:
        """Report that it was answered, and the tokens that it cost."""
        self.throttle.settle(self, tokens)

    def too_much(self) -> None:
        """Report that it hit a rate limit."""
        self.throttle.slow_down(self)


class _Bucket:
    """A token bucket with an even rate per minute: it holds a second's worth, and at least one.

    More may be taken than it holds; the next request waits until the debt is refilled.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float]) -> None:
        self._rate = math.inf if per_minute is None else per_minute / _MINUTE
        self._most = max(self._rate, 1.0)
        self._level = self._most
        self._clock = clock
        self._then = clock()

    def take(self, amount: float) -> None:
        """Take an amount; a negative one is given back."""
        if self._rate < math.inf:
            self._refill()
            self._level = min(self._level - amount, self._most)

    def wait(self) -> float:
        """Seconds until one may be taken."""
        if self._rate == math.inf:
            return 0.0
        self._refill()
        return (1.0 - self._level) / self._rate

    def _refill(self) -> None:
        now = self._clock()
        self._level = min(self._level + (now - self._then) * self._rate, self._most)
        self._then = now

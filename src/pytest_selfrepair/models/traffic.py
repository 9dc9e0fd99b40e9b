"""How much may be under way: slots for all requests of a process, a throttle for each endpoint."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from pytest_selfrepair.errors import RunEndedError

_MINUTE = 60.0
_TICK = 1e-6
"""Seconds too short to wait for, such as rounding leaves."""
_LESS = 0.5
"""What is left of an endpoint's concurrency when it says that it is too much."""


class Slots:
    """Requests in flight at most, over all models of a process.

    Args:
        limit: Requests in flight at most.

    Attributes:
        limit: Requests in flight at most.
        in_flight: Requests that have a slot.
        wanted: Requests that have a slot or wait for one, or for their endpoint; not those that
            wait to be tried again after a fault of their own.
        on_idle: Called, in the loop's thread, whenever a request has ended and fewer are wanted
            than may be in flight.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0
        self.wanted = 0
        self.on_idle: Callable[[], None] | None = None
        self._free = asyncio.Semaphore(limit)
        self._closed = False

    @contextmanager
    def wanting(self) -> Iterator[None]:
        """Count a request as wanted; around all its waiting and its flight."""
        self.wanted += 1
        try:
            yield
        finally:
            self.wanted -= 1
            if self.wanted < self.limit and self.on_idle is not None:
                self.on_idle()

    def close(self) -> None:
        """Give out no more slots; who has one keeps it."""
        self._closed = True

    async def take(self) -> None:
        """Wait for a slot, first come first served.

        Raises:
            RunEndedError: No more are given out.
        """
        await self._free.acquire()
        if self._closed:
            self._free.release()
            raise RunEndedError("the run has ended")
        self.in_flight += 1

    def give_back(self) -> None:
        """Free a slot that was taken."""
        self.in_flight -= 1
        self._free.release()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """A slot for one request whose model is no endpoint."""
        with self.wanting():
            await self.take()
            try:
                yield
            finally:
                self.give_back()


class Throttle:
    """How many requests an endpoint is sent at once, and how many a minute.

    The concurrency halves when the endpoint says that it is too much, at most once for all requests
    that were under way together, and grows by one for every round of answers (as in TCP).

    Args:
        slots: What every request needs besides.
        concurrency: Requests that may be in flight at most; None: as many as there are slots.
        requests_per_minute: How many may be sent in a minute; None: any number.
        tokens_per_minute: How many tokens, read or generated, they may cost; None: any number. A
            try that failed counts with what it might have cost.
        begins_alone: Whether the first request is answered before a second is sent.
        clock: Seconds, from any start.
        sleep: Waits for seconds.

    Attributes:
        allowed: Requests that may be in flight now, at least one; its whole part counts.
        in_flight: Requests that are.
        rate_limits: How often the endpoint said that it is too much.
        seconds_waited: Seconds that the endpoint was asked nothing, for its rate limits.
    """

    def __init__(
        self,
        slots: Slots,
        *,
        concurrency: int | None = None,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        begins_alone: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most = min(slots.limit, concurrency or slots.limit)
        self.allowed = 1.0 if begins_alone else float(self._most)
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
        self._line = asyncio.Lock()
        self._left = asyncio.Event()

    @asynccontextmanager
    async def flight(self, tokens: int) -> AsyncIterator["Flight"]:
        """Wait in line until a request may be sent, then hold its place while it is.

        Args:
            tokens: Tokens that it may cost, prompt included.
        """
        with self._slots.wanting():
            async with self._line:  # whoever is first waits for all; the others wait for it
                await self._clearance()
                self._requests.take(1)
                self._tokens.take(tokens)
                self.in_flight += 1
            try:
                yield Flight(throttle=self, turn=self._turn, reserved=tokens)
            finally:
                self.in_flight -= 1
                self._left.set()
                self._slots.give_back()

    def pause(self, seconds: float) -> None:
        """Send nothing for so long; a longer pause is not cut short."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    async def _clearance(self) -> None:
        """Wait for the pause, the pace, the concurrency and a slot, until all are there at once."""
        while True:
            while (wait := self._wait()) > 0:
                began = self._clock()
                await self._sleep(wait)
                self.seconds_waited += self._clock() - began
            while self.in_flight >= int(self.allowed):
                self._left.clear()
                await self._left.wait()
            await self._slots.take()
            if self._wait() <= 0 and self.in_flight < int(self.allowed):
                return
            self._slots.give_back()

    def _wait(self) -> float:
        """Seconds until the pause has ended and the pace allows a request; 0.0: now."""
        wait = max(self._paused_until - self._clock(), self._requests.wait(), self._tokens.wait())
        return wait if wait > _TICK else 0.0

    def take_back(self, flight: "Flight") -> None:
        """A request was not sent after all."""
        self._requests.take(-1)
        self._tokens.take(-flight.reserved)

    def settle(self, flight: "Flight", tokens: int) -> None:
        """A request was answered, and cost so many tokens."""
        self._tokens.take(tokens - flight.reserved)
        self.allowed = min(self.allowed + 1 / self.allowed, self._most)

    def slow_down(self, flight: "Flight") -> None:
        """The endpoint said that a request was one too many."""
        self.rate_limits += 1
        if flight.turn == self._turn:
            self._turn += 1
            self.allowed = max(self.allowed * _LESS, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A request under way.

    Attributes:
        throttle: What let it go.
        turn: How often the endpoint had said, when it left, that it is too much.
        reserved: Tokens that it may cost.
    """

    throttle: Throttle
    turn: int
    reserved: int

    def unsent(self) -> None:
        """It was not sent after all."""
        self.throttle.take_back(self)

    def answered(self, tokens: int) -> None:
        """It was answered, and cost so many tokens."""
        self.throttle.settle(self, tokens)

    def too_much(self) -> None:
        """The endpoint said that it was one too many."""
        self.throttle.slow_down(self)


class _Bucket:
    """A number a minute, at an even pace: at most a second's worth at once, and one at least.

    What is taken may be more than there is; the next one waits until the debt is paid.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float]) -> None:
        self._rate = math.inf if per_minute is None else per_minute / _MINUTE
        self._most = max(self._rate, 1.0)
        self._level = self._most
        self._clock = clock
        self._then = clock()

    def take(self, amount: float) -> None:
        """Take, or give back where the amount is negative."""
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

"""Send requests to an endpoint within its rate limits, with retries."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.answers import Completion
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure
from pytest_selfrepair.models.traffic import Flight, Slots, Throttle
from pytest_selfrepair.models.transport import Call, HttpTransport, Transport


class UnansweredError(Exception):
    """A request failed and is not retried.

    Args:
        failure: The failure of its last try.
        end: Why it is not retried, as a clause: ``after 3 tries``; empty where no retry would help.
    """

    def __init__(self, failure: RequestFailure, end: str = "") -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.end = end


def _never(_: RequestFailure, __: int) -> bool:
    return False


class EndpointClient:
    """Sends requests to an endpoint within its rate limits; shared by all its models.

    Args:
        endpoint: The endpoint.
        slots: The slots of the process; each request holds one.
        transport: Sends single tries; None: by HTTP.
        clock: A monotonic clock, in seconds.
        sleep: Sleeps for some seconds.

    Attributes:
        endpoint: The endpoint.
        slots: The slots of the process.
        transport: Sends single tries.
        throttle: The limits on its requests.
        retried: The number of retries so far.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        slots: Slots,
        *,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.slots = slots
        self.transport = transport or HttpTransport(endpoint, slots.limit)
        self.throttle = Throttle(
            slots,
            concurrency=endpoint.concurrency,
            requests_per_minute=endpoint.requests_per_minute,
            tokens_per_minute=endpoint.tokens_per_minute,
            clock=clock,
            sleep=sleep,
        )
        self.retried = 0
        self._clock = clock
        self._sleep = sleep

    async def ask(
        self,
        prepare: Callable[[], Awaitable[Call]],
        *,
        request_id: str,
        tokens: int,
        otherwise: Callable[[RequestFailure, int], bool] = _never,
    ) -> Completion:
        """Send a request until it is answered or further tries are useless.

        Args:
            prepare: Builds the request just before each try, with a slot held, from what is known
                of the endpoint by then; raises if it must not be sent.
            request_id: The request's name in the endpoint's logs, in ASCII.
            tokens: The most tokens that it can cost, including the prompt.
            otherwise: Tells, from a failure and the number of earlier tries, whether `prepare` now
                builds a different request, to be sent at once; may raise to end the tries.

        Raises:
            UnansweredError: It failed permanently, too often or for too long.
        """
        retries = self.endpoint.retries
        began: float | None = None
        number = 0
        while True:
            async with self.throttle.flight(tokens) as flight:
                try:
                    call = await prepare()
                except BaseException:
                    flight.unsent()
                    raise
                began = self._clock() if began is None else began
                found = await self.once(call, request_id)
                _settle(flight, found)
            if isinstance(found, Completion):
                return found
            if otherwise(found, number):
                continue
            if found.meaning is not Meaning.PASSING:
                raise UnansweredError(found)
            wait = retries.wait(number, found.wait)
            left = began + retries.seconds - self._clock()
            if number == retries.most or wait > left:
                tries = f"after {number + 1} {'try' if number == 0 else 'tries'}"
                if number < retries.most:
                    tries += f", and the next in {wait:,.0f} s would be past the time to retry"
                raise UnansweredError(found, tries)
            if found.wait is not None:
                self.throttle.pause(found.wait)
            self.retried += 1
            number += 1
            await self._sleep(wait)

    async def once(self, call: Call, request_id: str) -> Completion | RequestFailure:
        """Try once, outside the rate limits.

        Returns:
            The completion, or the failure.
        """
        found = await self.transport.send(call, request_id)
        if isinstance(found, RequestFailure):
            return replace(found, reason=self.endpoint.hide(found.reason))
        return found

    async def aclose(self) -> None:
        """Close the connections; may be called again."""
        await self.transport.aclose()


def _settle(flight: Flight, found: Completion | RequestFailure) -> None:
    """Count a try's tokens against the endpoint's limits; slow down after a rate limit."""
    if isinstance(found, RequestFailure):
        if found.is_too_much:
            flight.too_much()
    elif found.counts.generated is None:
        flight.answered(flight.reserved)
    else:
        flight.answered((found.counts.prompt or 0) + found.counts.generated)

"""Spread the tasks of one model over several addresses, leaving out failing ones."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import EndpointFailedError, InfrastructureError
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.retrying import Retries

AT_EACH = Retries(most=1)
"""The retries at one of several addresses, before the next is tried."""

_FIRST_REST = 15.0
_LONGEST_REST = 300.0
"""The longest rest of a failed address, in seconds; rests double with each failure in a row."""


class SpreadModel:
    """A model served at several addresses.

    A task stays at one address, whose server caches its prompts. A new task goes to the address
    with the fewest requests under way. When an address fails, its tasks move to the others, and it
    is tried again after a rest.

    Args:
        members: The model at each address, with few retries of its own, as `AT_EACH`.
        retries: The retries after all addresses have failed.
        clock: A monotonic clock, in seconds.
        sleep: Sleeps for some seconds.

    Attributes:
        members: The model at each address.
    """

    asks_permission = True

    def __init__(
        self,
        members: Sequence[ChatModel],
        retries: Retries,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.members = tuple(members)
        self._retries = retries
        self._clock = clock
        self._sleep = sleep
        self._at: dict[str, int] = {}  # the address of each task
        self._under_way: Counter[int] = Counter()
        self._tasks: Counter[int] = Counter()
        self._failures: Counter[int] = Counter()  # in a row
        self._rests_until: dict[int, float] = {}
        self._left_out: set[int] = set()  # at any time

    @property
    def name(self) -> str:
        """The model's name in reports."""
        return self.members[0].name

    @property
    def notices(self) -> Sequence[str]:
        """Notices to the user on failed addresses and the form of requests, a line each."""
        left_out = [
            f"{member.shown}: failed, and was left out for a while; other addresses were asked"
            for at, member in enumerate(self.members)
            if at in self._left_out
        ]
        return [*left_out, *(notice for member in self.members for notice in member.notices)]

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion.

        Raises:
            EndpointRefusedError: The endpoint refuses the request.
            EndpointFailedError: No address answered within the allowed retries.
            LocalModelError: Its tokens could not be counted.
        """
        [drawn] = await self.sample_several([request])
        if isinstance(drawn, InfrastructureError):
            raise drawn
        return drawn

    async def sample_several(
        self, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        """Draw one completion for each request of a task.

        Returns:
            For each request its sample, or the failure.
        """
        drawn: dict[int, Sample | InfrastructureError] = {}
        left = list(range(len(requests)))
        began = self._clock()
        tried: set[int] = set()
        rounds = 0
        while True:
            at = self._address(requests[0].task_id, tried)
            drawn |= zip(left, await self._ask(at, [requests[i] for i in left]), strict=True)
            left = [i for i in left if isinstance(drawn[i], EndpointFailedError)]
            if not left:
                self._answers(at)
                break
            self._leave_out(at)
            tried.add(at)
            if len(tried) == len(self.members):
                wait = self._retries.wait(rounds)
                spent = self._clock() - began + wait
                if rounds == self._retries.most or spent > self._retries.seconds:
                    break
                rounds += 1
                tried.clear()
                await self._sleep(wait)
        return [drawn[i] for i in range(len(requests))]

    async def aclose(self) -> None:
        """Close the connections, which other models of the endpoints may share."""
        await asyncio.gather(*(member.aclose() for member in self.members))

    async def _ask(
        self, at: int, requests: Sequence[SampleRequest]
    ) -> list[Sample | InfrastructureError]:
        self._under_way[at] += len(requests)
        try:
            return await self.members[at].sample_several(requests)
        finally:
            self._under_way[at] -= len(requests)

    def _address(self, task_id: str, tried: set[int]) -> int:
        """The index of a task's address: its own, unless that has failed."""
        now = self._clock()
        others = [at for at in range(len(self.members)) if at not in tried]
        there = [at for at in others if self._rests_until.get(at, now) <= now] or others
        if (own := self._at.get(task_id)) in there and own is not None:
            return own
        found = min(there, key=lambda at: (self._under_way[at], self._tasks[at]))
        self._at[task_id] = found
        self._tasks[found] += 1
        return found

    def _answers(self, at: int) -> None:
        self._failures.pop(at, None)
        self._rests_until.pop(at, None)

    def _leave_out(self, at: int) -> None:
        rest = min(_FIRST_REST * 2 ** self._failures[at], _LONGEST_REST)
        self._failures[at] = min(self._failures[at] + 1, 16)
        self._rests_until[at] = self._clock() + rest
        self._left_out.add(at)

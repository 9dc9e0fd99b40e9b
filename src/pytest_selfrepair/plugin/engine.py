"""The engine: run upcoming items while pytest reports earlier ones."""

import asyncio
import contextlib
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import count

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.thread_loop import Loop
from pytest_selfrepair.models.priority import priority
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.plugin.budget_share import BudgetShare
from pytest_selfrepair.plugin.pending_items import START_SECONDS, PendingItems
from pytest_selfrepair.plugin.run_equipment import RunEquipment
from pytest_selfrepair.plugin.runners import Runners, Upcoming
from pytest_selfrepair.store.any_record import AnyRecord

WINDOW = 2
"""Unreported tasks per request in flight: a slow one delays none, an early end loses little."""

GRACE = 8.0
"""Seconds that requests in flight get when a run ends early; their answers are paid for."""


class Engine:
    """Runs as many items at once as it takes to fill the request limit.

    It works on an event loop of its own; nothing is opened or started before the first task.

    Args:
        equipment: Shared by all items; set up before the first item runs.
        runners: Run an item of either kind.
        slots: The shared state of all requests.
        share: Whether the run's budget lasts for one more task.
        begins_alone: Whether the first item is finished before another starts.
    """

    def __init__(
        self,
        equipment: RunEquipment,
        runners: Runners,
        slots: Slots,
        share: BudgetShare,
        *,
        begins_alone: bool,
    ) -> None:
        self._equipment = equipment
        self._runners = runners
        self._slots = slots
        self._open = ExitStack()
        self._loop: Loop | None = None
        # What follows is touched on the loop's thread alone.
        self._pending = PendingItems(runners.first_requests)
        self._started: dict[str, asyncio.Task[AnyRecord]] = {}
        self._share = share
        self._order = count()
        self._begins_alone = begins_alone  # until an item has finished

    def expect(self, coming: Iterable[Upcoming]) -> None:
        """Run these tasks ahead, in this order; tasks expected already keep their place."""
        tasks = list(coming)
        self._running().call(lambda: self._expect(tasks))

    def record(self, upcoming: Upcoming) -> AnyRecord:
        """Wait for a task's record, expected or not.

        Returns:
            The task's record; an infrastructure failure, a quarantine or a malformed task is in it
            as the reason why the task was not scored.
        """
        return self._running().run(self._awaited_record(upcoming))

    def close(self) -> None:
        """Cancel work that is not awaited, and close everything that was opened, last first.

        On an interrupt, answers in flight are not waited for and are lost. May be called again.
        """
        if self._loop is not None:
            with contextlib.suppress(KeyboardInterrupt):
                self._loop.run(self._give_up())
        self._loop = None
        self._open.close()

    @property
    def notices(self) -> list[str]:
        """Notices to the user on how models answered, a line each."""
        return self._equipment.notices

    @property
    def in_flight(self) -> int:
        """The number of this process's requests in flight."""
        return self._slots.in_flight

    @property
    def rate_limits(self) -> int:
        """How often an endpoint reported its rate limit to this process."""
        return self._equipment.rate_limits

    async def _give_up(self) -> None:
        """Send nothing more, keep answers that come soon, and cancel the rest."""
        self._pending.clear()
        self._slots.close()
        self._equipment.stop()
        if not self._started:
            return
        _, late = await asyncio.wait(self._started.values(), timeout=GRACE)
        for work in late:
            work.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _running(self) -> Loop:
        if self._loop is None:
            self._loop = Loop()
            self._open.callback(self._loop.close)
            self._slots.on_idle = self._start_next
        return self._loop

    def _expect(self, tasks: list[Upcoming]) -> None:
        self._pending.expect(tasks)
        self._start_next()

    def _start_next(self) -> None:
        """Start tasks while the request limit is not, and will not soon be, reached."""
        while (upcoming := self._pending.next) is not None and self._may_start(upcoming):
            self._start(self._pending.take_next())
        if self._pending.next is not None and self._pending.requests_to_come:
            asyncio.get_running_loop().call_later(START_SECONDS, self._start_next)

    def _may_start(self, upcoming: Upcoming) -> bool:
        if self._started and (self._begins_alone or not self._equipment.is_set_up):
            return False  # the first one sets all up, and then comes back here
        requests = self._slots.wanted + self._pending.requests_to_come
        return (
            requests < self._slots.limit
            and len(self._started) < WINDOW * self._slots.limit
            and self._lasts(upcoming)
        )

    def _lasts(self, upcoming: Upcoming) -> bool:
        """Whether the budget is expected to last for one more item."""
        if not self._share.paid and self._share.limits != RunLimits():
            self._share.bound = self._runners.bound(upcoming)
        return self._share.lasts

    def _start(self, upcoming: Upcoming) -> "asyncio.Task[AnyRecord]":
        self._share.begin()
        with priority(next(self._order)):  # a task keeps the context that it was created in
            work = asyncio.create_task(self._paid(upcoming))
        self._started[upcoming.task_id] = work
        return work

    async def _paid(self, upcoming: Upcoming) -> AnyRecord:
        cost = Cost()
        try:
            record = await self._run(upcoming)
            cost = record.cost
            return record
        finally:
            self._share.end(cost)
            self._begins_alone = False
            self._start_next()

    async def _awaited_record(self, upcoming: Upcoming) -> AnyRecord:
        self._pending.take(upcoming)
        work = self._started.get(upcoming.task_id)
        if work is None:
            work = self._start(upcoming)
        try:
            return await asyncio.shield(work)
        finally:
            if work.done():
                del self._started[upcoming.task_id]
                self._start_next()

    async def _run(self, upcoming: Upcoming) -> AnyRecord:
        if not self._equipment.is_set_up:
            self._equipment.set_up(self._open, self._running().run)
            self._share.before = self._equipment.spent_before
            self._start_next()
        return await self._runners.run(upcoming)

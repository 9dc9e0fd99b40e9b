"""The engine: runs the items to come while pytest reports the ones before them."""

import asyncio
import contextlib
from collections.abc import Iterable
from contextlib import ExitStack

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.thread_loop import Loop
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.plugin.budget_share import BudgetShare
from pytest_selfrepair.plugin.pending_items import BREATH, PendingItems
from pytest_selfrepair.plugin.run_equipment import RunEquipment
from pytest_selfrepair.plugin.runners import Runners, Upcoming
from pytest_selfrepair.store.any_record import AnyRecord

WINDOW = 2
"""Tasks that may be started and not reported yet, for each request that may be in flight: enough
that a slow task holds nobody up, and little is lost where a run ends early."""

GRACE = 8.0
"""Seconds that requests under way are given when a run ends early; their answers are paid for."""


class Engine:
    """Runs items: as many at once as keep every request in flight that may be.

    Its work is done on a loop of its own; nothing is opened or started before the first task.

    Args:
        equipment: What items are run with; it is set up before the first of them is.
        runners: Run each.
        slots: What every request needs.
        share: Whether the run's budget lasts for one more task.
    """

    def __init__(
        self, equipment: RunEquipment, runners: Runners, slots: Slots, share: BudgetShare
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

    def expect(self, coming: Iterable[Upcoming]) -> None:
        """Work ahead on these tasks, in this order; those that are expected already stay so."""
        tasks = list(coming)
        self._running().call(lambda: self._expect(tasks))

    def record(self, upcoming: Upcoming) -> AnyRecord:
        """Wait for a task's record, expected or not.

        Returns:
            The task's record; a failure of infrastructure, or the task's quarantine, is in it as
            the reason why the task was not scored; so is what is wrong with the task itself.
        """
        return self._running().run(self._taken(upcoming))

    def close(self) -> None:
        """Give up what nobody waits for any more, and close all that was opened, last first.

        Whoever interrupts it does not want to wait for answers under way: they are lost. It may be
        called again.
        """
        if self._loop is not None:
            with contextlib.suppress(KeyboardInterrupt):
                self._loop.run(self._give_up())
        self._loop = None
        self._open.close()

    @property
    def notices(self) -> list[str]:
        """What the user should know of how models were asked, a line each."""
        return self._equipment.notices

    @property
    def in_flight(self) -> int:
        """Requests under way, of this process."""
        return self._slots.in_flight

    @property
    def rate_limits(self) -> int:
        """How often an endpoint said, to this process, that it was asked too much."""
        return self._equipment.rate_limits

    async def _give_up(self) -> None:
        """Send nothing more, keep the answers that come soon, and drop the rest."""
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
        """Start tasks while requests could be in flight that are not, nor soon will be."""
        if not self._equipment.is_set_up and self._started:
            return  # the first one sets all up, and then comes back here
        while (
            (upcoming := self._pending.next) is not None
            and self._slots.wanted + self._pending.requests_to_come < self._slots.limit
            and len(self._started) < WINDOW * self._slots.limit
            and self._lasts(upcoming)
        ):
            self._start(self._pending.take_next())
        if self._pending.next is not None and self._pending.requests_to_come:
            asyncio.get_running_loop().call_later(BREATH, self._start_next)

    def _lasts(self, upcoming: Upcoming) -> bool:
        """Whether the budget can be expected to last for one more."""
        if not self._share.paid and self._share.limits != RunLimits():
            self._share.bound = self._runners.bound(upcoming)
        return self._share.lasts

    def _start(self, upcoming: Upcoming) -> "asyncio.Task[AnyRecord]":
        self._share.begin()
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
            self._start_next()

    async def _taken(self, upcoming: Upcoming) -> AnyRecord:
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

"""The engine: grows the trees of coming tasks while pytest reports the ones before them."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.grow import grow
from pytest_selfrepair.core.origin import Answered
from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import (
    CUT_SHORT,
    NO_CASES,
    NOT_RUN,
    Record,
    References,
    Setup,
)
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.validation import QUARANTINE, Standing, validate
from pytest_selfrepair.core.verdicts import RememberingJudge, Terms, task_digest
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError, TaskError
from pytest_selfrepair.plugin.loop import Loop
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_models import OpenModels, RunModels
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.store.samples import SqliteStore
from pytest_selfrepair.tasks.examples import examples

if TYPE_CHECKING:
    from pytest_selfrepair.core.tree import Grown

WINDOW = 2
"""Tasks that may be started and not reported yet, for each request that may be in flight: enough
that a slow task holds nobody up, and little is lost where a run ends early."""

GRACE = 8.0
"""Seconds that requests under way are given when a run ends early; their answers are paid for."""

_BREATH = 0.05
"""Seconds that a task which has just been started is given to ask for its first requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A task that is to be run.

    Attributes:
        task_id: The task.
        load: Reads it.
    """

    task_id: str
    load: Callable[[], Task]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What is set up once, when the first task is run."""

    models: OpenModels
    judge: RememberingJudge
    setup: Setup


class Engine:
    """Runs tasks: as many at once as keep every request in flight that may be.

    Its work is done on a loop of its own; nothing is opened or started before the first task.

    Args:
        settings: What the user asked for.
        models: The models and sources that it names.
        judge: Runs programs; its verdicts are kept in the run's store.
        terms: What decides its verdicts.
        foreign: Finds a checker that a conftest.py gives a task; such verdicts are not kept.
        run: What tells what this run pays from what others do.
    """

    def __init__(
        self,
        settings: Settings,
        models: RunModels,
        judge: SandboxJudge,
        terms: Terms,
        *,
        foreign: Callable[[Task], Checker | None] = lambda _: None,
        run: str = "",
    ) -> None:
        self._settings = settings
        self._terms, self._foreign = terms, foreign
        self._models = models
        self._judge = judge
        self._run_id = run
        self._plan = models.plan
        self._slots = models.slots
        self._open = ExitStack()
        self._loop: Loop | None = None
        # What follows is touched on the loop's thread alone.
        self._state: _Ready | InfrastructureError | None = None
        self._coming: deque[Upcoming] = deque()
        self._known: set[str] = set()
        self._started: dict[str, asyncio.Task[Record]] = {}
        self._purse = models.purse()
        self._young: deque[float] = deque()  # when the youngest tasks were started

    def expect(self, coming: Iterable[Upcoming]) -> None:
        """Work ahead on these tasks, in this order; those that are expected already stay so."""
        tasks = list(coming)
        self._running().call(lambda: self._expect(tasks))

    def record(self, upcoming: Upcoming) -> Record:
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
        if not isinstance(self._state, _Ready):
            return []
        return [*self._state.models.notices, *self._state.judge.notices]

    @property
    def in_flight(self) -> int:
        """Requests under way, of this process."""
        return self._slots.in_flight

    @property
    def rate_limits(self) -> int:
        """How often an endpoint said, to this process, that it was asked too much."""
        if not isinstance(self._state, _Ready):
            return 0
        return sum(throttle.rate_limits for throttle in self._state.models.throttles)

    async def _give_up(self) -> None:
        """Send nothing more, keep the answers that come soon, and drop the rest."""
        self._coming.clear()
        self._slots.close()
        if isinstance(self._state, _Ready):
            self._state.models.stop()
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
        new = [task for task in tasks if task.task_id not in self._known]
        self._known.update(task.task_id for task in new)
        self._coming += new
        self._start_next()

    def _start_next(self) -> None:
        """Start tasks while requests could be in flight that are not, nor soon will be."""
        if self._state is None and self._started:
            return  # the first one sets all up, and then comes back here
        now = time.monotonic()
        while self._young and self._young[0] < now - _BREATH:
            self._young.popleft()
        while (
            self._coming
            and self._slots.wanted + len(self._young) * self._first_requests < self._slots.limit
            and len(self._started) < WINDOW * self._slots.limit
            and self._purse.lasts
        ):
            self._start(self._coming.popleft())
            self._young.append(now)
        if self._coming and self._young:
            asyncio.get_running_loop().call_later(_BREATH, self._start_next)

    @property
    def _first_requests(self) -> int:
        """How many requests a task begins with: one for all its programs, or one for each."""
        if not isinstance(self._state, _Ready):
            return 1
        together = self._state.models.draws_several and self._plan.params.seed is None
        return 1 if together else self._plan.n_p

    def _start(self, upcoming: Upcoming) -> "asyncio.Task[Record]":
        self._purse.begin()
        work = asyncio.create_task(self._paid(upcoming))
        self._started[upcoming.task_id] = work
        return work

    async def _paid(self, upcoming: Upcoming) -> Record:
        cost = Cost()
        try:
            record = await self._run(upcoming)
            cost = record.cost
            return record
        finally:
            self._purse.end(cost)
            self._start_next()

    async def _taken(self, upcoming: Upcoming) -> Record:
        self._known.add(upcoming.task_id)
        work = self._started.get(upcoming.task_id)
        if work is None:
            self._coming = deque(t for t in self._coming if t.task_id != upcoming.task_id)
            work = self._start(upcoming)
        try:
            return await asyncio.shield(work)
        finally:
            if work.done():
                del self._started[upcoming.task_id]
                self._start_next()

    async def _run(self, upcoming: Upcoming) -> Record:
        """Grow one task's trees."""
        began = time.perf_counter()
        try:
            task = replace(await asyncio.to_thread(upcoming.load), id=upcoming.task_id)
        except TaskError as error:
            return Record(task_id=upcoming.task_id, unscored=str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it costs this task alone
            return Record(
                task_id=upcoming.task_id, unscored=described(error, "what reads the task")
            )
        if not task.cases:
            return Record(
                task_id=task.id, difficulty=task.difficulty, kind=task.kind, unscored=NO_CASES
            )
        if self._plan.feedback_cases is FeedbackCases.PUBLIC and task.public_cases is None:
            task = replace(task, public_cases=examples(task))
        spending = Spending()
        grown: Grown | None = None
        setup: Setup | None = None
        unscored: str | None = None
        quarantined = False
        references: References | None = None
        try:
            ready = self._ready()
            setup = ready.setup
            if self._settings.validate:
                tried = await validate(task, ready.judge)
                references = tried.references if tried.trials else None
                quarantined = tried.standing is Standing.QUARANTINED
            if quarantined:
                unscored = QUARANTINE
            else:
                grown = await grow(
                    task,
                    self._plan,
                    model=ready.models.model,
                    judge=ready.judge,
                    sources=ready.models.sources,
                    prompts=self._models.prompts,
                    spending=spending,
                    reader=self._models.reader,
                )
        except BudgetSpentError as error:
            unscored = f"{CUT_SHORT if spending.cost.samples else NOT_RUN}: {error}"
        except InfrastructureError as error:
            unscored = str(error)
        except Exception as error:  # noqa: BLE001 - the other tasks are run nevertheless
            unscored = f"{described(error, 'the growth of its trees')} ({place(error)})"
        return Record(
            task_id=task.id,
            difficulty=task.difficulty,
            kind=task.kind,
            statement=task.statement,
            wrapping=task.wrapping if task.kind is TaskKind.CALL_BASED else None,
            setup=setup,
            grown=grown,
            unscored=unscored,
            quarantined=quarantined,
            cost=spending.cost,
            seconds=time.perf_counter() - began,
            digest=task_digest(task),
            time_limit=self._judge.limits_of(task).cpu_seconds,
            references=references,
            packages=self._judge.packages_of(task).versions,
            origins=self._origins(task.id),
        )

    def _origins(self, task_id: str) -> tuple[Answered, ...]:
        """Where a task's completions came from."""
        if not isinstance(self._state, _Ready):
            return ()
        found = (model.take_origins(task_id) for model in self._state.models.members)
        return tuple(sorted(set().union(*found)))

    def _ready(self) -> _Ready:
        """What tasks are run with; where it cannot be set up, it is not tried again."""
        if self._state is None:
            try:
                self._state = self._set_up()
            except InfrastructureError as error:
                self._state = error
            self._start_next()
        if isinstance(self._state, InfrastructureError):
            raise self._state
        return self._state

    def _set_up(self) -> _Ready:
        store = SqliteStore(self._settings.store, run=self._run_id)
        self._open.callback(store.close)
        self._purse.before = store.spent(self._models.campaign)
        judge = RememberingJudge(
            self._judge,
            store,
            self._terms,
            foreign=self._foreign,
            rejudge=self._settings.rejudge,
        )
        models = self._models.open(store, judge)
        loop = self._running()
        self._open.callback(lambda: loop.run(judge.aclose()))
        self._open.callback(lambda: loop.run(models.aclose()))
        return _Ready(
            models=models,
            judge=judge,
            setup=Setup(
                model=models.model.name,
                sources=tuple(source.name for source in models.sources),
                prompts=f"{self._models.prompts.name}@{self._models.prompts.digest}",
                checker=self._settings.checker,
                isolation=judge.isolation,
                plan=self._plan,
                packages=self._judge.given,
                reading=RULES,
            ),
        )

"""What runs the tasks of a session: an event loop on a thread, a judge, a store and a crew."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TypeVar

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.tree import Grown, grow
from pytest_selfrepair.core.validation import QUARANTINE, Standing, validate
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.plugin.crew import Casting, Crew, plan_of
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.store.samples import SqliteStore

_T = TypeVar("_T")


class Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="selfrepair", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[object, object, _T]) -> _T:
        """Run a coroutine and wait for it; whatever interrupts the wait cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel what still runs, then stop."""
        self.run(_cancel_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """What is set up once, when the first task is run."""

    loop: Loop
    crew: Crew
    setup: Setup


class Runner:
    """Runs tasks, one at a time; nothing is opened or started before the first.

    Args:
        settings: What the user asked for.
        casting: Who the names in it mean.
        judge: Runs programs.
    """

    def __init__(self, settings: Settings, casting: Casting, judge: Judge) -> None:
        self._settings = settings
        self._casting = casting
        self._judge = judge
        self._plan = plan_of(settings)
        self._open = ExitStack()
        self._state: _Ready | InfrastructureError | None = None

    def run(self, task_id: str, load: Callable[[], Task]) -> Record:
        """Grow one task's trees.

        Returns:
            The task's record; a failure of infrastructure, or the task's quarantine, is in it as
            the reason why the task was not scored.
        """
        began = time.perf_counter()
        task = replace(load(), id=task_id)
        spending = Spending()
        grown: Grown | None = None
        setup: Setup | None = None
        unscored: str | None = None
        quarantined = False
        try:
            ready = self._ready()
            setup = ready.setup
            if self._settings.validate:
                tried = ready.loop.run(validate(task, self._judge, first_only=True))
                quarantined = tried.standing is Standing.QUARANTINED
            if quarantined:
                unscored = QUARANTINE
            else:
                grown = ready.loop.run(self._grow(task, ready.crew, spending))
        except InfrastructureError as error:
            unscored = str(error)
        return Record(
            task_id=task_id,
            difficulty=task.difficulty,
            kind=task.kind,
            wrapping=task.wrapping if task.kind is TaskKind.CALL_BASED else None,
            setup=setup,
            grown=grown,
            unscored=unscored,
            quarantined=quarantined,
            cost=spending.cost,
            seconds=time.perf_counter() - began,
        )

    def close(self) -> None:
        """Close all that was opened, last first."""
        self._open.close()

    def _grow(self, task: Task, crew: Crew, spending: Spending) -> Coroutine[object, object, Grown]:
        return grow(
            task,
            self._plan,
            model=crew.model,
            judge=self._judge,
            sources=crew.sources,
            prompts=self._casting.prompts,
            spending=spending,
        )

    def _ready(self) -> _Ready:
        """What tasks are run with; where it cannot be set up, it is not tried again."""
        if self._state is None:
            try:
                self._state = self._set_up()
            except InfrastructureError as error:
                self._state = error
        if isinstance(self._state, InfrastructureError):
            raise self._state
        return self._state

    def _set_up(self) -> _Ready:
        store = SqliteStore(self._settings.store)
        self._open.callback(store.close)
        crew = self._casting.crew(store)
        loop = Loop()
        self._open.callback(loop.close)
        self._open.callback(lambda: loop.run(self._judge.aclose()))
        self._open.callback(lambda: loop.run(crew.aclose()))
        return _Ready(
            loop=loop,
            crew=crew,
            setup=Setup(
                model=crew.model.name,
                sources=tuple(source.name for source in crew.sources),
                prompts=f"{self._casting.prompts.name}@{self._casting.prompts.digest}",
                checker=self._settings.checker,
                isolation=self._judge.isolation,
                plan=self._plan,
            ),
        )

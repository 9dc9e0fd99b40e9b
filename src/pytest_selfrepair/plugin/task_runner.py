"""Runs one task to its record: reads it, grows its trees, and says why where it could not."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pytest_selfrepair.api.task_record import Tools, task_record
from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.foreign import described
from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.run_account import Spent
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.core.verdicts import RememberingJudge, Terms
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_models import OpenModels, RunModels
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.store.sqlite_store import SqliteStore


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
    tools: Tools
    before: Spent


class TaskRunner:
    """Runs tasks, one at each call, with models, judge and store that are set up at the first.

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
        self._state: _Ready | Exception | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether that was tried."""
        return self._state is not None

    @property
    def notices(self) -> list[str]:
        """What the user should know of how models were asked, a line each."""
        if not isinstance(self._state, _Ready):
            return []
        return [*self._state.models.notices, *self._state.judge.notices]

    @property
    def rate_limits(self) -> int:
        """How often an endpoint said, to this process, that it was asked too much."""
        if not isinstance(self._state, _Ready):
            return 0
        return sum(throttle.rate_limits for throttle in self._state.models.throttles)

    @property
    def first_requests(self) -> int:
        """How many requests a task begins with: one, or one for each of its programs."""
        if not isinstance(self._state, _Ready):
            return 1
        together = self._state.models.draws_several and self._plan.params.seed is None
        one = together or self._plan.policy is not Policy.BATCH
        return 1 if one else self._plan.n_p

    @property
    def spent_before(self) -> Spent:
        """What was spent on the run's account when this process began."""
        return self._state.before if isinstance(self._state, _Ready) else Spent()

    def stop(self) -> None:
        """Wait no more for what other processes hold."""
        if isinstance(self._state, _Ready):
            self._state.models.stop()

    def set_up(
        self, opened: ExitStack, run: Callable[[Coroutine[object, object, None]], None]
    ) -> None:
        """Open what tasks are run with, unless that was tried before.

        Args:
            opened: Closes it.
            run: Waits for a coroutine, from another thread.
        """
        if self._state is None:
            try:
                self._state = self._set_up(opened, run)
            except Exception as error:  # noqa: BLE001 - the record of each task says so
                self._state = error

    async def run(self, upcoming: Upcoming) -> Record:
        """Grow one task's trees.

        Returns:
            Its record, in which stands why it was not scored, where it was not.
        """
        began = time.perf_counter()
        try:
            task = replace(await asyncio.to_thread(upcoming.load), id=upcoming.task_id)
        except TaskError as error:
            return Record(task_id=upcoming.task_id, unscored=str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it costs this task alone
            return Record(
                task_id=upcoming.task_id, unscored=described(error, "what reads the task")
            )
        if self._state is None:
            raise RuntimeError("`set_up` comes first")
        tools = self._state.tools if isinstance(self._state, _Ready) else self._state
        return await task_record(task, tools, plan=self._plan, sandbox=self._judge, began=began)

    def _set_up(
        self, opened: ExitStack, run: Callable[[Coroutine[object, object, None]], None]
    ) -> _Ready:
        store = SqliteStore(self._settings.store, run=self._run_id)
        opened.callback(store.close)
        before = store.spent(self._models.campaign)
        judge = RememberingJudge(
            self._judge,
            store,
            self._terms,
            foreign=self._foreign,
            rejudge=self._settings.rejudge,
        )
        models = self._models.open(store, judge)
        opened.callback(lambda: run(judge.aclose()))
        opened.callback(lambda: run(models.aclose()))
        return _Ready(
            models=models,
            judge=judge,
            before=before,
            tools=Tools(
                model=models.model,
                members=models.members,
                sources=models.sources,
                judge=judge,
                prompts=self._models.prompts,
                reader=self._models.reader,
                validates=self._settings.validate,
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
            ),
        )

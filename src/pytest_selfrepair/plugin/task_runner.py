"""Runs one task to its record: reads it, grows its trees, and says why where it could not."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.grow import grow
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
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.core.validation import QUARANTINE, Standing, validate
from pytest_selfrepair.core.verdicts import task_digest
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError, TaskError
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_equipment import RunEquipment, SetUp
from pytest_selfrepair.plugin.run_models import RunModels
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.tasks.examples import examples

if TYPE_CHECKING:
    from pytest_selfrepair.core.tree import Grown


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingTask:
    """A task that is to be run.

    Attributes:
        task_id: The task.
        load: Reads it.
    """

    task_id: str
    load: Callable[[], Task]


class TaskRunner:
    """Runs tasks, one at each call.

    Args:
        settings: What the user asked for.
        models: The models and sources that it names.
        judge: Runs programs.
        equipment: What items are run with.
    """

    def __init__(
        self, settings: Settings, models: RunModels, judge: SandboxJudge, equipment: RunEquipment
    ) -> None:
        self._settings = settings
        self._models = models
        self._judge = judge
        self._equipment = equipment
        self._plan = models.plan

    @property
    def first_requests(self) -> int:
        """How many requests a task begins with: one, or one for each of its programs."""
        together = self._equipment.draws_several and self._plan.params.seed is None
        if not self._equipment.is_set_up or together or self._plan.policy is not Policy.BATCH:
            return 1
        return self._plan.n_p

    @cached_property
    def bound(self) -> Cost:
        """What a task costs at most."""
        return self._models.costliest_task()

    async def run(self, upcoming: UpcomingTask) -> Record:
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
        return await self._run(task, began)

    async def _run(self, task: Task, began: float) -> Record:
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
            ready = self._equipment.ready
            setup = self._setup(ready)
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
                    model=ready.models.coder,
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
            origins=self._equipment.origins(task.id),
        )

    def _setup(self, ready: SetUp) -> Setup:
        """What tasks are run with, for their records."""
        models = ready.models
        return Setup(
            model=models.coder.name,
            sources=tuple(source.name for source in models.sources),
            prompts=f"{self._models.prompts.name}@{self._models.prompts.digest}",
            checker=self._settings.checker,
            isolation=ready.judge.isolation,
            plan=self._plan,
            packages=self._judge.given,
            reading=RULES,
        )

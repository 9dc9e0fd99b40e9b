"""Run one task: read it, grow its trees, and make its record."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from pytest_selfrepair.api.task_record import Tools, task_record
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.foreign import described
from pytest_selfrepair.core.reading import RULES
from pytest_selfrepair.core.record import Record, Setup
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_equipment import RunEquipment
from pytest_selfrepair.plugin.run_models import RunModels
from pytest_selfrepair.sandbox.judge_pool import JudgePool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingTask:
    """A task to be run.

    Attributes:
        task_id: The task.
        load: Reads it.
    """

    task_id: str
    load: Callable[[], Task]


class TaskRunner:
    """Runs tasks, one per call.

    Args:
        settings: The run's settings.
        models: The models and sources of the run.
        judge: Judges programs.
        equipment: Shared by all items of the process.
    """

    def __init__(
        self, settings: Settings, models: RunModels, judge: JudgePool, equipment: RunEquipment
    ) -> None:
        self._settings = settings
        self._models = models
        self._judge = judge
        self._equipment = equipment
        self._plan = models.plan

    @property
    def first_requests(self) -> int:
        """The number of requests a task starts with: one, or one for each of its programs."""
        together = self._equipment.draws_several and self._plan.params.seed is None
        if not self._equipment.is_set_up or together or self._plan.policy is not Policy.BATCH:
            return 1
        return self._plan.n_p

    @cached_property
    def bound(self) -> Cost:
        """The most that a task costs."""
        return self._models.forecast.costliest_task()

    async def run(self, upcoming: UpcomingTask) -> Record:
        """Grow one task's trees.

        Returns:
            Its record; for an unscored task, it holds the reason.
        """
        began = time.perf_counter()
        try:
            task = replace(await asyncio.to_thread(upcoming.load), id=upcoming.task_id)
        except TaskError as error:
            return Record(task_id=upcoming.task_id, unscored=str(error))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it affects only this task
            return Record(
                task_id=upcoming.task_id, unscored=described(error, "what reads the task")
            )
        return await task_record(
            task, self._tools, plan=self._plan, sandbox=self._judge, began=began
        )

    @cached_property
    def _tools(self) -> Tools | Exception:
        """What tasks are run with, or why it could not be set up."""
        try:
            ready = self._equipment.ready
        except Exception as error:  # noqa: BLE001 - each task's record reports it
            return error
        models, prompts = ready.models, self._models.prompts
        if models.model is None:
            return UsageError("a rule player writes no programs")
        return Tools(
            model=models.model,
            members=models.members,
            sources=models.sources,
            judge=ready.judge,
            prompts=prompts,
            reader=self._models.run.reader,
            validates=self._settings.validate,
            setup=Setup(
                model=models.model.name,
                sources=tuple(source.name for source in models.sources),
                prompts=f"{prompts.name}@{prompts.digest}",
                checker=self._settings.checker,
                isolation=ready.judge.isolation,
                plan=self._plan,
                packages=self._judge.given,
                reading=RULES,
            ),
        )

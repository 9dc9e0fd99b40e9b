"""Grow one task's trees and make its record."""

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.feedback import FeedbackCases, FeedbackSource
from pytest_selfrepair.core.grow import grow
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.record import (
    NO_CASES,
    Record,
    References,
    Setup,
)
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.core.unscored import why_unscored
from pytest_selfrepair.core.validation import QUARANTINE, TaskStanding, validate
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.core.verdicts import task_digest
from pytest_selfrepair.models.recording import RecordingModel, origins_of
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.tasks.examples import examples

if TYPE_CHECKING:
    from pytest_selfrepair.core.tree import Grown


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the tasks of a run share.

    Attributes:
        setup: The setup in their records.
        model: The code model.
        members: Every model, for the origins of completions.
        sources: The feedback sources.
        judge: Judges programs and stores their verdicts.
        prompts: The prompt set.
        reader: Reads the code model's replies.
        validates: Whether a task's reference solutions are tried first.
    """

    setup: Setup
    model: Model
    members: tuple[RecordingModel, ...]
    sources: tuple[FeedbackSource, ...]
    judge: Judge
    prompts: PromptSet
    reader: ReplyReader = field(default_factory=ReplyReader)
    validates: bool = False


async def task_record(
    task: Task, tools: Tools | Exception, *, plan: Plan, sandbox: JudgePool, began: float
) -> Record:
    """Grow the trees of one task.

    Args:
        task: The task.
        tools: What it is run with, or why that could not be set up.
        plan: The plan of the trees.
        sandbox: The sandbox that decides what programs of the task may use.
        began: When reading it started, by `time.perf_counter`.

    Returns:
        Its record; after a failure, it holds the reason why the task was not scored.
    """
    if not task.cases:
        return Record(
            task_id=task.id, difficulty=task.difficulty, kind=task.kind, unscored=NO_CASES
        )
    if plan.feedback_cases is FeedbackCases.PUBLIC and task.public_cases is None:
        task = replace(task, public_cases=examples(task))
    spending = Spending()
    grown: Grown | None = None
    unscored: str | None = None
    quarantined = False
    references: References | None = None
    try:
        ready = _ready(tools)
        if ready.validates:
            tried = await validate(task, ready.judge)
            references = tried.references if tried.trials else None
            quarantined = tried.standing is TaskStanding.QUARANTINED
        if quarantined:
            unscored = QUARANTINE
        else:
            grown = await grow(
                task,
                plan,
                model=ready.model,
                judge=ready.judge,
                sources=ready.sources,
                prompts=ready.prompts,
                spending=spending,
                reader=ready.reader,
            )
    except Exception as error:  # noqa: BLE001 - the other tasks are run nevertheless
        unscored = why_unscored(error, "the growth of its trees", spending)
    return Record(
        task_id=task.id,
        difficulty=task.difficulty,
        kind=task.kind,
        statement=task.statement,
        wrapping=task.wrapping if task.kind is TaskKind.CALL_BASED else None,
        setup=None if isinstance(tools, Exception) else tools.setup,
        grown=grown,
        unscored=unscored,
        quarantined=quarantined,
        cost=spending.cost,
        seconds=time.perf_counter() - began,
        digest=task_digest(task),
        time_limit=sandbox.limits_of(task).cpu_seconds,
        references=references,
        packages=sandbox.packages_of(task).versions,
        origins=() if isinstance(tools, Exception) else origins_of(tools.members, task.id),
    )


def _ready(tools: Tools | Exception) -> Tools:
    if isinstance(tools, Exception):
        raise tools
    return tools

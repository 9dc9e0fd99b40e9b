"""A run without pytest: repair trees are grown for tasks, and their records kept in a store."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pytest_selfrepair.api.equipment import Equipment, RunSettings, Source
from pytest_selfrepair.api.judging import opened_judge
from pytest_selfrepair.api.results import RunResult
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.grow import grow
from pytest_selfrepair.core.record import CUT_SHORT, NO_CASES, NOT_RUN, Record
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.tree import Grown, Plan
from pytest_selfrepair.core.verdicts import task_digest
from pytest_selfrepair.errors import BudgetSpentError, InfrastructureError, UsageError
from pytest_selfrepair.store.runs import Kind, Place
from pytest_selfrepair.store.samples import SqliteStore
from pytest_selfrepair.tasks.examples import examples


async def run_tasks(
    tasks: Iterable[Task],
    model: Model,
    plan: Plan,
    *,
    feedback: Sequence[Source] = ("self",),
    settings: RunSettings | None = None,
) -> RunResult:
    """Grow the repair trees of tasks, as the plugin does, and keep their records as a run.

    What fails costs its task alone: its record says why it was not scored.

    Args:
        tasks: The tasks; their ids differ.
        model: Writes and repairs programs. It is closed when the run ends, like every model.
        plan: How large the trees may grow, and how completions are drawn.
        feedback: Where feedback comes from: the names of built-in sources, models that explain, or
            sources of your own.
        settings: The rest; None: `RunSettings()`.

    Returns:
        The run, as `load_run` reads it again.

    Raises:
        UsageError: A setting, or the name of a source, is not accepted.
        SandboxError: This machine has no isolation at all.
        StoreError: The store cannot be opened or written.
    """
    chosen = settings or RunSettings()
    coming = list(tasks)
    ids = [task.id for task in coming]
    if twice := [each for each in dict.fromkeys(ids) if ids.count(each) > 1]:
        raise UsageError(f"tasks: found {twice[0]!r} twice; accepted: tasks whose ids differ")
    gate = asyncio.Semaphore(chosen.concurrency)
    records: list[Record] = []
    async with contextlib.AsyncExitStack() as stack:
        store = SqliteStore(chosen.store, run=uuid.uuid4().hex)
        stack.callback(store.close)
        sandbox = await stack.enter_async_context(opened_judge(chosen.judging))
        tools = Equipment(model, plan, feedback, chosen, store=store, sandbox=sandbox)
        stack.push_async_callback(tools.aclose)
        number = store.begin_run()

        async def run(task: Task) -> None:
            async with gate:
                record = await _record(task, tools)
            store.add_record(number, record)
            records.append(record)

        try:
            async with asyncio.TaskGroup() as group:
                for task in coming:
                    group.create_task(run(task))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
    where = Place(path=chosen.store, kind=Kind.STORE, run=str(number))
    ordered = tuple(sorted(records, key=lambda record: record.task_id))
    return RunResult(name=where.name, title=where.title, records=ordered)


async def _record(task: Task, tools: Equipment) -> Record:
    """The record of one task; whatever fails is in it as the reason why it was not scored."""
    began = time.perf_counter()
    if not task.cases:
        return Record(
            task_id=task.id, difficulty=task.difficulty, kind=task.kind, unscored=NO_CASES
        )
    if tools.plan.feedback_cases is FeedbackCases.PUBLIC and task.public_cases is None:
        task = replace(task, public_cases=examples(task))
    spending = Spending()
    grown: Grown | None = None
    unscored: str | None = None
    try:
        grown = await grow(
            task,
            tools.plan,
            model=tools.model,
            judge=tools.judge,
            sources=tools.sources,
            prompts=tools.prompts,
            spending=spending,
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
        setup=tools.setup,
        grown=grown,
        unscored=unscored,
        cost=spending.cost,
        seconds=time.perf_counter() - began,
        digest=task_digest(task),
        time_limit=tools.sandbox.limits_of(task).cpu_seconds,
        packages=tools.sandbox.packages_of(task).versions,
        origins=tuple(sorted(set().union(*(m.take_origins(task.id) for m in tools.members)))),
    )

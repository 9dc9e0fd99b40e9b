"""Run without pytest: grow the repair trees of tasks, and store their records."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pytest_selfrepair.api.equipment import Equipment, RunSettings, Source
from pytest_selfrepair.api.judge_programs import opened_judge
from pytest_selfrepair.api.results import RunResult
from pytest_selfrepair.api.task_record import task_record
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store.run_names import Kind, RunPlace
from pytest_selfrepair.store.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from pytest_selfrepair.core.record import Record


async def run_tasks(
    tasks: Iterable[Task],
    model: Model,
    plan: Plan,
    *,
    feedback: Sequence[Source] = ("self",),
    settings: RunSettings | None = None,
) -> RunResult:
    """Grow the repair trees of tasks, as the plugin does, and store their records as a run.

    A failure affects its task alone: the record says why it was not scored.

    Args:
        tasks: The tasks, with distinct ids.
        model: Writes and repairs programs. It is closed when the run ends, like every model.
        plan: The plan of the trees, with the sampling parameters.
        feedback: The feedback sources: names of built-in ones, models that explain, or your own.
        settings: Further settings; None: `RunSettings()`.

    Returns:
        The run, as returned by `load_run`.

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
        equipment = Equipment(model, plan, feedback, chosen, store=store, sandbox=sandbox)
        stack.push_async_callback(equipment.aclose)
        tools = equipment.tools
        number = store.begin_run()

        async def run(task: Task) -> None:
            async with gate:
                record = await task_record(
                    task, tools, plan=plan, sandbox=sandbox, began=time.perf_counter()
                )
            store.add_record(number, record)
            records.append(record)

        try:
            async with asyncio.TaskGroup() as group:
                for task in coming:
                    group.create_task(run(task))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
    where = RunPlace(path=chosen.store, kind=Kind.STORE, run=str(number))
    ordered = tuple(sorted(records, key=lambda record: record.task_id))
    return RunResult(name=where.name, title=where.title, records=ordered)

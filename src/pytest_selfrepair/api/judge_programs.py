"""Programs that were sampled elsewhere, judged in the sandbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict
from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.opened_pool import make_pool


@contextlib.asynccontextmanager
async def opened_judge(
    settings: JudgeSettings, *, option: Callable[[str], str] = str
) -> AsyncIterator[JudgePool]:
    """The judge pool that settings ask for, closed at the end.

    Args:
        settings: How it judges.
        option: What errors call the option of a setting, by the setting's name.

    Raises:
        UsageError: A setting is not accepted, or the machine has not what it asks for.
        SandboxError: This machine has no isolation at all.
    """
    pool = await asyncio.to_thread(make_pool, settings, option=option)
    try:
        await asyncio.to_thread(pool.open)
        yield pool
    finally:
        await pool.aclose()


async def judge_programs(
    programs: Iterable[tuple[Task, str]], settings: JudgeSettings | None = None
) -> list[Verdict]:
    """Judge programs on the cases of their tasks, in the sandbox, several at a time.

    Args:
        programs: Each with its task.
        settings: How they are judged; None: `JudgeSettings()`.

    Returns:
        A verdict for each program, in order. Where the sandbox failed, its outcome is
        `Outcome.SANDBOX_ERROR` and nothing is known about the program.

    Raises:
        UsageError: A setting is not accepted, or the machine has not what it asks for.
        SandboxError: This machine has no isolation at all.
    """
    async with opened_judge(settings or JudgeSettings()) as judge, asyncio.TaskGroup() as group:
        verdicts = [
            group.create_task(verdict_or_trouble(judge, task, program))
            for task, program in programs
        ]
    return [each.result() for each in verdicts]


async def verdict_or_trouble(judge: Judge, task: Task, program: str) -> Verdict:
    """The verdict of a program, or in its place what went wrong with the sandbox or the checker."""
    try:
        return await judge.judge(task, program)
    except InfrastructureError as error:
        failure = CaseFailure(error=str(error))
        return Verdict(outcome=Outcome.SANDBOX_ERROR, cases_run=0, cases_passed=0, failure=failure)

"""Judge programs from elsewhere in the sandbox."""

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
    """Open the judge pool of some settings, and close it at the end.

    Args:
        settings: The judge's settings.
        option: Maps a setting's name to its name in errors.

    Raises:
        UsageError: A setting is not accepted, or not available on this machine.
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
        settings: The judge's settings; None: `JudgeSettings()`.

    Returns:
        A verdict for each program, in order. Where the sandbox failed, its outcome is
        `Outcome.SANDBOX_ERROR` and nothing is known about the program.

    Raises:
        UsageError: A setting is not accepted, or not available on this machine.
        SandboxError: This machine has no isolation at all.
    """
    async with opened_judge(settings or JudgeSettings()) as judge, asyncio.TaskGroup() as group:
        verdicts = [
            group.create_task(verdict_or_trouble(judge, task, program))
            for task, program in programs
        ]
    return [each.result() for each in verdicts]


async def verdict_or_trouble(judge: Judge, task: Task, program: str) -> Verdict:
    """The verdict of a program; a failure of the sandbox or checker becomes a sandbox error."""
    try:
        return await judge.judge(task, program)
    except InfrastructureError as error:
        failure = CaseFailure(error=str(error))
        return Verdict(outcome=Outcome.SANDBOX_ERROR, cases_run=0, cases_passed=0, failure=failure)

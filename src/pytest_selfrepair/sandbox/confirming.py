"""Confirm time limits: rerun a program alone if the machine has slowed down."""

import asyncio
from dataclasses import replace

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.calibration import measured
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

SLOWED = 1.3
"""The factor of slowdown at which time limits are doubted."""


async def confirmed(judge: SandboxJudge, task: Task, program: str, usual: float) -> Verdict:
    """Judge a program, confirming a time limit.

    A program has a processor for itself, and its limit in CPU seconds is scaled to the machine's
    speed measured just before. The machine may have become slower since, by other work or by
    throttling. After a time limit its speed is therefore measured again, and if it is lower, the
    program is run once more while no other program is judged on the machine. That second verdict
    counts; if the two outcomes differ, it is flagged `unstable`.

    Args:
        judge: Judges it.
        task: Its task.
        program: The program.
        usual: The machine's calibration just before, in seconds.

    Raises:
        SandboxError: The sandbox failed again and again; nothing is known about the program.
        CheckerError: The task's own checker is broken.
    """
    verdict = await judge.judge(task, program)
    if verdict.outcome is not Outcome.TIME_LIMIT:
        return verdict
    if await asyncio.to_thread(measured) <= SLOWED * usual:
        return verdict
    async with judge.alone():
        again = await judge.judge(task, program)
    return again if again.outcome is verdict.outcome else replace(again, unstable=True)

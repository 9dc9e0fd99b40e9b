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

    A limit is one of CPU seconds of a processor that the program has for itself, scaled to the
    machine's speed just before. What is left is a machine that has become slower since: others
    compute beside it, or it is throttled. So its speed is measured again, and where it is lower
    the program is run once more, with no other that is judged on the machine. That verdict counts;
    where it is another one, it is flagged `unstable`.

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

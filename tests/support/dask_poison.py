"""Loaded into a Dask worker before it starts, perhaps twice: a judge that some programs kill."""

import functools
import os
import signal

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

_judge = getattr(SandboxJudge.judge, "__wrapped__", SandboxJudge.judge)


@functools.wraps(_judge)
async def _poisoned(self: SandboxJudge, task: Task, program: str) -> Verdict:
    if "# kills" in program:
        os.kill(os.getpid(), signal.SIGKILL)
    found: Verdict = await _judge(self, task, program)
    return found


SandboxJudge.judge = _poisoned  # type: ignore[method-assign]  # what the worker is to meet

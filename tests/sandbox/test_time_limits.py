"""Time limits on machines of different speed: scaled, and believed where they are confirmed."""

import asyncio
from dataclasses import replace

import pytest

from builders import task
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.calibration import scale_to
from pytest_selfrepair.sandbox.confirming import confirmed
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

LIMIT = 0.3
ECHO = task(("1\n", "1\n"))
BUSY = "import time\nwhile time.process_time() < %s:\n    pass\nprint(input())"
NEVER, EVER = 1e9, 0.0


class Throttled(SandboxJudge):
    """A judge on a machine that is slow at first."""

    throttled = True

    async def judge(self, task: Task, program: str) -> Verdict:
        self.scale = 0.2 if self.throttled else 1.0
        self.throttled = False
        return await super().judge(task, program)


async def judged(judge: SandboxJudge, program: str, usual: float) -> Verdict:
    try:
        return await confirmed(judge, ECHO, program, usual)
    finally:
        await judge.aclose()


def test_a_program_has_the_time_that_it_would_need_on_the_reference_machine() -> None:
    program = BUSY % (1.5 * LIMIT)
    limits = Limits(cpu_seconds=LIMIT)
    isolation = find_isolation("auto")
    here = asyncio.run(judged(SandboxJudge(isolation, limits), program, NEVER))
    half_as_fast = SandboxJudge(isolation, replace(limits, scale=3.0))
    scaled = asyncio.run(judged(half_as_fast, program, NEVER))
    assert here.outcome is Outcome.TIME_LIMIT
    assert here.failure is not None
    assert here.failure.error == "it took more than 0.3 seconds of CPU time"
    assert scaled.passed
    assert 0 < scaled.slowest < LIMIT
    assert replace(limits, scale=3.0).as_terms() == limits.as_terms()


def test_a_time_limit_met_while_the_machine_was_slow_is_tried_again_and_flagged() -> None:
    throttled = Throttled(find_isolation("auto"), Limits(cpu_seconds=LIMIT))
    verdict = asyncio.run(judged(throttled, BUSY % (0.5 * LIMIT), EVER))
    assert verdict.passed
    assert verdict.unstable


@pytest.mark.parametrize("usual", [NEVER, EVER])
def test_a_time_limit_that_is_met_again_is_believed(usual: float) -> None:
    judge = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=LIMIT))
    verdict = asyncio.run(judged(judge, "while True: pass", usual))
    assert verdict.outcome is Outcome.TIME_LIMIT
    assert not verdict.unstable


@pytest.mark.parametrize(
    ("reference_ms", "here", "scale"),
    [(None, 0.02, 1.0), (10.0, 0.0105, 1.0), (10.0, 0.02, 2.0), (10.0, 0.005, 0.5), (1, 1.0, 8.0)],
)
def test_machines_that_are_alike_but_for_noise_have_the_same_limits(
    reference_ms: float | None, here: float, scale: float
) -> None:
    assert scale_to(reference_ms, here) == pytest.approx(scale)

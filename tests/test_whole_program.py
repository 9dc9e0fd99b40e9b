"""Memory and time are bounded for a program as a whole: for it and all that it starts."""

import asyncio
from collections.abc import Iterator

import pytest

from builders import task
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import Limits

LIMITS = Limits(cpu_seconds=1.5, memory_bytes=256 << 20, stack_bytes=0)


@pytest.fixture(scope="module", params=["auto", "limits"])
def judge(request: pytest.FixtureRequest) -> Iterator[SandboxJudge]:
    isolation = find_isolation(request.param)
    if "no scratch files" in isolation.description:
        pytest.skip("here programs start no processes")
    judge = SandboxJudge(isolation, LIMITS, concurrency=1)
    judge._processors.numbers = ()  # noqa: SLF001 - one zygote, whatever else runs here
    yield judge
    asyncio.run(judge.aclose())


MANY = """\
import os, time
for _ in range(6):
    if not os.fork():
        {apart}
        x = bytearray(100 << 20)
        for i in range(0, len(x), 4096):
            x[i] = 1
        time.sleep(30)
        os._exit(0)
time.sleep(30)
print(3)
"""


@pytest.mark.parametrize("apart", ["pass", "os.setsid()", "if os.fork(): os._exit(0)"])
def test_the_memory_of_all_processes_of_a_program_is_bounded(
    judge: SandboxJudge, apart: str
) -> None:
    verdict = asyncio.run(judge.judge(task(("", "3")), MANY.format(apart=apart)))
    assert verdict.outcome is Outcome.MEMORY_LIMIT, verdict
    assert verdict.failure is not None
    assert "its processes" in (verdict.failure.error or "")


def test_the_processes_of_a_thread_count_as_well(judge: SandboxJudge) -> None:
    lines = MANY.format(apart="pass").splitlines()
    body = "\n    ".join(lines[1:])
    program = (
        f"import os, time, threading\ndef go():\n    {body}\n"
        "t = threading.Thread(target=go)\nt.start()\nt.join()"
    )
    verdict = asyncio.run(judge.judge(task(("", "3")), program))
    assert verdict.outcome is Outcome.MEMORY_LIMIT, verdict


def test_the_time_of_processes_that_still_run_counts(judge: SandboxJudge) -> None:
    program = (
        "import os, time\nfor _ in range(3):\n    if not os.fork():\n"
        "        os.setsid()\n        while True: pass\ntime.sleep(30)\nprint(3)"
    )
    verdict = asyncio.run(judge.judge(task(("", "3")), program))
    assert verdict.outcome is Outcome.TIME_LIMIT
    assert verdict.cpu_seconds >= LIMITS.cpu_seconds


def test_what_other_programs_used_counts_for_none(judge: SandboxJudge) -> None:
    spends = "a = 0\nfor i in range(2 * 10**6):\n    a += i\nprint(3)"
    for _ in range(5):  # these share a process, which goes on
        assert asyncio.run(judge.judge(task(("", "3")), spends)).passed
    program = (
        "import os, time\nend = time.process_time() + 0.5\n"
        "while time.process_time() < end:\n    pass\nprint(3)"
    )
    verdict = asyncio.run(judge.judge(task(("", "3")), program))
    assert verdict.passed, verdict
    assert verdict.cpu_seconds < 1.0


def test_four_processes_within_the_bound_are_no_trouble(judge: SandboxJudge) -> None:
    program = (
        "import os\nfor _ in range(4):\n    if not os.fork():\n"
        "        x = bytearray(20 << 20)\n        os._exit(0)\n    os.wait()\nprint(3)"
    )
    assert asyncio.run(judge.judge(task(("", "3"), ("", "3")), program)).passed

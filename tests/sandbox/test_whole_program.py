"""Memory and time are bounded for a program as a whole: for it and all that it starts."""

import asyncio
from collections.abc import Iterator

import pytest

from builders import task
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox import compiling, looks, session, watch, zygote_client, zygote_socket
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

LIMITS = Limits(cpu_seconds=0.8, memory_bytes=256 << 20, stack_bytes=0)


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
import mmap, os, time
for _ in range(6):
    if not os.fork():
        {apart}
        x = {memory}
        for i in range(0, len(x), 4096):
            x[i] = 1
        time.sleep(30)
        os._exit(0)
time.sleep(30)
print(3)
"""


OWN, SHARED = "bytearray(100 << 20)", "mmap.mmap(-1, 100 << 20)"


@pytest.mark.parametrize(
    ("apart", "memory"),
    [
        ("pass", OWN),
        ("os.setsid()", OWN),
        ("if os.fork(): os._exit(0)", OWN),
        ("pass", SHARED),
    ],
)
def test_the_memory_of_all_processes_of_a_program_is_bounded(
    judge: SandboxJudge, apart: str, memory: str
) -> None:
    program = MANY.format(apart=apart, memory=memory)
    verdict = asyncio.run(judge.judge(task(("", "3")), program))
    assert verdict.outcome is Outcome.MEMORY_LIMIT, verdict
    assert verdict.failure is not None
    assert "its processes" in (verdict.failure.error or "")


def test_the_processes_of_a_thread_count_as_well(judge: SandboxJudge) -> None:
    lines = MANY.format(apart="pass", memory=OWN).splitlines()
    body = "\n    ".join(lines[1:])
    program = (
        f"import mmap, os, time, threading\ndef go():\n    {body}\n"
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
    spends = "a = 0\nfor i in range(8 * 10**5):\n    a += i\nprint(3)"
    for _ in range(5):  # these share a process, which goes on
        assert asyncio.run(judge.judge(task(("", "3")), spends)).passed
    program = (
        "import os, time\nend = time.process_time() + 0.3\n"
        "while time.process_time() < end:\n    pass\nprint(3)"
    )
    verdict = asyncio.run(judge.judge(task(("", "3")), program))
    assert verdict.passed, verdict
    assert verdict.cpu_seconds < 0.6


def test_four_processes_within_the_bound_are_no_trouble(judge: SandboxJudge) -> None:
    program = (
        "import os\nfor _ in range(4):\n    if not os.fork():\n"
        "        x = bytearray(20 << 20)\n        os._exit(0)\n    os.wait()\nprint(3)"
    )
    assert asyncio.run(judge.judge(task(("", "3"), ("", "3")), program)).passed


def test_the_end_of_the_shared_process_is_no_time_of_a_slow_program(judge: SandboxJudge) -> None:
    spends = "a = 0\nfor i in range(8 * 10**5):\n    a += i\nprint(3)"
    for _ in range(7):  # far more than the limit of one, in all
        assert asyncio.run(judge.judge(task(("", "3")), spends)).passed
    slow = "a = 0\nfor i in range(2 * 10**6):\n    a += i\nprint(3)"  # so it is moved
    verdict = asyncio.run(judge.judge(task(("", "3"), ("", "3")), slow))
    assert verdict.passed, verdict
    assert verdict.slowest < LIMITS.cpu_seconds


@pytest.mark.parametrize("mode", ["auto", "limits"])
def test_looks_that_cross_with_other_words_break_nothing(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_TICK", 0.0)  # as on a machine where all takes its time
    monkeypatch.setattr(watch, "_SHORTEST_TICK", 0.0)
    broken: list[str] = []

    class Noted(zygote_socket.BrokenZygoteError):
        def __init__(self, said: str) -> None:
            super().__init__(said)
            broken.append(said)

    for module in (zygote_socket, zygote_client, looks, compiling, session):
        monkeypatch.setattr(module, "BrokenZygoteError", Noted)
    judge = SandboxJudge(find_isolation(mode), LIMITS, concurrency=1)
    cases = task(("1\n", "2"), ("2\n", "3"), ("3\n", "4"))
    outcomes = {
        "import os\nprint(int(input()) + 1)": Outcome.PASSED,
        "import os\n(": Outcome.SYNTAX_ERROR,
        "import os\nprint(2)": Outcome.WRONG_ANSWER,
        "import os\n[][1]": Outcome.RUNTIME_ERROR,
        "import os\nx = [" + "0, " * 30_000 + "]\nprint(int(input()) + 1)": Outcome.PASSED,
    }
    for program, outcome in outcomes.items():
        for _ in range(3):
            assert asyncio.run(judge.judge(cases, program)).outcome is outcome
    asyncio.run(judge.aclose())
    assert broken == []

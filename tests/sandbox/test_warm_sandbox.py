"""A zygote serves many programs and cases: what one leaves behind reaches no other's verdict."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from builders import task
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox import process
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

SHORT = Limits(cpu_seconds=1.0, wall_factor=0.5)


@pytest.fixture(scope="module")
def isolation() -> Isolation:
    return find_isolation("auto")


def judge_all(isolation: Isolation, work: Sequence[tuple[Task, str]]) -> list[Verdict]:
    """The verdicts of one judge with one zygote, one program after the other."""

    async def run() -> list[Verdict]:
        judge = SandboxJudge(isolation, SHORT, concurrency=1)
        try:
            return [await judge.judge(task, program) for task, program in work]
        finally:
            await judge.aclose()

    return asyncio.run(run())


LEAVING: dict[str, str] = {
    "patched builtins": "import builtins\nbuiltins.print, p = None, print\np(3)",
    "a replaced len": "print(3)\nimport builtins\nbuiltins.len = lambda x: 0",
    "a module": "import sys\nprint(3 if 'x' not in sys.modules else 4)\nsys.modules['x'] = sys",
    "a file": "import os\nprint(3 if not os.listdir() else 4)\nopen('x', 'w').close()",
    "a folder that is closed": "import os\nprint(3 + len(os.listdir()))\nos.mkdir('x', 0)",
    "another folder": "import os\nprint(3 if os.getcwd() != '/' else 4)\nos.chdir('/')",
    "an environment": "import os\nprint(3 if 'X' not in os.environ else 4)\nos.environ['X'] = ''",
    "a global": "print(3 if 'x' not in globals() else 4)\nx = 1",
    "a path": "import sys\nprint(3 if '/x' not in sys.path else 4)\nsys.path.append('/x')",
    "closed streams": "import sys\nprint(3)\nsys.stdout.close()\nsys.stdin.close()",
    "closed descriptors": "import os\nprint(3, flush=True)\nos.close(0); os.close(1); os.close(2)",
    "a raised recursion limit": (
        "import sys\nprint(3 if sys.getrecursionlimit() < 9999 else 4)\n"
        "getattr(sys, 'setrecursion' + 'limit')(9999)"
    ),
    "random numbers": (
        "import random\nx = random.random()\nprint(3 if abs(x - 0.8444218515250481) < 1e-9 else x)"
    ),
    "a precision": (
        "import decimal\nprint(3 if decimal.getcontext().prec == 28 else 4)\n"
        "decimal.getcontext().prec = 5"
    ),
    "a thread that goes on": (
        "import threading, time\nprint(3 if threading.active_count() == 1 else 4)\n"
        "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    ),
    "a process that goes on": "import os, time\nprint(3) if os.fork() else time.sleep(9)",
    "an end by os._exit": "import os\nprint(3, flush=True)\nos._exit(0)",
    "a timer": "import signal\nprint(3)\nsignal.setitimer(signal.ITIMER_REAL, 0.001)",
    "tracing": "import sys\nprint(3)\nsys.settrace(lambda *_: None)",
    "a reading of all input": "import sys\nprint(len(sys.stdin.read()) and 3)",
}


@pytest.mark.parametrize("program", LEAVING.values(), ids=LEAVING.keys())
def test_what_a_case_leaves_does_not_reach_the_next(isolation: Isolation, program: str) -> None:
    same, honest = task(*[("1\n", "3")] * 4), task(("", "7"))
    first, second = judge_all(isolation, [(same, program), (honest, "print(len([0] * 7))")])
    assert first.passed, first
    assert first.cases_passed == 4
    assert second.passed, second


def test_a_failure_that_an_earlier_case_causes_is_not_reported(isolation: Isolation) -> None:
    program = (
        "import math\nseen = math.__dict__.setdefault('seen', [])\nseen.append(1)\n"
        "print(3 if len(seen) < 3 else 4)"
    )
    (verdict,) = judge_all(isolation, [(task(*[("", "3")] * 7), program)])
    assert verdict.passed


def test_a_failing_case_in_the_middle_is_found(isolation: Isolation) -> None:
    cases = task(*[(f"{i}\n", f"{i}") for i in range(9)])
    program = "x = int(input())\nassert x != 5, 'five'\nprint(x)"
    (verdict,) = judge_all(isolation, [(cases, program)])
    assert verdict.outcome is Outcome.RUNTIME_ERROR
    assert (verdict.cases_run, verdict.cases_passed) == (6, 5)
    assert verdict.failure is not None
    assert verdict.failure.error == "AssertionError: five"


def test_each_case_has_time_of_its_own(isolation: Isolation) -> None:
    program = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    (verdict,) = judge_all(isolation, [(task(*[("", "")] * 5), program)])
    assert verdict.passed, verdict


def test_a_case_that_never_ends_in_the_middle_is_a_time_limit(isolation: Isolation) -> None:
    program = "x = int(input())\nwhile x == 2:\n    pass\nprint(x)"
    (verdict,) = judge_all(isolation, [(task(*[(f"{i}", f"{i}") for i in range(4)]), program)])
    assert verdict.outcome is Outcome.TIME_LIMIT
    assert verdict.cases_passed == 2
    assert verdict.failure is not None
    assert verdict.failure.line_number is None  # where it was is a matter of the machine


def test_an_input_larger_than_the_limit_of_output_is_read(isolation: Isolation) -> None:
    large = "x" * (SHORT.output_bytes + 10)
    cases = task(("x", "1"), (large, str(len(large))), ("xx", "2"))
    (verdict,) = judge_all(isolation, [(cases, "print(len(input()))")])
    assert verdict.passed, verdict


def test_words_in_the_name_of_the_zygote_prove_nothing(isolation: Isolation) -> None:
    program = (
        "import os\nfor word in (b'r' + bytes(17) + b'{}', b'e', b'c', b'l'):\n"
        "    os.write(3, len(word).to_bytes(4, 'big') + word)\nos._exit(0)"
    )
    for fn_name in (None, "f"):
        (verdict,) = judge_all(isolation, [(task(([], 3), ([], 3), fn_name=fn_name), program)])
        assert verdict.outcome in {Outcome.TAMPERED, Outcome.WRONG_ANSWER}, verdict


def test_a_closed_judge_leaves_nothing_running(isolation: Isolation) -> None:
    before = family()
    assert judge_all(isolation, [(task(("", "3")), "print(3)")])[0].passed
    assert family() == before


@pytest.mark.parametrize("seconds", [0, 0.005, 0.02])
def test_a_zygote_that_has_hardly_begun_ends_when_it_is_closed(
    isolation: Isolation, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_END_SECONDS", 1e6)  # waiting for it in vain would never end
    before = family()
    zygote = ZygoteProcess(isolation.command, isolation.environment)
    time.sleep(seconds)
    zygote.close()
    assert family() == before


def test_zygotes_end_with_their_parent(isolation: Isolation) -> None:
    del isolation
    program = (
        "import asyncio, os, sys; sys.path[:0] = sys.argv[1:]\n"
        "from test_warm_sandbox import *\n"
        "judge = SandboxJudge(find_isolation(), SHORT)\n"
        "asyncio.run(judge.judge(task(('', '3')), 'print(3)'))\n"
        "print(sorted(family() - {os.getpid()}), flush=True)\nos.kill(os.getpid(), 9)"
    )
    done = _python(program)
    pids = [int(pid) for pid in done.strip("[]\n").split(",")]
    assert pids
    for _ in range(100):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return
        asyncio.run(asyncio.sleep(0.05))
    pytest.fail(f"still there: {pids}")


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_two_hundred_programs_leave_no_trace(isolation: Isolation) -> None:
    """Programs that pass, fail, crash and leave things behind, in turn."""
    programs = [
        "print(3)",
        "print(4)",
        "x = [0] * 10**6\nprint(3)",
        "1 / 0",
        "import os\nos.abort()",
    ]
    programs += [f"open('{'x' * 9}', 'w').write('y' * 9999)\nprint(3)", "print('z' * 99999)", "("]
    wanted = task(("", "3"), ("", "3"))

    async def run() -> list[tuple[int, int, int]]:
        judge = SandboxJudge(isolation, SHORT, concurrency=2)
        found = []
        for _ in range(4):
            jobs = (judge.judge(wanted, programs[i % len(programs)]) for i in range(50))
            verdicts = await asyncio.gather(*jobs)
            assert [verdict.passed for verdict in verdicts[:8]] == [1, 0, 1, 0, 0, 1, 0, 0]
            await asyncio.sleep(0.5)  # until the zygotes have forked ahead
            found.append(_held())
        await judge.aclose()
        return found

    _, early, _, late = asyncio.run(run())
    # Each of two zygotes may have one process more: that which some programs share, others end.
    assert late[0] <= early[0] + 2
    assert late[1] <= early[1] + 2
    more = max(0, late[0] - early[0])  # with memory of their own
    assert late[2] < early[2] + 8_000 * (3 + more)  # a list of some program may be there still


def _python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout or done.stderr


def family(root: int | None = None) -> set[int]:
    """A process, or else this one, and its living descendants."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(folder.name)] = int(parent)
    found = {root or os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _held() -> tuple[int, int, int]:
    """Processes, descriptors of this one, and kilobytes of all."""
    memory = sum(map(_kilobytes, family()))
    return len(family()), len(list(Path("/proc/self/fd").iterdir())), memory


def _kilobytes(pid: int) -> int:
    """The memory that a process has for itself."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_"))

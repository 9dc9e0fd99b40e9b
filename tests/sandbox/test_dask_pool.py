"""The judge pool of Dask, with real clusters: no verdict is lost and none is doubled."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import dask_slowed
from builders import task
from dask_processes import DaskProcesses
from places import SUPPORT
from pytest_selfrepair.core.pool_name import pool_named
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.opened_pool import make_pool

pytest.importorskip("distributed")

import psutil

from pytest_selfrepair.sandbox.dask_pool import DaskPool

SUM = task(("1 2\n", "3\n"), ("4 5\n", "9\n"))
RIGHT, WRONG = "print(sum(map(int, input().split())))", "print(3)"
SLOW = "import time\ntime.sleep(0.1)\n" + RIGHT
KILLS = "# kills its worker"
WORK = """
total, seen = 0, {}
for turn in range(400_000):
    total = (total * 31 + turn) % 1_000_003
    seen[total % 977] = seen.get(total % 977, 0) + len(str(total))
print(sum(map(int, input().split())))
"""


@contextmanager
def opened(
    pool: str,
    *,
    workers: int = 1,
    patience: float = 60.0,
    hangs_after: float = 60.0,
    sandbox: str = "auto",
) -> Iterator[DaskPool]:
    found = DaskPool(
        pool_named(pool),
        JudgeSettings(pool=pool, sandbox=sandbox),
        None,
        concurrency=workers,
        option="--pool",
        patience=patience,
        hangs_after=hangs_after,
    )
    try:
        found.open()
        yield found
    finally:
        asyncio.run(found.aclose())


async def verdicts(pool: JudgePool, programs: Sequence[str], of: Task = SUM) -> list[object]:
    return await asyncio.gather(
        *(pool.judge(of, program) for program in programs), return_exceptions=True
    )


def outcomes(found: Sequence[object]) -> Counter[str]:
    return Counter(
        str(each.outcome) if isinstance(each, Verdict) else type(each).__name__ for each in found
    )


def until(happened: Callable[[], bool]) -> None:
    while not happened():
        time.sleep(0.05)


def started_workers() -> list[psutil.Process]:
    """The processes of the workers that this one has started."""
    children = psutil.Process().children()
    return [each for each in children if "spawn_main" in " ".join(each.cmdline())]


def test_a_cluster_here_judges_as_this_process_does_and_a_killed_worker_loses_nothing() -> None:
    programs = [RIGHT, WRONG, "1 +", "", "import nothing"] * 4 + [SLOW] * 20
    with opened("dask", workers=2) as pool:
        assert pool.at_once == 128

        async def run() -> list[object]:
            judged = asyncio.create_task(verdicts(pool, programs))
            await asyncio.sleep(0.7)
            started_workers()[0].kill()
            ran = await pool.run_once(SUM, RIGHT, "20 22\n")
            return [ran.output, *await judged]

        ran, *found = asyncio.run(run())
        assert pool.isolation.startswith("level ")
    assert str(ran).strip() == "42"
    local = make_pool(JudgeSettings())
    expected = asyncio.run(verdicts(local, programs[:5]))
    asyncio.run(local.aclose())
    assert all(isinstance(each, Verdict) for each in found)
    assert [facts(each) for each in found[:5]] == [facts(each) for each in expected]
    assert outcomes(found)["passed"] == 24
    assert sum(outcomes(found).values()) == len(programs)


def facts(found: object) -> object:
    """A verdict without what differs from one execution to another."""
    assert isinstance(found, Verdict)
    return found.outcome, found.cases_run, found.cases_passed, found.rule, found.failure


ONCE_RIGHT = """
import pathlib, time
time.sleep(0.1)
seen = pathlib.Path({path!r})
right = not seen.exists()
if right:
    seen.touch()
print(input() if right else "no")
"""
"""A program that answers rightly when it is executed for the first time, and never again."""


@pytest.mark.slow
def test_contradictory_executions_are_judged_again_alone_and_flagged(tmp_path: Path) -> None:
    folder = tmp_path / "seen"
    folder.mkdir()
    for each in (folder, *list(tmp_path.parents)[:-2]):
        each.chmod(0o777)  # programs may have a user of their own
    programs = [ONCE_RIGHT.format(path=str(folder / str(number))) for number in range(40)]
    with opened("dask", workers=2, hangs_after=3, sandbox="limits") as pool:

        async def run() -> list[object]:
            judged = asyncio.create_task(verdicts(pool, programs, quick(task(("7\n", "7\n")))))
            await asyncio.sleep(1)
            assert not judged.done()
            hung = started_workers()[0]
            hung.suspend()
            await asyncio.to_thread(until, lambda: bool(pool.notices))
            hung.resume()
            return await judged

        found = asyncio.run(run())
        notices = pool.notices
    assert all(isinstance(each, Verdict) for each in found)
    flagged = Counter((str(each.outcome), each.unstable) for each in found)  # type: ignore[attr-defined]
    assert set(flagged) == {("passed", False), ("wrong_answer", True)}
    again = [each for each in notices if each.endswith("it is judged again, alone")]
    assert len(again) == flagged["wrong_answer", True]


@pytest.fixture
def processes() -> Iterator[DaskProcesses]:
    with DaskProcesses() as started:
        yield started


@pytest.mark.slow
def test_a_scheduler_that_is_started_again_loses_no_verdict(processes: DaskProcesses) -> None:
    first = processes.scheduler()
    processes.worker()
    with opened(processes.pool) as pool:

        async def run() -> list[object]:
            judged = asyncio.create_task(verdicts(pool, [SLOW] * 40))
            await asyncio.sleep(1)
            assert not judged.done()
            first.kill()
            first.wait()
            await asyncio.to_thread(processes.scheduler)
            processes.worker()
            return await judged

        assert outcomes(asyncio.run(run())) == {"passed": 40}


@pytest.mark.slow
def test_what_a_hanging_worker_had_is_given_to_another(processes: DaskProcesses) -> None:
    processes.scheduler()
    first = processes.worker()
    with opened(processes.pool, hangs_after=1) as pool:

        async def run() -> list[object]:
            judged = asyncio.create_task(verdicts(pool, [SLOW] * 40, quick(SUM)))
            await asyncio.sleep(1)
            assert not judged.done()
            first.send_signal(signal.SIGSTOP)
            processes.worker()
            return await judged

        assert outcomes(asyncio.run(run())) == {"passed": 40}
        assert "did not answer within" in pool.notices[0]


def quick(of: Task) -> Task:
    """A task whose time limit is so short that a worker is soon found to hang."""
    return replace(of, seconds=1.0)


@pytest.mark.slow
def test_a_program_that_kills_its_worker_is_found_and_is_no_wrong_program(
    processes: DaskProcesses,
) -> None:
    processes.scheduler()
    processes.worker("--preload", str(SUPPORT / "dask_poison.py"), nanny=True)
    programs = [RIGHT] * 5 + [KILLS] + [WRONG] * 6
    with opened(processes.pool) as pool:
        found = asyncio.run(verdicts(pool, programs))
    assert outcomes(found) == {"passed": 5, "wrong_answer": 6, "SandboxError": 1}
    assert "a program could not be judged: the worker that judged it died" in str(found[5])


@pytest.mark.slow
def test_a_fast_and_a_slow_machine_agree(processes: DaskProcesses) -> None:
    processes.scheduler()
    fast = [processes.worker()]
    with opened(processes.pool) as pool:
        slow = dask_slowed.__file__
        fast.append(processes.worker("--preload", slow, environment=dask_slowed.SLOWED))
        (alone,) = asyncio.run(verdicts(pool, [WORK], SUM))
        assert isinstance(alone, Verdict)
        limited = replace(SUM, seconds=round(1.4 * alone.slowest, 3))
        until(lambda: len(pool.workers) == 2)
        found = asyncio.run(verdicts(pool, [f"{WORK}# {n}" for n in range(12)], limited))
    assert outcomes(found) == {"passed": 12}


def test_where_there_is_no_scheduler_or_no_worker_that_is_said(processes: DaskProcesses) -> None:
    with (
        pytest.raises(UsageError, match=r"--pool dask://127.*: found no scheduler at tcp://127"),
        opened(processes.pool, patience=1),
    ):
        pass
    processes.scheduler()
    with (
        pytest.raises(UsageError, match=r"found no worker that may judge: none is there"),
        opened(processes.pool, patience=1),
    ):
        pass

"""Measure what judging costs in pools, and beyond how many processors a pool stops getting faster.

    python benchmarks/scale.py TASKS SAMPLES [--count N] [--rounds N] [--workers N ...]

Real programs that do not run into a time limit are judged in interleaved rounds by the pool
`local`, by shards (one process of `selfrepair judge --shard` each) and by the pool `dask`, with
the same number of processors. Ratios compare the times of one round, by wall clock and by the CPU
seconds of all processes involved. The output shows the median over the rounds and the machine's
load. Start-up is shown separately, since it is paid once.

Then a worker is killed while the pool judges. Finally, both ways are simulated with up to 1,000
processors from the measured costs, using the code that assigns programs in real runs.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import psutil
from tabulate import tabulate

from busy import programs_of
from pytest_selfrepair.api.judge_programs import opened_judge
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.dask_cluster import DaskCluster
from pytest_selfrepair.sandbox.dask_worker import JudgedBatch
from pytest_selfrepair.sandbox.judge_pool import JudgePool
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from scale_simulation import Costs, simulate

ALONE = 40
"""Programs that are handed in one by one."""

Work = Sequence[tuple[Task, str]]


async def judged(pool: JudgePool, work: Work) -> tuple[float, list[Verdict]]:
    """Judge programs; wall-clock seconds, and the verdicts."""
    began = time.monotonic()
    found = await asyncio.gather(*(pool.judge(task, program) for task, program in work))
    return time.monotonic() - began, found


Measured = Sequence[tuple[int, Sequence[float]]]
"""Of each task how many cases it has, and the seconds of its programs."""


async def without_time_limits(tasks: Path, samples: Path) -> tuple[Work, float, Measured]:
    """The programs of a file that end in time, the share of the others, and what they took."""
    async with opened_judge(JudgeSettings(timeout=1)) as pool:
        work = list(programs_of(tasks, samples))
        _, verdicts = await judged(pool, work)
        kept = [
            each
            for each, verdict in zip(work, verdicts, strict=True)
            if verdict.outcome is not Outcome.TIME_LIMIT
        ]
        _, verdicts = await judged(pool, kept)
    took: dict[str, tuple[int, list[float]]] = {}
    for (task, _), verdict in zip(kept, verdicts, strict=True):
        took.setdefault(task.id, (len(task.cases), []))[1].append(verdict.seconds)
    return kept, 1 - len(kept) / len(work), list(took.values())


def in_shards(tasks: Path, work: Work, count: int, folder: Path) -> float:
    """Judge programs in so many shards at once, of one processor each; wall-clock seconds."""
    programs = folder / "programs.jsonl"
    lines = (json.dumps({"task_id": task.id, "program": program}) for task, program in work)
    programs.write_text("\n".join(lines) + "\n")
    began = time.monotonic()
    processes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest_selfrepair", "judge", str(tasks), str(programs)),
                *("--shard", f"{index}/{count}", "-j", "1"),
                *("-o", str(folder / f"{count}-{index}-{time.monotonic_ns()}.jsonl")),
            ],
            stderr=subprocess.DEVNULL,
        )
        for index in range(count)
    ]
    statuses = [process.wait() for process in processes]
    if any(statuses):
        raise SystemExit("a shard did not judge all of its programs")
    return time.monotonic() - began


def used() -> float:
    """CPU seconds of this process and of all that it has started, as far as they are known."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    total = 0.0
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(each.cpu_times()[:4])  # its own, and that of children that have ended
    return total


async def rounds(tasks: Path, work: Work, workers: int, count: int, folder: Path) -> Costs:
    """Interleaved rounds with so many processors; prints times and ratios."""
    began = time.monotonic()
    async with (
        opened_judge(JudgeSettings(jobs=workers)) as local,
        opened_judge(JudgeSettings(pool="dask", jobs=workers)) as dask,
    ):
        opened = time.monotonic() - began
        await judged(local, work[:20])
        await judged(dask, work[:20])
        times: list[tuple[float, float, float]] = []
        spent: list[tuple[float, float, float]] = []
        own: list[tuple[float, int]] = []
        starts: list[float] = []
        for _ in range(count):
            marks = [used()]
            here, _ = await judged(local, work)
            marks.append(used())
            starts.append(in_shards(tasks, work[:1], workers, folder))
            apart = in_shards(tasks, work, workers, folder) - starts[-1]
            marks.append(used())
            before, earlier = time.process_time(), SENT[0]
            there, _ = await judged(dask, work)
            own.append((time.process_time() - before, SENT[0] - earlier))
            marks.append(used())
            times.append((here, apart, there))
            spent.append((marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]))
        alone = await one_by_one(dask, work[:ALONE])
        idle = await idling()
    rates = [f"{len(work) / statistics.median(each):.0f}" for each in zip(*times, strict=True)]
    start = statistics.median(starts)
    shown = ["", f"{start:.1f}", f"{opened:.1f}"]
    # What ends meanwhile, as shards do, is not known to have used what its programs have.
    cpu = ["1.00", "", _ratio(spent, 2)]
    rows = [
        [name, rates[n], _ratio(times, n), cpu[n], shown[n]]
        for n, name in enumerate(("local", "shards", "dask"))
    ]
    headers = [f"{workers} at once, load {os.getloadavg()[0]:.1f}", "programs/s"]
    print(tabulate(rows, [*headers, "time to local", "CPU to local", "start, s"]), "\n")
    # What is spent for so many batches and programs, and for batches of one program each.
    spent_there = statistics.median(spent for spent, _ in own) - idle * statistics.median(
        row[2] for row in times
    )
    batches = statistics.median(sent for _, sent in own)
    program = max(0.0, (spent_there - batches * alone) / (len(work) - batches))
    return Costs(start=start, program=program, batch=alone - program)


def _ratio(rows: Sequence[Sequence[float]], column: int) -> str:
    """The median of what a pool took to what the pool `local` took."""
    return f"{statistics.median(row[column] / row[0] for row in rows):.2f}"


async def one_by_one(pool: JudgePool, work: Work) -> float:
    """CPU seconds of this process for a program that is a batch of its own."""
    idle = await idling()
    before, began = time.process_time(), time.monotonic()
    for task, program in work:
        await pool.judge(task, program)
    spent = time.process_time() - before - idle * (time.monotonic() - began)
    return max(0.0, spent) / len(work)


async def idling(seconds: float = 3.0) -> float:
    """CPU seconds of this process in a second in which nothing is judged."""
    before = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - before) / seconds


SENT = [0]
"""Batches that were sent to workers."""


async def counted(cluster: DaskCluster, address: str, batch: Batch) -> JudgedBatch:
    """Have a worker judge a batch, and count it."""
    SENT[0] += 1
    return await JUDGE(cluster, address, batch)


JUDGE = DaskCluster.judge


async def killed(work: Work) -> None:
    """Kill one of two workers in the middle; print what that cost, and that nothing was lost."""
    async with opened_judge(JudgeSettings(pool="dask", jobs=2)) as pool:
        await judged(pool, work[:20])
        quiet, expected = await judged(pool, work)
        workers = [
            each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())
        ]
        judging = asyncio.create_task(judged(pool, work))
        await asyncio.sleep(quiet / 3)
        workers[0].kill()
        disturbed, found = await judging
    same = sum(one.outcome is other.outcome for one, other in zip(expected, found, strict=True))
    print(
        f"a worker killed: {disturbed / quiet:.2f} times as long, {len(found):,} verdicts of "
        f"{len(work):,}, {same:,} as before\n"
    )


async def run(options: argparse.Namespace) -> None:
    """Measure and print."""
    work, late, measured = await without_time_limits(options.tasks, options.samples)
    mean = statistics.mean(seconds for _, each in measured for seconds in each)
    print(
        f"{len(work)} programs end in time, {late:.0%} of the file's do not; "
        f"{1000 * mean:.0f} ms each\n"
    )
    many = list(islice(cycle(work), options.count))
    costs = Costs(start=0.0, program=0.0, batch=0.0)
    with tempfile.TemporaryDirectory() as folder:
        for workers in options.workers:
            costs = await rounds(options.tasks, many, workers, options.rounds, Path(folder))
    await killed(many)
    print(
        f"CPU time of client and scheduler: {1000 * costs.program:.2f} ms a program, "
        f"{1000 * costs.batch:.2f} ms a batch beside its programs\n"
    )
    simulate(costs, measured)


def main() -> None:
    """Read the command line."""
    DaskCluster.judge = counted  # type: ignore[assignment, method-assign]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", type=Path, help="tasks in JSON Lines, in the columns of the hub")
    parser.add_argument("samples", type=Path, help="JSON Lines: problem_id, programs")
    parser.add_argument("--count", type=int, default=600, help="programs of a round")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="at once")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()

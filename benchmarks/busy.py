"""Measure whether judging many real programs, time-outs included, keeps every core busy."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.tasks.jsonl import lines


def programs_of(tasks: Path, samples: Path) -> Iterator[tuple[Task, str]]:
    """The programs of a file of samples, in its order, each with its task.

    Args:
        tasks: Tasks in JSON Lines, in the columns of the hub.
        samples: JSON Lines with a `problem_id` and its `programs`.
    """
    known = {line.name(): line for line in lines(tasks)}
    for row in map(json.loads, samples.read_text(encoding="utf-8").splitlines()):
        name = f"{int(row['problem_id']):04d}"
        task = known[name].task(name)
        for program in row["programs"]:
            yield task, program


async def measure(judge: SandboxJudge, tasks: Path, samples: Path, count: int) -> None:
    """Judge so many programs, handed in together; print what became of them and utilisation.

    That is CPU seconds used, of this process and of the programs, by wall-clock seconds and cores.
    What the sandbox uses for itself beside them is not counted, so it is a lower bound.
    """
    work = list(islice(cycle(programs_of(tasks, samples)), count))
    own, began = time.process_time(), time.monotonic()
    verdicts = await asyncio.gather(*(judge.judge(task, program) for task, program in work))
    wall, own = time.monotonic() - began, time.process_time() - own
    print(_said(verdicts, wall, own))


def _said(verdicts: list[Verdict], wall: float, own: float) -> str:
    used = sum(verdict.cpu_seconds or 0.0 for verdict in verdicts)
    cores = usable_processors()
    became = Counter(str(verdict.outcome) for verdict in verdicts)
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in became.most_common())
    return (
        f"{len(verdicts)} programs in {wall:.1f} s: {outcomes}\n"
        f"{used:.1f} CPU s of programs and {own:.1f} of the judge on {cores} cores: "
        f"utilisation {(used + own) / (wall * cores):.0%}"
    )

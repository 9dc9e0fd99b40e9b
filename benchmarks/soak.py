"""Check whether memory, descriptors or processes grow while many programs are judged."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from graders import READS, Work
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

SUM = "def solve(a, b):\n    return a + b\n"
ADDS = Work(program=SUM, stdin=True, cases=3).task
CALLS = Work(program=SUM, stdin=False, cases=3).task
MIX = (
    (ADDS, SUM + READS, Outcome.PASSED),
    (CALLS, SUM, Outcome.PASSED),
    (ADDS, "print(2)", Outcome.WRONG_ANSWER),
    (CALLS, "def solve(a, b):\n    return {a}", Outcome.WRONG_ANSWER),
    (ADDS, "print(1 // 0)", Outcome.RUNTIME_ERROR),
    (CALLS, "def solve(a, b):\n    return a + b + [][a]", Outcome.RUNTIME_ERROR),
    (ADDS, "print(", Outcome.SYNTAX_ERROR),
    (CALLS, "x = 1", Outcome.MISSING_FUNCTION),
    (ADDS, f"open('x', 'w').write('y' * 9999)\n{SUM}{READS}", Outcome.PASSED),
    (ADDS, f"x = [0] * 10**6\nprint('z' * 99999)\n{SUM}{READS}", Outcome.WRONG_ANSWER),
)
"""Tasks, programs, and what is to become of them: every kind but those that take their time."""

AT_ONCE = 100  # programs that are handed in together
ALLOWED = 1024  # kilobytes by which memory may wander


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What this process and its zygotes hold.

    Attributes:
        processes: How many there are.
        descriptors: Of this process; of the others, as far as they may be seen.
        own_kilobytes: Resident memory of this process.
        other_kilobytes: Of the others.
    """

    processes: int
    descriptors: tuple[int, int]
    own_kilobytes: int
    other_kilobytes: int

    def __str__(self) -> str:
        return (
            f"{self.own_kilobytes} + {self.other_kilobytes} kB, "
            f"{self.descriptors[0]} + {self.descriptors[1]} descriptors, "
            f"{self.processes} processes"
        )


async def soak(judge: SandboxJudge, programs: int) -> None:
    """Judge many programs; print what is held after each tenth, and whether that has grown."""
    held: list[Held] = []
    judged, began = 0, time.monotonic()
    for tenth in range(1, 11):
        while judged < programs * tenth // 10:
            batch = [MIX[i % len(MIX)] for i in range(judged, judged + AT_ONCE)]
            verdicts = await asyncio.gather(*(judge.judge(task, p) for task, p, _ in batch))
            for (_, program, outcome), verdict in zip(batch, verdicts, strict=True):
                if verdict.outcome is not outcome:
                    raise AssertionError((program, verdict))
            judged += len(batch)
        held.append(look())
        print(f"{judged} programs, {judged / (time.monotonic() - began):.0f}/s: {held[-1]}")
    print(verdict_on(held[1], held[-1]))  # the first tenth warms up


def verdict_on(early: Held, late: Held) -> str:
    """Whether anything has grown, in words."""
    grown = []
    if late.processes > early.processes:
        grown.append("processes")
    if any(b > a for a, b in zip(early.descriptors, late.descriptors, strict=True)):
        grown.append("descriptors")
    if late.own_kilobytes > early.own_kilobytes + ALLOWED:
        grown.append("memory of this process")
    if late.other_kilobytes > early.other_kilobytes + ALLOWED:
        grown.append("memory of the zygotes")
    words = f"grew: {', '.join(grown)}" if grown else "no growth"
    return f"{words}: from {early} to {late}"


def look() -> Held:
    """What is held now."""
    own = os.getpid()
    others = _descendants(own)
    return Held(
        processes=1 + len(others),
        descriptors=(_descriptors(own), sum(map(_descriptors, others))),
        own_kilobytes=_kilobytes(own),
        other_kilobytes=sum(map(_kilobytes, others)),
    )


def _descendants(pid: int) -> list[int]:
    children = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text(encoding="ascii").split()
    ]
    return children + [further for child in children for further in _descendants(child)]


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except PermissionError:  # zygotes hide theirs from all but root
        return 0


def _kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])

"""Measure how fast programs are judged by assertions, beside function calls and other graders.

    python benchmarks/assertions.py [--rounds N]

The task resembles those of HumanEval and has eight assertions. In each round every grader is timed
in turn, so that a busy machine slows all of them alike. The output shows the median over the
rounds of each round's ratio. Other graders are measured if they can be imported: see ``judge.py``.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence

from tabulate import tabulate

from graders import Grader, Sandbox, Work, installed_peers
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from pytest_selfrepair.tasks import humaneval
from pytest_selfrepair.tasks.source import Source

ASSERTIONS = 8
PROGRAM = "def solve(a: int, b: int) -> int:\n    return a + b\n"
WRONG_AT_LAST = (
    f"{PROGRAM}\n\nright = solve\n\n\ndef solve(a, b):\n    return right(a, b) + (a > 6)\n"
)
CASES = "".join(f"    assert candidate({i}, 2) == {i + 2}\n" for i in range(ASSERTIONS))
LINE: dict[str, JsonValue] = {
    "task_id": "HumanEval/0",
    "prompt": 'def solve(a: int, b: int) -> int:\n    """ The sum. """\n',
    "entry_point": "solve",
    "test": f"def check(candidate):\n{CASES}",
}


class Assertions:
    """The sandbox, with assertions."""

    def __init__(self, judge: SandboxJudge, runner: asyncio.Runner, program: str) -> None:
        self.name = "assertions" if program is PROGRAM else "assertions, the last fails"
        self._judge, self._runner, self._program = judge, runner, program
        self._task = humaneval.read("HumanEval/0", LINE, Source(file="benchmark"))

    def can(self, work: Work) -> bool:
        """It does the one."""
        return not work.stdin

    def grade(self, work: Work) -> float:
        """Seconds that it takes.

        Raises:
            AssertionError: The program is judged wrong.
        """
        began = time.perf_counter()
        verdict = self._runner.run(self._judge.judge(self._task, self._program))
        taken = time.perf_counter() - began
        if verdict.passed is not (self._program is PROGRAM) or verdict.cases_run != work.cases:
            raise AssertionError(verdict)
        return taken


def show(graders: Sequence[Grader], rounds: Sequence[Sequence[float]]) -> None:
    """Print each grader's milliseconds and how many times as long as the first it takes."""
    lines: list[list[object]] = []
    for grader, times in zip(graders, zip(*rounds, strict=True), strict=True):
        firsts = (each[0] for each in rounds)
        ratio = statistics.median(mine / first for mine, first in zip(times, firsts, strict=True))
        lines.append([grader.name, 1000 * statistics.median(times), 1000 * min(times), ratio])
    headers = ["grader", "ms a program", "least", "times the first"]
    print(tabulate(lines, headers, floatfmt=["", ".2f", ".2f", ".2f"]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=50, help="how often each grader is timed")
    options = parser.parse_args()
    isolation = find_isolation()
    print(isolation.description)
    work = Work(program=PROGRAM, stdin=False, cases=ASSERTIONS)
    with asyncio.Runner() as runner, installed_peers() as peers:
        judge = SandboxJudge(isolation, concurrency=1)
        graders: list[Grader] = [
            *(Assertions(judge, runner, program) for program in (PROGRAM, WRONG_AT_LAST)),
            Sandbox(judge, runner),
            *peers,
        ]
        for grader in graders:
            grader.grade(work)  # starts what has to be started
        show(graders, [[each.grade(work) for each in graders] for _ in range(options.rounds)])
        runner.run(judge.aclose())


if __name__ == "__main__":
    main()

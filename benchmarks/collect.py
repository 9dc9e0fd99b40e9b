"""Measure the time and memory it takes to collect ten thousand tasks.

    python benchmarks/collect.py [--tasks N] [--median BYTES] [--sigma S] [--keep FOLDER]

Random tasks are written to a temporary folder, as folders in the layout of APPS and as one file of
JSON Lines. The size of a task's cases is log-normal, at most 2.5 MB, and ten tasks have that size.
The contents of cases are cut from one text of random numbers, since collection never reads them.

Pytest then collects the tasks, with and without `-m competition`. The same run also collects as
many ordinary tests that do nothing, as a reference. Of three runs, the one with the least CPU time
is shown. Compare ratios to the reference, not times.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabulate import tabulate

LARGEST = 2_500_000
CASES = 21
DIFFICULTIES = ("introductory", "interview", "competition")
SHARES = (36, 50, 14)  # of a hundred, about as in APPS
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--collect-only")


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--median", type=float, default=12_000)
    parser.add_argument("--sigma", type=float, default=1.9)
    parser.add_argument("--keep", type=Path, help="where to make the tasks, and leave them")
    options = parser.parse_args()
    with _folder(options.keep) as folder:
        if not (folder / "tasks.jsonl").exists():
            print(f"making {options.tasks:,} tasks in {folder}")
            make(folder, options.tasks, options.median, options.sigma)
        size = (folder / "tasks.jsonl").stat().st_size
        print(f"{options.tasks:,} tasks, {size / 1e6:,.0f} MB of JSON Lines and as much in folders")
        measure(folder)


def make(folder: Path, count: int, median: float, sigma: float) -> None:
    """Write the tasks twice, and as many ordinary tests."""
    draw = random.Random(0)  # noqa: S311 - numbers that nobody must guess
    text = " ".join(str(draw.randrange(10**6)) for _ in range(800_000))
    with (folder / "tasks.jsonl").open("w") as file:
        for number in range(count):
            size = min(int(draw.lognormvariate(0, sigma) * median), LARGEST)
            if number % (count // 10 or 1) == 1:
                size = LARGEST
            (difficulty,) = draw.choices(DIFFICULTIES, SHARES)
            row = write(folder / "apps_tasks", number, size, difficulty, text)
            print(json.dumps(row), file=file)
    ordinary = folder / "ordinary"
    ordinary.mkdir()
    for module in range(100):
        tests = (f"def test_{i}():\n    pass\n" for i in range(count // 100))
        (ordinary / f"test_{module:03}.py").write_text("\n\n".join(tests))
    (folder / "script.json").write_text('{"tasks": {}}')
    (folder / "pytest.ini").write_text("[pytest]\n")


def write(top: Path, number: int, size: int, difficulty: str, text: str) -> dict[str, object]:
    """Write one task as a folder; its columns in JSON Lines."""
    called = number % 3 == 0
    each = max(size // CASES - 40, 1)
    starts = [(number * 7_919 + case * each) % (len(text) - each) for case in range(CASES)]
    inputs = [[text[at : at + each]] if called else text[at : at + each] + "\n" for at in starts]
    cases: dict[str, object] = {"inputs": inputs, "outputs": ["1\n"] * CASES}
    if called:
        cases = {"fn_name": "solve", **cases}
    solutions = [f"print({i})\n" * 20 for i in range(3)]
    starter = "class Solution:\n    def solve(self, text: str) -> str:\n        " if called else ""
    statement = f"Task {number}. " + text[number : number + 1_500]
    place = top / ("train" if number % 2 else "test") / f"{number:04}"
    place.mkdir(parents=True)
    tests = json.dumps(cases)
    (place / "question.txt").write_text(statement)
    (place / "input_output.json").write_text(tests)
    (place / "solutions.json").write_text(json.dumps(solutions))
    (place / "metadata.json").write_text(json.dumps({"difficulty": difficulty, "url": "none"}))
    if called:
        (place / "starter_code.py").write_text(starter)
    return {
        "problem_id": number,
        "question": statement,
        "solutions": json.dumps(solutions),
        "input_output": tests,
        "difficulty": difficulty,
        "url": "none",
        "starter_code": starter,
    }


def measure(folder: Path) -> None:
    """Collect each kind, and print what it took."""
    model = ("--selfrepair-model", "scripted:script.json")
    few = ("-m", "competition")
    runs = {
        "ordinary tests": ("ordinary",),
        "folders": ("apps_tasks", *model),
        "folders -m competition": ("apps_tasks", *model, *few),
        "JSON Lines": ("tasks.jsonl", *model),
        "JSON Lines -m competition": ("tasks.jsonl", *model, *few),
    }
    rows = []
    reference = 0.0
    for name, arguments in runs.items():
        collect(folder, *arguments)  # once before, so that all finds a warm cache
        cpu, seconds, memory, last = min(collect(folder, *arguments) for _ in range(3))
        reference = reference or cpu
        said = (f"{seconds:.2f}", f"{cpu:.2f}", f"{cpu / reference:.2f}", f"{memory / 1e6:.0f}")
        rows.append((name, *said, last.partition(" in ")[0]))
    print(tabulate(rows, ("collected", "seconds", "CPU s", "CPU ratio", "peak MB", "pytest says")))


def collect(folder: Path, *arguments: str) -> tuple[float, float, float, str]:
    """CPU seconds, seconds, peak resident bytes and last line of one collection by a process."""
    output = folder / "output"
    began = time.perf_counter()
    with output.open("w") as file:
        process = subprocess.Popen([*PYTEST, *arguments], cwd=folder, stdout=file)
        _, _, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = 0  # it has been waited for
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu = usage.ru_utime + usage.ru_stime
    return cpu, seconds, memory, output.read_text().rstrip().rpartition("\n")[2]


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()

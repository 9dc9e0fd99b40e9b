#!/usr/bin/env python3
"""Write the files of `apps_tasks/`, or check with `--check` that every task is sound."""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from proving.alike import alike, profile
from proving.building import BuildError, build
from proving.problems import prove
from tasks.kit import Task

TOOLS = Path(__file__).resolve().parent
FOLDERS = TOOLS.parent / "apps_tasks"


def task_names() -> list[str]:
    """Return the name of every task that has a module, sorted."""
    modules = sorted(path.stem for path in (TOOLS / "tasks").glob("*_[0-9][0-9][0-9][0-9].py"))
    return [stem.replace("_", "/") for stem in modules]


def load(name: str) -> Task:
    """Return the task of the module of that name."""
    task: Task = importlib.import_module(f"tasks.{name.replace('/', '_')}").TASK
    return task


def check(names: Sequence[str]) -> list[str]:
    """Return everything wrong with these tasks, alone and beside the others."""
    problems: list[str] = []

    def timed(name: str) -> tuple[list[str], float]:
        started = time.monotonic()
        return prove(name, load(name), FOLDERS), time.monotonic() - started

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for name, (found, seconds) in zip(names, pool.map(timed, names), strict=True):
            print(f"{name}: {seconds:.1f} s, {len(found)} problems", flush=True)
            problems += found
        if not problems:  # what is not sound, or not written yet, cannot be compared
            profiles = [profile(path.parent) for path in sorted(FOLDERS.glob("*/*/solutions.json"))]
            problems += alike(profiles, names, pool)
    return problems


def orphans() -> list[str]:
    """Return which folders have no module."""
    names = (path.relative_to(FOLDERS).as_posix() for path in sorted(FOLDERS.glob("*/*/")))
    return [
        f"{name}: has no module tools/tasks/{name.replace('/', '_')}.py"
        for name in names
        if name not in task_names()
    ]


def write(names: Sequence[str], to: Path) -> None:
    """Write the files of these tasks into folders of `to`; raises BuildError when one fails."""
    for name in names:
        for file, text in build(name, load(name), FOLDERS).files.items():
            path = to / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        print(f"{name}: written")


def main() -> int:
    """Return the exit status: 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; prove the tasks")
    parser.add_argument("--to", type=Path, default=FOLDERS, help="folder to write to")
    parser.add_argument("names", nargs="*", metavar="NAME", help="interview/0105; default: all")
    options = parser.parse_args()
    known = task_names()
    names = [name.removeprefix("apps_tasks/").rstrip("/") for name in options.names] or known
    for name in names:
        if name not in known:
            parser.error(f"NAME: found {name}; accepted: {', '.join(known)}")
    problems, started = [], time.monotonic()
    try:
        if options.check:
            problems = check(names) + ([] if options.names else orphans())
            seconds = time.monotonic() - started
            print(f"{len(names)} tasks, {len(problems)} problems, {seconds:.0f} s")
        else:
            write(names, options.to)
    except BuildError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

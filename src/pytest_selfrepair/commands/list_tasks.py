"""`selfrepair tasks`: count tasks and report malformed ones."""

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tabulate import tabulate

from pytest_selfrepair.commands.arguments import add_task_paths
from pytest_selfrepair.commands.output import show
from pytest_selfrepair.core.task import Difficulty, Task, TaskKind
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.tasks.examples import examples
from pytest_selfrepair.tasks.task_paths import find

MODEL = "gpt-4"
"""The model whose tokenizer counts statements."""

MOST_NAMED = 10
"""Tasks without cases that are named; the JSON names all."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_task_paths(command)
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(options.paths, as_json=options.json)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """The facts kept of a task once read.

    Attributes:
        id: The task.
        difficulty: Its difficulty.
        kind: Its kind.
        topics: Its topics.
        cases: The number of its cases.
        public: The cases shown by its source or statement.
        tokens: The tokens of its statement.
    """

    id: str
    difficulty: Difficulty
    kind: TaskKind
    topics: tuple[str, ...]
    cases: int
    public: int
    tokens: int


@dataclass(slots=True)
class _Summary:
    tasks: list[_Counted] = field(default_factory=list)
    errors: list[TaskError] = field(default_factory=list)


def run(paths: Iterable[Path], *, as_json: bool) -> int:
    """Read every task and print a summary.

    Args:
        paths: The paths of tasks.
        as_json: Print one JSON object in place of text.

    Returns:
        The exit status: 0 where every task is sound, else 1.
    """
    summary = _Summary()
    counter = TiktokenCounter(model=MODEL)
    for found in find(paths):
        try:
            if isinstance(found, TaskError):
                raise found
            summary.tasks.append(_counted(found.id, found.load(), counter))
        except TaskError as error:
            summary.errors.append(error)
    show(json.dumps(_as_json(summary), indent=1) if as_json else "\n".join(_as_text(summary)))
    return int(bool(summary.errors))


def _counted(task_id: str, task: Task, counter: TiktokenCounter) -> _Counted:
    public = examples(task) if task.public_cases is None else task.public_cases
    return _Counted(
        id=task_id,
        difficulty=task.difficulty,
        kind=task.kind,
        topics=task.topics,
        cases=len(task.cases),
        public=len(public),
        tokens=counter.count(task.statement),
    )


def _as_json(summary: _Summary) -> dict[str, object]:
    tasks = summary.tasks
    return {
        "tasks": len(tasks),
        "difficulty": {d: sum(task.difficulty is d for task in tasks) for d in Difficulty},
        "kind": {kind: sum(task.kind is kind for task in tasks) for kind in TaskKind},
        "topic": dict(_topics(tasks).most_common()),
        "cases": _spread([task.cases for task in tasks]),
        "public_cases": _spread([task.public for task in tasks]),
        "statement_tokens": {"model": MODEL, **_spread([task.tokens for task in tasks])},
        "without_cases": [task.id for task in tasks if not task.cases],
        "errors": [
            {
                "file": error.file,
                "field": error.field,
                "found": error.found,
                "accepted": error.accepted,
            }
            for error in summary.errors
        ],
    }


def _spread(numbers: Sequence[int]) -> dict[str, float]:
    return {
        "total": sum(numbers),
        "least": min(numbers, default=0),
        "median": statistics.median(numbers) if numbers else 0,
        "most": max(numbers, default=0),
    }


def _topics(tasks: Iterable[_Counted]) -> Counter[str]:
    return Counter(topic for task in tasks for topic in task.topics)


def _as_text(summary: _Summary) -> list[str]:
    lines: list[str] = []
    rows = []
    for name, difficulty in (*((str(d), d) for d in Difficulty), ("all", None)):
        tasks = [task for task in summary.tasks if difficulty in {None, task.difficulty}]
        if tasks:
            rows.append(_row(name, tasks))
    if rows:
        headers = ("difficulty", "tasks", "stdin", "call-based", "cases", "public", "tokens")
        lines = tabulate(rows, headers, disable_numparse=True, stralign="right").splitlines()
        lines += [
            "cases, public: the median of a task and the sum; tokens: those of a statement as",
            f"{MODEL} counts them, the median and the most",
        ]
    if topics := _topics(summary.tasks):
        lines.append("topics: " + ", ".join(f"{topic} {n}" for topic, n in topics.most_common()))
    empty = [task.id for task in summary.tasks if not task.cases]
    if empty:
        named = ", ".join(empty[:MOST_NAMED]) + (", …" if len(empty) > MOST_NAMED else "")
        lines.append(f"without cases, to be skipped: {len(empty)} ({named})")
    if summary.errors:
        lines += [f"in error: {len(summary.errors)}", *(f"  {error}" for error in summary.errors)]
    return lines


def _row(name: str, tasks: Sequence[_Counted]) -> tuple[str, ...]:
    cases, public, tokens = (
        _spread([getattr(task, each) for task in tasks]) for each in ("cases", "public", "tokens")
    )
    return (
        name,
        str(len(tasks)),
        str(sum(task.kind is TaskKind.STDIN for task in tasks)),
        str(sum(task.kind is TaskKind.CALL_BASED for task in tasks)),
        f"{cases['median']:,g} / {cases['total']:,}",
        f"{public['median']:,g} / {public['total']:,}",
        f"{tokens['median']:,g} / {tokens['most']:,}",
    )

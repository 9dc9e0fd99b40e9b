"""A run with failing programs for people to explain, and the page that shows it, for tests."""

import contextlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builders import repair
from pytest_selfrepair.annotate.study_items import Item, Key
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree, program_hash
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python

MODELS_WORDS = "A model says that it subtracts one too few."
STATEMENT = """Monocarp collects shells. He is given the numbers of shells found on each day and \
wants to know how many there are in all.

-----Input-----
The first line holds n (1 <= n <= 1000). The second line holds n numbers, one for each day.

-----Output-----
Print one number: the sum of all numbers.

-----Example-----
Input
3
1 2 3

Output
6
"""
PROGRAM = '''import sys


def read():
    """Read all numbers."""
    return list(map(int, sys.stdin.read().split()))


def total(numbers):
    found = 0
    for number in numbers[:-1]:  # the last one is left out
        found += number
    return found


n, *numbers = read()
print(total(numbers) + {extra})
'''
CALLED = """class Solution:
    def _add(self, a, b):
        return a + b

    def double(self, values):
        return [self._add(value, value) + {extra} for value in values]
"""


def record(
    number: int,
    *,
    failing: int = 2,
    difficulty: Difficulty = Difficulty.INTRODUCTORY,
    kind: TaskKind = TaskKind.STDIN,
) -> Record:
    """A task, some failing programs, and a repair of the first on a model's words."""
    programs = tuple(_program(f"p{place}", kind, extra=place) for place in range(failing))
    said = repair("p0", 0, passed=True)
    said = ProgramNode(
        node=said.node,
        program=said.program,
        verdict=said.verdict,
        cost=said.cost,
        finish_reason="stop",
        parent="p0",
        feedback=Feedback(text=f"{MODELS_WORDS} ({number})"),
    )
    return Record(
        task_id=f"tasks/{difficulty}/{number:04}",
        difficulty=difficulty,
        kind=kind,
        statement=STATEMENT,
        grown=Grown(
            programs=programs,
            trees=(RepairTree(source="self", repairs=(said,), complete=True),),
            baseline=(),
            complete=True,
        ),
    )


def _program(node: str, kind: TaskKind, *, extra: int) -> ProgramNode:
    stdin = kind is TaskKind.STDIN
    failure = CaseFailure(
        index=0,
        input="3\n1 2 3\n" if stdin else "[[1, 2]]",
        expected="6\n" if stdin else "[2, 4]",
        actual=f"{3 + extra}\n" if stdin else f"[{2 + extra}, {4 + extra}]",
        line_number=11 if stdin else None,
    )
    return ProgramNode(
        node=node,
        program=(PROGRAM if stdin else CALLED).format(extra=extra),
        verdict=Verdict(outcome=Outcome.WRONG_ANSWER, cases_run=1, cases_passed=0, failure=failure),
        cost=Cost(tokens=100, prompt_tokens=500, samples=1, unpriced=1),
        finish_reason="stop",
    )


def store(path: Path, records: Sequence[Record]) -> Path:
    """A store with one run."""
    with contextlib.closing(SqliteStore(path)) as made:
        run = made.begin_run()
        for each in records:
            made.add_record(run, each)
    return path


def item(task: str, program: str = "print(1)", difficulty: str = "interview") -> Item:
    """A failing program of a task."""
    return Item(
        key=Key(task_id=task, program_hash=program_hash(program)),
        node="p0",
        program=program,
        verdict=Verdict(outcome=Outcome.WRONG_ANSWER, cases_run=1, cases_passed=0),
        statement="",
        difficulty=difficulty,
        kind=TaskKind.STDIN,
    )


@dataclass(frozen=True)
class Server:
    """A process that serves the page."""

    process: "subprocess.Popen[str]"
    address: str
    said: str


@contextlib.contextmanager
def served(*arguments: object) -> Iterator[Server]:
    """`selfrepair annotate` as a process of its own, until the block ends."""
    command = python("pytest_selfrepair", "annotate", *map(str, arguments))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"http://[^/ ,]+", said)
        assert found, said + process.communicate()[1]
        yield Server(process, found[0], said)
    finally:
        process.kill()
        process.communicate()

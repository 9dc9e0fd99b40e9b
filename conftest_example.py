"""A conftest.py of your own: another model, feedback source, task format and checker.

Copy what you need into the conftest.py beside your tasks, then for instance:

    pytest sums.csv --selfrepair-model careless --selfrepair-feedback reminder
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from pytest_selfrepair import (
    Acceptance,
    Case,
    Checker,
    Difficulty,
    Failure,
    Feedback,
    JsonValue,
    Sample,
    SampleRequest,
    Task,
    Usage,
)


class Careless:
    """A model of your own: anything with a name that completes a chat."""

    name = "careless"

    async def sample(self, request: SampleRequest) -> Sample:
        """Forget the last number at first; mend it when told."""
        told = "Mind the last number" in request.messages[-1].content
        end = "" if told else "[:-1]"
        program = f"print(sum(map(int, input().split(){end})))"
        usage = Usage(completion_tokens=len(program), prompt_tokens=None, counted_by="characters")
        return Sample(text=f"```python\n{program}\n```", usage=usage, finish_reason="stop")

    async def aclose(self) -> None:
        """Nothing to give back."""


class Reminder:
    """A feedback source of your own: words about a failing program, here always the same."""

    name = "reminder"
    joint = False
    max_tokens = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Say the same of every failure."""
        return Feedback(text=f"Mind the last number. {failure.error}")


def rows(path: Path) -> Iterator[Task]:
    """Tasks of your own: here a line of CSV each, with id, statement, input and expected output."""
    with path.open(newline="") as file:
        for name, statement, given, expected in csv.reader(file):
            yield Task(
                id=name,
                difficulty=Difficulty.INTRODUCTORY,
                statement=statement,
                cases=(Case(input=given, expected=expected),),
            )


def about(task: Task, case: Case, actual: JsonValue) -> Acceptance:  # noqa: ARG001 - protocol
    """A checker of your own: a number is right if it is off by one at most."""
    try:
        near = abs(int(str(actual)) - int(str(case.expected))) <= 1
    except ValueError:
        return Acceptance(accepted=False, reason="it is no number")
    return Acceptance(accepted=near, reason=None if near else "it is off by more than one")


def pytest_selfrepair_model(name: str) -> Careless | None:
    """Make the model that `--selfrepair-model careless` names."""
    return Careless() if name == "careless" else None


def pytest_selfrepair_feedback_source(name: str) -> Reminder | None:
    """Make the source that `--selfrepair-feedback reminder` names."""
    return Reminder() if name == "reminder" else None


def pytest_selfrepair_tasks(path: Path) -> Iterator[Task] | None:
    """Read tasks from CSV files."""
    return rows(path) if path.suffix == ".csv" else None


def pytest_selfrepair_checker(task: Task) -> Checker | None:
    """Give a checker to tasks that ask for about the sum."""
    return about if "about" in task.statement else None

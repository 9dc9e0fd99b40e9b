"""Example conftest.py: your own model, feedback source, task format and checker.

Copy what you need into the conftest.py beside your tasks, then for instance:

    pytest sums.csv --selfrepair-model careless --selfrepair-feedback reminder

and for the bargaining game, where two sides bargain over a price and one of them is advised:

    pytest bargain_tasks --selfrepair-model stubborn --selfrepair-feedback stubborn

Both use the same hook for models: in the bargaining game a model plays, and also advises if it is
named as a feedback source. Feedback sources, task formats and checkers are for tasks only: a
scenario is a file, and the rules decide how a game ends.
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
    """Your own model: anything with a name that completes a chat."""

    name = "careless"

    async def sample(self, request: SampleRequest) -> Sample:
        """Forget the last number at first; include it when reminded."""
        told = "Mind the last number" in request.messages[-1].content
        end = "" if told else "[:-1]"
        program = f"print(sum(map(int, input().split(){end})))"
        usage = Usage(completion_tokens=len(program), prompt_tokens=None, counted_by="characters")
        return Sample(text=f"```python\n{program}\n```", usage=usage, finish_reason="stop")

    async def aclose(self) -> None:
        """Nothing to give back."""


class Stubborn:
    """A model for the bargaining game; the first message says whether it plays or advises."""

    name = "stubborn"

    async def sample(self, request: SampleRequest) -> Sample:
        """Advise to ask for more; offer 12, or 14 when advised. The action is the last line."""
        heard = [message.content for message in request.messages]
        if heard[0].startswith("You advise"):
            text = "1. Ask for more. 2. Say why it is worth that. 3. Wait for the other side."
        else:
            price = 14 if any("Ask for more" in each for each in heard) else 12
            text = f"It is worth that.\nOFFER {price}"
        usage = Usage(completion_tokens=len(text), prompt_tokens=None, counted_by="characters")
        return Sample(text=text, usage=usage, finish_reason="stop")

    async def aclose(self) -> None:
        """Nothing to give back."""


class Reminder:
    """Your own feedback source: a text on a failing program, here always the same."""

    name = "reminder"
    joint = False
    max_tokens = 0

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Give the same advice on every failure."""
        return Feedback(text=f"Mind the last number. {failure.error}")


def rows(path: Path) -> Iterator[Task]:
    """Your own task format: a CSV line per task with id, statement, input and expected output."""
    with path.open(newline="") as file:
        for name, statement, given, expected in csv.reader(file):
            yield Task(
                id=name,
                difficulty=Difficulty.INTRODUCTORY,
                statement=statement,
                cases=(Case(input=given, expected=expected),),
            )


def about(task: Task, case: Case, actual: JsonValue) -> Acceptance:  # noqa: ARG001 - protocol
    """Your own checker: a number is right if it is off by at most one."""
    try:
        near = abs(int(str(actual)) - int(str(case.expected))) <= 1
    except ValueError:
        return Acceptance(accepted=False, reason="it is no number")
    return Acceptance(accepted=near, reason=None if near else "it is off by more than one")


def pytest_selfrepair_model(name: str) -> Careless | Stubborn | None:
    """Return the model of `--selfrepair-model careless` or `stubborn`."""
    models: tuple[Careless | Stubborn, ...] = (Careless(), Stubborn())
    return next((model for model in models if model.name == name), None)


def pytest_selfrepair_feedback_source(name: str) -> Reminder | None:
    """Return the source of `--selfrepair-feedback reminder`."""
    return Reminder() if name == "reminder" else None


def pytest_selfrepair_tasks(path: Path) -> Iterator[Task] | None:
    """Read tasks from CSV files."""
    return rows(path) if path.suffix == ".csv" else None


def pytest_selfrepair_checker(task: Task) -> Checker | None:
    """Return a checker for tasks that ask for an approximate sum."""
    return about if "about" in task.statement else None

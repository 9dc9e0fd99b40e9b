"""What collection needs to know of a task before it is read."""

from dataclasses import dataclass
from typing import Self

from pytest_selfrepair.core.task import Difficulty, Task, TaskKind

READ_AT_ONCE = 64_000
"""The largest task file or line, in bytes, that is read in full during collection.

An error in a task of ordinary size is therefore a collection error. A larger one is inspected only
for its difficulty and kind; other errors surface when it is read to be run, and affect that task
alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A task in outline.

    Attributes:
        difficulty: Its difficulty.
        kind: Its kind.
        cases: The number of cases; None where they are too large to be counted.
    """

    difficulty: Difficulty
    kind: TaskKind
    cases: int | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """The outline of a task that has been read."""
        return cls(difficulty=task.difficulty, kind=task.kind, cases=len(task.cases))

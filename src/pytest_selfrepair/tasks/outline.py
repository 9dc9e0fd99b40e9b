"""What is known of a task before it is read: as much as collecting needs."""

from dataclasses import dataclass
from typing import Self

from pytest_selfrepair.core.task import Difficulty, Task, TaskKind

READ_AT_ONCE = 64_000
"""Bytes of a task's file, or of a line, that are read in full when the task is collected.

So whatever is wrong with a task of ordinary size is an error of collection. Of a larger one no more
is looked at than tells its difficulty and kind; what else is wrong is found when it is read to be
run, and is then the error of that task alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A task in outline.

    Attributes:
        difficulty: Its difficulty.
        kind: Its kind.
        cases: How many it has; None where they have not been counted, since they are large.
    """

    difficulty: Difficulty
    kind: TaskKind
    cases: int | None

    @classmethod
    def of(cls, task: Task) -> Self:
        """The outline of a task that has been read."""
        return cls(difficulty=task.difficulty, kind=task.kind, cases=len(task.cases))

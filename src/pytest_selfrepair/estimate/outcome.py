"""What became of a task: solved at once, only by a repair, not at all, or not scored."""

from enum import StrEnum

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown


class TaskOutcome(StrEnum):
    """Solved by a program, by a repair alone, by neither, or not scored."""

    SOLVED = "solved"
    REPAIRED = "repaired"
    UNSOLVED = "unsolved"
    UNSCORED = "unscored"


def solved_at_once(grown: Grown) -> bool:
    """True where an initial program passes."""
    return any(program.verdict.passed for program in grown.programs)


def solved_by(grown: Grown, source: str) -> bool:
    """True where a repair of one source passes."""
    return any(
        repair.verdict.passed
        for tree in grown.trees
        if tree.source == source
        for repair in tree.repairs
    )


def task_outcome(record: Record) -> TaskOutcome:
    """What became of a task."""
    grown = record.grown
    if grown is None:
        return TaskOutcome.UNSCORED
    if solved_at_once(grown):
        return TaskOutcome.SOLVED
    if any(solved_by(grown, tree.source) for tree in grown.trees):
        return TaskOutcome.REPAIRED
    return TaskOutcome.UNSOLVED

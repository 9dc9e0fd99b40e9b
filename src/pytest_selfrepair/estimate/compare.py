"""Feedback sources side by side: what their repairs did to the same failing programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown


class TaskOutcome(StrEnum):
    """What became of a task: solved by a program, by a repair alone, by neither, or not scored."""

    SOLVED = "solved"
    REPAIRED = "repaired"
    UNSOLVED = "unsolved"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What one feedback source led to.

    Attributes:
        source: Its name.
        failing: Failing initial programs that were repaired at least once.
        tried: Repairs.
        passed: Repairs that pass.
        solved: Tasks that only a repair solved.
        tokens: Tokens generated for the repairs and their feedback.
    """

    source: str
    failing: int
    tried: int
    passed: int
    solved: int
    tokens: int

    @property
    def repair_rate(self) -> float | None:
        """Repairs that pass, of those tried; None where none was."""
        return self.passed / self.tried if self.tried else None


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


def source_facts(tasks: Sequence[Grown], source: str) -> SourceFacts:
    """Count one source's repairs over all scored tasks."""
    repairs = [
        (number, repair)
        for number, grown in enumerate(tasks)
        for tree in grown.trees
        if tree.source == source
        for repair in tree.repairs
    ]
    return SourceFacts(
        source=source,
        failing=len({(number, repair.parent) for number, repair in repairs}),
        tried=len(repairs),
        passed=sum(repair.verdict.passed for _, repair in repairs),
        solved=sum(not solved_at_once(grown) and solved_by(grown, source) for grown in tasks),
        tokens=sum(repair.total_tokens for _, repair in repairs),
    )

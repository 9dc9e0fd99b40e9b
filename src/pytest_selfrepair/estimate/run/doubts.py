"""How far a run's verdicts can be trusted: references, near limits, packages, as facts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, pass_at_1, task_outcome

NEAR = 2.0
"""A verdict is near the time limit where half of it, or twice as much, would decide otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """How many tasks were solved.

    Attributes:
        tasks: Scored tasks.
        solved: Those of them that a program or a repair solved.
        pass_at_1: Mean share of their initial programs that pass; None where there is no task.
    """

    tasks: int
    solved: int
    pass_at_1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """What reference solutions said of a run's tasks.

    Attributes:
        tasks: Tasks of which some were tried.
        tried: Solutions that were tried.
        passed: Those of them that pass.
        ambiguous: Tasks whose accepted solutions disagree in their answers, sorted.
        quarantined: Tasks of which none passes, sorted.
        with_them: What was solved of all scored tasks.
        without_them: What was solved of those that are not ambiguous.
    """

    tasks: int
    tried: int
    passed: int
    ambiguous: tuple[str, ...]
    quarantined: tuple[str, ...]
    with_them: Solved
    without_them: Solved


def references(records: Sequence[Record]) -> ReferenceFacts | None:
    """What reference solutions said; None where none was tried."""
    found = [(record, record.references) for record in records if record.references is not None]
    if not found:
        return None
    ambiguous = {record.task_id for record, said in found if said.ambiguous}
    return ReferenceFacts(
        tasks=len(found),
        tried=sum(said.tried for _, said in found),
        passed=sum(said.passed for _, said in found),
        ambiguous=tuple(sorted(ambiguous)),
        quarantined=tuple(sorted(record.task_id for record in records if record.quarantined)),
        with_them=_solved(records),
        without_them=_solved([each for each in records if each.task_id not in ambiguous]),
    )


def _solved(records: Iterable[Record]) -> Solved:
    scored = [(record, record.grown) for record in records if record.grown is not None]
    rates = [pass_at_1(grown) for _, grown in scored]
    solved = (TaskOutcome.SOLVED, TaskOutcome.REPAIRED)
    return Solved(
        tasks=len(scored),
        solved=sum(task_outcome(record) in solved for record, _ in scored),
        pass_at_1=sum(rates) / len(rates) if rates else None,
    )


def nodes(records: Iterable[Record]) -> Iterator[tuple[Record, ProgramNode]]:
    """Every program that was judged, with its task's record."""
    for record in records:
        if record.grown is not None:
            yield from ((record, node) for node in _all(record.grown))


def _all(grown: Grown) -> Iterator[ProgramNode]:
    yield from grown.programs
    for tree in grown.trees:
        yield from tree.repairs
    yield from grown.baseline


def near_limit(records: Sequence[Record]) -> tuple[int, int]:
    """Verdicts within a factor of two of the time limit, and those of which that is known.

    A program that missed the limit is near it, for how long it would have taken is not known.
    """
    near = known = 0
    for record, node in nodes(records):
        verdict, limit = node.verdict, record.time_limit
        if verdict.outcome is Outcome.TIME_LIMIT:
            near, known = near + 1, known + 1
        elif verdict.slowest and limit is not None:
            known += 1
            near += verdict.slowest * NEAR >= limit
    return near, known

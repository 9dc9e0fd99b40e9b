"""Facts on how far a run's verdicts can be trusted: references, time limits, packages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown, ProgramNode
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, pass_at_1, task_outcome

NEAR = 2.0
"""A verdict is near the time limit if half or twice the limit would change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Tasks solved and pass@1.

    Attributes:
        tasks: Scored tasks.
        solved: Tasks solved by a program or a repair.
        pass_at_1: Mean share of initial programs that pass; None without tasks.
    """

    tasks: int
    solved: int
    pass_at_1: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """Results of reference solutions on a run's tasks.

    Attributes:
        tasks: Tasks with at least one solution tried.
        tried: Solutions tried.
        passed: Solutions that pass.
        ambiguous: Tasks whose accepted solutions disagree in their answers, sorted.
        quarantined: Tasks of which none passes, sorted.
        with_them: Results over all scored tasks.
        without_them: Results over scored tasks that are not ambiguous.
    """

    tasks: int
    tried: int
    passed: int
    ambiguous: tuple[str, ...]
    quarantined: tuple[str, ...]
    with_them: Solved
    without_them: Solved


def references(records: Sequence[Record]) -> ReferenceFacts | None:
    """Summarise the results of reference solutions; None where none was tried."""
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
    """Every judged program with its task's record."""
    for record in records:
        if record.grown is not None:
            yield from ((record, node) for node in _all(record.grown))


def _all(grown: Grown) -> Iterator[ProgramNode]:
    yield from grown.programs
    for tree in grown.trees:
        yield from tree.repairs
    yield from grown.baseline


def near_limit(records: Sequence[Record]) -> tuple[int, int]:
    """Count the verdicts within a factor of two of the time limit, of those where that is known.

    A program over the limit counts as near it: how long it would have taken is unknown.
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

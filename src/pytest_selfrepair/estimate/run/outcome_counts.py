"""Count tasks and programs by outcome, and collect why tasks are unscored."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from pytest_selfrepair.core.checker import COUNTERPARTS
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.record import CUT_SHORT, NOT_RUN, Record
from pytest_selfrepair.core.tree import ProgramNode
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.estimate.findings import Flips, OutcomeCounts, Unscored
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, task_outcome
from pytest_selfrepair.estimate.run.variety import effective

_SEEN: Mapping[FeedbackCases, str] = MappingProxyType(
    {
        FeedbackCases.ALL: "; feedback saw all cases",
        FeedbackCases.PUBLIC: "; feedback saw public cases alone",
    }
)


def count_outcomes(records: Sequence[Record]) -> OutcomeCounts:
    """Count tasks, and the programs of scored tasks."""
    became = Counter(task_outcome(record) for record in records)
    tasks = [record.grown for record in records if record.grown is not None]
    several = [
        [node.program for node in grown.programs] for grown in tasks if len(grown.programs) > 1
    ]
    return OutcomeCounts(
        tasks={str(outcome): became[outcome] for outcome in TaskOutcome},
        programs=_outcomes(node for grown in tasks for node in grown.programs),
        repairs=_outcomes(node for grown in tasks for node in grown.repairs),
        baseline=_outcomes(node for grown in tasks for node in grown.baseline),
        judged=_judged(records),
        flips=flips(records),
        drawn=fmean(map(len, several)) if several else None,
        distinct=fmean(map(effective, several)) if several else None,
        lacking=_lacking(records),
    )


def flips(records: Sequence[Record]) -> tuple[Flips, ...]:
    """How many verdicts depend on the choice between the checkers `tolerant` and `apps`."""
    known: dict[str, list[bool]] = {}
    for record in records:
        if record.grown is None or record.setup is None:
            continue
        grown = record.grown
        known.setdefault(record.setup.checker, []).extend(
            node.verdict.flips for node in grown.nodes if node.verdict.flips is not None
        )
    return tuple(
        Flips(checker=COUNTERPARTS[checker], flipped=sum(found), compared=len(found))
        for checker, found in sorted(known.items())
        if found and checker in COUNTERPARTS
    )


def _lacking(records: Sequence[Record]) -> dict[str, int]:
    """The modules that programs tried to import and may not have, with how many programs."""
    found = Counter(
        node.verdict.lacks
        for record in records
        if (grown := record.grown) is not None
        for node in grown.nodes
        if node.verdict.lacks is not None
    )
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def unscored(records: Sequence[Record]) -> tuple[Unscored, ...]:
    """Why tasks are unscored, except those that the run's budget left out.

    The most common reason comes first; ids are sorted.
    """
    by_reason: dict[str, list[str]] = {}
    cut_short = [each.unscored or "" for each in records if _is(each, CUT_SHORT)]
    for record in records:
        if record.unscored is not None and not _is(record, NOT_RUN):
            # these reasons differ only in the tokens left: show one of them
            reason = min(cut_short) if _is(record, CUT_SHORT) else record.unscored
            by_reason.setdefault(reason, []).append(record.task_id)
    found = sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(Unscored(reason=reason, tasks=tuple(sorted(ids))) for reason, ids in found)


def not_run_budget(records: Sequence[Record]) -> Unscored | None:
    """The tasks that were not run because the run's budget was spent, with the reason."""
    missing = sorted(
        (record.task_id, record.unscored)
        for record in records
        if record.unscored is not None and _is(record, NOT_RUN)
    )
    if not missing:
        return None
    return Unscored(
        reason=missing[0][1].removeprefix(f"{NOT_RUN}: "), tasks=tuple(each for each, _ in missing)
    )


def _is(record: Record, why: str) -> bool:
    """Whether a task is unscored for a reason with this beginning."""
    return record.unscored is not None and record.unscored.startswith(why)


def _outcomes(nodes: Iterable[ProgramNode]) -> dict[str, int]:
    """The frequency of each outcome, most frequent first; ties in the order of `Outcome`."""
    counts = Counter(node.verdict.outcome for node in nodes)
    order = list(Outcome)
    found = sorted(counts.items(), key=lambda each: (-each[1], order.index(each[0])))
    return {str(outcome): count for outcome, count in found}


def _judged(records: Sequence[Record]) -> tuple[str, ...]:
    """Where programs ran, how their answers were compared, and what feedback saw of that."""
    setups = [record.setup for record in records if record.setup is not None]
    found = {
        f"in {setup.isolation}, checker {setup.checker}{_SEEN[setup.plan.feedback_cases]}"
        for setup in setups
    }
    return tuple(sorted(found))

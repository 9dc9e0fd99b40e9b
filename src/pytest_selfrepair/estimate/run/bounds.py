"""Bounds on a rate, whatever the results of the missing tasks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.gain import Against, AtEqualTokens, Bounds


def missing(records: Sequence[Record], not_run: int) -> Counter[str]:
    """Count the unscored tasks of each difficulty, and of all.

    Args:
        records: Of all tasks, scored or not.
        not_run: Tasks without a record, whose difficulty is unknown.
    """
    out = [record for record in records if record.grown is None]
    found = Counter(str(record.difficulty) for record in out if record.difficulty is not None)
    found[ALL] = len(out) + not_run
    return found


def bounds(rate: float, tasks: int, missing: int) -> Bounds | None:
    """The bounds of a mean over tasks; None where no task is missing.

    Args:
        rate: The mean, 0 to 1.
        tasks: The number of tasks behind it.
        missing: The number of missing tasks.
    """
    if not missing:
        return None
    whole = tasks + missing
    return Bounds(low=rate * tasks / whole, high=(rate * tasks + missing) / whole, missing=missing)


def bounded(found: AtEqualTokens, missing: int) -> AtEqualTokens:
    """Add the bounds of its rates to a comparison."""

    def beside(each: Against) -> Against:
        return replace(each, bounds=bounds(each.rate.value, found.tasks, missing))

    return replace(
        found,
        stopping=beside(found.stopping),
        one_by_one=beside(found.one_by_one),
        paper=beside(found.paper),
        bounds=bounds(found.pass_rate.value, found.tasks, missing),
    )

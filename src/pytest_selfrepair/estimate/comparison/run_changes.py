"""Compare two runs, paired on the tasks that both scored.

Differences of rates get interval and p-value from the score test of paired differences. Costs get
an interval from resampled tasks; they decide nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.paired_runs import Growth, PairedRun, by_id, paired
from pytest_selfrepair.estimate.comparison.settings import Setting, differing
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals.bootstrap import (
    BOOTSTRAP,
    Bootstrap,
    Resampling,
)
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.jackknife import Statistic
from pytest_selfrepair.estimate.intervals.paired_score import paired_score
from pytest_selfrepair.estimate.intervals.statistics import mean_of
from pytest_selfrepair.estimate.run.scored import by_difficulty, resampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure in both runs.

    Attributes:
        before: In the run before, with its interval over tasks.
        after: In the run after.
        difference: After less before, with its paired interval over tasks.
    """

    before: Estimate
    after: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How two runs differ on the tasks of one difficulty; all pass rates are unbiased.

    Attributes:
        difficulty: `ALL`, or one difficulty.
        tasks: Tasks that both runs scored.
        pass_at_1: Expected pass rate of one program.
        pass_at_t: The pass rate of programs and the repairs of each run's first source, as grown.
        tree_tokens: Generated tokens per task at which `pass_at_t` stands.
        at_equal_tokens: The same pass rates where both runs generate as many tokens per task as the
            cheaper one.
        equal_tokens: Those tokens per task.
    """

    difficulty: str
    tasks: int
    pass_at_1: Change
    pass_at_t: Change
    tree_tokens: Change
    at_equal_tokens: Change
    equal_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifferences:
    """One run against another.

    Attributes:
        tasks: Tasks that both scored.
        before_source: The feedback source whose trees count in the run before: the first. None
            where it has no trees, and programs alone count.
        after_source: The same of the run after.
        changes: One for each difficulty, and `ALL` last; none where no task was scored by both.
        lost: Ids of tasks that the run before solved and the run after did not.
        won: The reverse.
        tokens: Tokens generated per task in all, every tree and the baseline; None where no task
            was scored by both.
        dollars: US dollars per task; None where a completion's price is unknown.
        settings: The settings that differ.
        only_before: Ids of tasks without a record in the run after.
        only_after: The reverse.
        unscored_before: Ids of tasks in both that the run before did not score.
        unscored_after: Those that the run after did not score.
        same: Whether every task that both scored came out alike, in passes and in tokens, as in a
            replay.
    """

    tasks: int
    before_source: str | None
    after_source: str | None
    changes: tuple[Changes, ...]
    lost: tuple[str, ...]
    won: tuple[str, ...]
    tokens: Change | None
    dollars: Change | None
    settings: tuple[Setting, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    unscored_before: tuple[str, ...]
    unscored_after: tuple[str, ...]
    same: bool = False

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Bounds on the difference of `pass_at_t`, whatever the unscored tasks' results.

        A task that one run did not score may have been lost or won; None where there are none.
        """
        missing = len({*self.unscored_before, *self.unscored_after})
        if not missing or not self.changes:
            return None
        whole = self.tasks + missing
        known = self.changes[-1].pass_at_t.difference.value * self.tasks
        return (known - missing) / whole, (known + missing) / whole


def run_differences(
    before: Sequence[Record], after: Sequence[Record], *, how: Bootstrap = BOOTSTRAP
) -> RunDifferences:
    """Compare two runs on the tasks that both scored; intervals are paired and over tasks.

    The record of the run before gives a task's difficulty.

    Raises:
        UsageError: A run has two records of one task.
    """
    old, new = paired(before, after)
    was, now = old.solved(), new.solved()
    ids = [task.task_id for task in old.tasks]
    lost = tuple(ids[i] for i, solved in enumerate(was) if solved and not now[i])
    won = tuple(ids[i] for i, solved in enumerate(now) if solved and not was[i])
    records = by_id(before, "before"), by_id(after, "after")
    common = sorted(records[0].keys() & records[1].keys())
    drawn = resampling(old.tasks, how) if ids else None
    return RunDifferences(
        tasks=len(ids),
        before_source=old.source,
        after_source=new.source,
        changes=tuple(_changes(old, new, how)),
        lost=lost,
        won=won,
        tokens=_tokens(old, new, drawn) if drawn else None,
        dollars=_dollars(old, new, drawn) if drawn else None,
        settings=differing(before, after),
        only_before=tuple(sorted(records[0].keys() - records[1].keys())),
        only_after=tuple(sorted(records[1].keys() - records[0].keys())),
        unscored_before=tuple(each for each in common if records[0][each].grown is None),
        unscored_after=tuple(each for each in common if records[1][each].grown is None),
        same=bool(ids) and Growth.of(old).is_like(Growth.of(new)),
    )


def _changes(old: PairedRun, new: PairedRun, how: Bootstrap) -> Iterator[Changes]:
    for name, group in by_difficulty(old.tasks).items():
        if not group:
            continue
        ids = {task.task_id for task in group}
        was, now = old.within(ids), new.within(ids)
        drawn = resampling(was.tasks, how)
        growths = Growth.of(was), Growth.of(now)
        equal_tokens, at_equal_tokens = _at_equal_tokens(drawn, *growths)
        yield Changes(
            difficulty=name,
            tasks=len(group),
            pass_at_1=_rate_change(drawn, _pass_at_1(was), _pass_at_1(now)),
            pass_at_t=_rate_change(drawn, was.solved(), now.solved()),
            tree_tokens=_change(
                drawn, mean_of(growths[0].tokens[:, -1]), mean_of(growths[1].tokens[:, -1])
            ),
            at_equal_tokens=at_equal_tokens,
            equal_tokens=equal_tokens,
        )


def _change(drawn: Resampling, before: Statistic, after: Statistic) -> Change:
    """The change in a cost."""
    return Change(
        before=drawn.estimate(before),
        after=drawn.estimate(after),
        difference=drawn.estimate(lambda weights: after(weights) - before(weights)),
    )


def _rate_change(drawn: Resampling, before: Sequence[float], after: Sequence[float]) -> Change:
    return Change(
        before=drawn.rate(mean_of(before)),
        after=drawn.rate(mean_of(after)),
        difference=_tested(np.subtract(after, before, dtype=np.float64)),
    )


def _tested(differences: Floats) -> Estimate:
    return paired_score([float(each) for each in differences]).as_estimate


def _pass_at_1(run: PairedRun) -> list[float]:
    return [task.pass_at_1 for task in run.tasks]


def _at_equal_tokens(drawn: Resampling, old: Growth, new: Growth) -> tuple[float, Change]:
    """Mean tokens of the cheaper run's trees, and both runs' rates there; each draw has its own."""

    def cheaper(weights: Floats) -> Floats:
        least: Floats = np.minimum(
            mean_of(old.tokens[:, -1])(weights), mean_of(new.tokens[:, -1])(weights)
        )
        return least

    def before(weights: Floats) -> Floats:
        return old.at(cheaper(weights), weights)

    def after(weights: Floats) -> Floats:
        return new.at(cheaper(weights), weights)

    change = Change(
        before=drawn.rate(before),
        after=drawn.rate(after),
        difference=_tested(drawn.values(lambda weights: after(weights) - before(weights))),
    )
    return drawn.value(cheaper), change


def _tokens(old: PairedRun, new: PairedRun, drawn: Resampling) -> Change:
    was, now = ([cost.tokens for cost in run.costs] for run in (old, new))
    return _change(drawn, mean_of(was), mean_of(now))


def _dollars(old: PairedRun, new: PairedRun, drawn: Resampling) -> Change | None:
    if any(cost.unpriced for run in (old, new) for cost in run.costs):
        return None
    was, now = ([cost.dollars for cost in run.costs] for run in (old, new))
    return _change(drawn, mean_of(was), mean_of(now))

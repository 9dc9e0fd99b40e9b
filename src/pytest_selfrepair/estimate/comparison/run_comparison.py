"""Compare two runs: their names, the conclusion, and the figures behind it.

`selfrepair compare A B --json OUT` writes this layout; docs/compare-json.md documents it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.bargain.bargain_comparison import BargainChange, changes
from pytest_selfrepair.estimate.bargain.game_samples import samples
from pytest_selfrepair.estimate.comparison.run_changes import (
    Changes,
    RunDifferences,
    run_differences,
)
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.intervals.decision import side as shown
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.run.scored import scored, source_names

COMPARE_SCHEMA = 2
"""The version of the JSON that these classes are written as."""


class RunConclusion(StrEnum):
    """The conclusion on whether a run got better."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"
    SAME = "the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A run's description.

    Attributes:
        name: A RUN that names it; None where there is none yet.
        title: Its title in reports.
        models: Its code models.
        sources: Its feedback sources, in the order of the run.
        tasks: Tasks with a record.
        scored: Those of them that were scored.
    """

    name: str | None
    title: str
    models: tuple[str, ...]
    sources: tuple[str, ...]
    tasks: int
    scored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """One run compared with another.

    Attributes:
        before: The earlier run, or the reference.
        after: The run compared with it.
        answer: Whether the run after is better, by the test of `pass_at_t` over all tasks that both
            scored: its interval then lies on one side of zero and its p-value is below 5 %. "The
            same" where every task came out alike.
        versus: How the runs differ.
        bargain: How the games of scenarios that both played differ; by role, arm and round.
        schema: The version of this layout.
    """

    before: Side
    after: Side
    answer: RunConclusion
    versus: RunDifferences
    bargain: tuple[BargainChange, ...] = ()
    schema: int = COMPARE_SCHEMA

    @property
    def overall(self) -> Changes | None:
        """The differences over all difficulties; None where no task was scored by both."""
        return self.versus.changes[-1] if self.versus.changes else None

    @property
    def has_tasks(self) -> bool:
        """Whether there are tasks to compare; also true where neither run has tasks or games."""
        return bool(self.before.tasks or self.after.tasks or not self.bargain)


def side(records: Sequence[Record], title: str, name: str | None = None) -> Side:
    """Describe a run.

    Args:
        records: One for each task.
        title: Its title in reports.
        name: A RUN that names it, if there is one.
    """
    models = dict.fromkeys(record.setup.model for record in records if record.setup)
    return Side(
        name=name,
        title=title,
        models=tuple(models),
        sources=source_names(records),
        tasks=len(records),
        scored=len(scored(records)),
    )


def run_comparison(
    before: tuple[Side, Sequence[Record]],
    after: tuple[Side, Sequence[Record]],
    *,
    games: tuple[Sequence[BargainRecord], Sequence[BargainRecord]] = ((), ()),
    how: Bootstrap = BOOTSTRAP,
) -> RunComparison:
    """Compare two runs.

    Args:
        before: The first run's description and records.
        after: The same of the second.
        games: The records of scenarios of either.
        how: How tasks are resampled.

    Raises:
        UsageError: A run has two records of one task.
    """
    found = run_differences(before[1], after[1], how=how)
    whole = found.changes[-1].pass_at_t.difference if found.changes else None
    answer = RunConclusion.CANNOT_TELL if whole is None else progress(whole)
    if found.same:
        answer = RunConclusion.SAME
    return RunComparison(
        before=before[0],
        after=after[0],
        answer=answer,
        versus=found,
        bargain=changes(*(samples(list(each)) for each in games)),
    )


def progress(difference: Estimate) -> RunConclusion:
    """Whether a figure that is better if larger rose, by the test behind its interval.

    Args:
        difference: After less before.
    """
    said = {1: RunConclusion.BETTER, -1: RunConclusion.WORSE, 0: RunConclusion.CANNOT_TELL}
    return said[shown(difference)]

"""Two runs side by side: what they are called, the answer, and the figures that carry it.

The layout is also that of `selfrepair compare A B --json OUT`; docs/compare-json.md documents it.
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
    """What the numbers say to the question whether a run got better."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot tell"
    SAME = "the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is told of a run.

    Attributes:
        name: A RUN that names it; None where it has none yet.
        title: What people are told of it.
        models: Its code models.
        sources: Its feedback sources, in the order of the run.
        tasks: Tasks of which it has a record.
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
    """One run beside another, the one with which it is compared.

    Attributes:
        before: The run that came first, or that is the standard.
        after: The run that is held against it.
        answer: Whether the run after is better: by the test of `pass_at_t` over all tasks that both
            scored, whose interval then lies on one side of zero and whose p-value is below 5 %; the
            same where every task came out alike.
        versus: How they differ.
        bargain: How the games of scenarios differ that both played; by role, arm and round.
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
        """How they differ over all difficulties; None where no task was scored by both."""
        return self.versus.changes[-1] if self.versus.changes else None

    @property
    def has_tasks(self) -> bool:
        """Whether there is anything to say of tasks; of runs that had nothing, that they had."""
        return bool(self.before.tasks or self.after.tasks or not self.bargain)


def side(records: Sequence[Record], title: str, name: str | None = None) -> Side:
    """What is told of a run.

    Args:
        records: One for each task.
        title: What people are told of it.
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
        before: What is told of the first, and its records.
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
    """Whether a figure of which more is better rose, by the p-value of its interval's own test.

    Args:
        difference: After less before.
    """
    said = {1: RunConclusion.BETTER, -1: RunConclusion.WORSE, 0: RunConclusion.CANNOT_TELL}
    return said[shown(difference)]

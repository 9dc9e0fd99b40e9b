"""All that a run's records say of its feedback sources, put together from the parts."""

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.pairs import pairs, pairs_by_difficulty
from pytest_selfrepair.estimate.findings import (
    AtEqualTokens,
    Difficulty,
    Pair,
    SourceFindings,
    Tally,
    Unscored,
)
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.run.bounds import missing
from pytest_selfrepair.estimate.run.equal_tokens import difficulties
from pytest_selfrepair.estimate.run.repairs import source_findings
from pytest_selfrepair.estimate.run.scored import scored, source_names
from pytest_selfrepair.estimate.run.tally import not_run_budget, tally, unscored


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The part of `Findings` that compares; its fields are named as they are there.

    Attributes:
        headline: One for each source, over all scored tasks.
        difficulties: One for each difficulty that has scored tasks, and `ALL` last.
        sources: One for each feedback source.
        pairs: Every two sources that repaired the same failing programs.
        pairs_by_difficulty: The same within each difficulty.
        tally: What became of tasks and programs.
        cost: What all completions cost, of unscored tasks too.
        unscored: Why tasks are missing from the rates.
        not_run_budget: Tasks that were not run since the run's budget was spent.
    """

    headline: tuple[AtEqualTokens, ...]
    difficulties: tuple[Difficulty, ...]
    sources: tuple[SourceFindings, ...]
    pairs: tuple[Pair, ...]
    pairs_by_difficulty: tuple[Pair, ...]
    tally: Tally
    cost: Cost
    unscored: tuple[Unscored, ...]
    not_run_budget: Unscored | None


def compared(
    records: Sequence[Record], *, not_run: int = 0, how: Bootstrap = BOOTSTRAP
) -> Compared:
    """Compare the feedback sources of a run; the order of the records does not matter.

    Args:
        records: One for each task.
        not_run: Tasks that were collected and never started.
        how: How tasks are resampled.
    """
    records = sorted(records, key=lambda record: (record.task_id, str(record.setup)))
    tasks, names = scored(records), source_names(records)
    found = difficulties(tasks, names, missing=missing(records, not_run), how=how)
    return Compared(
        headline=found[-1].sources if found else (),
        difficulties=found,
        sources=tuple(source_findings(tasks, name, how=how) for name in names),
        pairs=pairs(tasks, names),
        pairs_by_difficulty=pairs_by_difficulty(tasks, names),
        tally=tally(records),
        cost=Cost.total(record.cost for record in records),
        unscored=unscored(records),
        not_run_budget=not_run_budget(records),
    )

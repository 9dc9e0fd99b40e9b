"""Compare a run's feedback sources in every respect."""

from dataclasses import dataclass

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.estimate.comparison.source_pairs import pairs, pairs_by_difficulty
from pytest_selfrepair.estimate.findings import OutcomeCounts, Pair, SourceFindings, Unscored
from pytest_selfrepair.estimate.gain import AtEqualTokens, DifficultyRates
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.run.equal_tokens import difficulties
from pytest_selfrepair.estimate.run.outcome_counts import count_outcomes, not_run_budget, unscored
from pytest_selfrepair.estimate.run.repairs import source_findings
from pytest_selfrepair.estimate.run.sampled import SampledRun


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesCompared:
    """The part of `Findings` on feedback sources; the fields are named as there.

    Attributes:
        headline: One for each source, over all scored tasks.
        difficulties: One for each difficulty that has scored tasks, and `ALL` last.
        sources: One for each feedback source.
        pairs: Every two sources that repaired the same failing programs.
        pairs_by_difficulty: The same within each difficulty.
        tally: Counts of tasks and programs by outcome.
        cost: The cost of all completions, those of unscored tasks included.
        unscored: Why tasks are missing from the rates.
        not_run_budget: Tasks not run because the run's budget was spent.
    """

    headline: tuple[AtEqualTokens, ...]
    difficulties: tuple[DifficultyRates, ...]
    sources: tuple[SourceFindings, ...]
    pairs: tuple[Pair, ...]
    pairs_by_difficulty: tuple[Pair, ...]
    tally: OutcomeCounts
    cost: Cost
    unscored: tuple[Unscored, ...]
    not_run_budget: Unscored | None


def compared(run: SampledRun, *, how: Bootstrap = BOOTSTRAP) -> SourcesCompared:
    """Compare the feedback sources of a run.

    Args:
        run: The samples.
        how: How tasks are resampled.
    """
    tasks, names, records = run.tasks, run.sources, run.records
    found = difficulties(tasks, names, missing=run.missing, how=how)
    return SourcesCompared(
        headline=found[-1].sources if found else (),
        difficulties=found,
        sources=tuple(source_findings(tasks, name, how=how) for name in names),
        pairs=pairs(tasks, names),
        pairs_by_difficulty=pairs_by_difficulty(tasks, names),
        tally=count_outcomes(records),
        cost=Cost.total(record.cost for record in records),
        unscored=unscored(records),
        not_run_budget=not_run_budget(records),
    )

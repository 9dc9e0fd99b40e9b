"""Rank several runs on the tasks that all of them scored, with confidence sets of their ranks.

Runs are ordered by their pass rate at equal generated tokens per task, those of the run whose trees
cost least. Every two runs are compared by the score test of paired differences, after Holm over all
pairs, so the chance that any order is stated falsely is at most 5 %. A run's ranks are those
consistent with the stated orders (the simultaneous confidence sets of Mogstad et al. 2024, Review
of Economic Studies 91:476).

`selfrepair compare A B C --json OUT` writes this layout; docs/compare-runs-json.md documents it.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.paired_runs import Growth, PairedRun, by_id, sharing
from pytest_selfrepair.estimate.comparison.ranked import (
    GrowthPoint,
    RankedGain,
    RankedGroup,
    RankedPair,
    RankedRates,
    RankedRun,
    RankedTask,
    RunRanking,
    RunToRank,
)
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion, progress
from pytest_selfrepair.estimate.comparison.settings import differing_among
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.intervals.bootstrap import (
    BOOTSTRAP,
    Bootstrap,
    Resampling,
)
from pytest_selfrepair.estimate.intervals.decision import Evidence, decided
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.jackknife import Statistic
from pytest_selfrepair.estimate.intervals.statistics import mean_of
from pytest_selfrepair.estimate.run.as_grown import comparable
from pytest_selfrepair.estimate.run.equal_tokens import compared
from pytest_selfrepair.estimate.run.latency import seconds_to_pass
from pytest_selfrepair.estimate.run.scored import by_difficulty, resampling, source_names, with_tree

FEWEST_RUNS = 2


def run_ranking(runs: Sequence[RunToRank], *, how: Bootstrap = BOOTSTRAP) -> RunRanking:
    """Rank some runs on the tasks that all of them scored.

    The first run's record gives a task's difficulty.

    Args:
        runs: At least two.
        how: How tasks are resampled.

    Raises:
        UsageError: There are fewer than two runs, or a run has two records of one task.
    """
    if len(runs) < FEWEST_RUNS:
        raise UsageError(f"runs to rank: found {len(runs)}; accepted: {FEWEST_RUNS} or more")
    labels = labelled(runs)
    shared = sharing([(label, run.records) for label, run in zip(labels, runs, strict=True)])
    every = {record.task_id for run in runs for record in run.records}
    tasks = len(shared[0].tasks)
    given = list(_groups(shared, how)) if tasks else []
    order = sorted(range(len(runs)), key=lambda i: _rank_key(given, i))
    ordered = [shared[i] for i in order]
    pairs = ranked_pairs(ordered, [labels[i] for i in order], how) if tasks else ()
    return RunRanking(
        runs=tuple(
            _ranked(
                runs[i],
                shared[i],
                label=labels[i],
                number=len(runs),
                pairs=pairs,
                every=every,
                how=how,
            )
            for i in order
        ),
        tasks=tasks,
        left_out=len(every) - tasks,
        groups=tuple(replace(group, rates=tuple(group.rates[i] for i in order)) for group in given),
        pairs=pairs,
        outcomes=_outcomes(ordered),
        settings=differing_among([runs[i].records for i in order]),
    )


def labelled(runs: Sequence[RunToRank]) -> tuple[str, ...]:
    """A short unique name of each run: the one given, or its models'."""
    short = [
        run.label or " and ".join(run.side.models) or run.side.name or run.side.title
        for run in runs
    ]
    found: list[str] = []
    for number, each in enumerate(short, 1):
        name = each if short.count(each) == 1 else f"{each} #{number}"
        while name in found:
            name = f"{name} #{number}"
        found.append(name)
    return tuple(found)


def _rank_key(groups: Sequence[RankedGroup], number: int) -> tuple[float, float, int]:
    """The order of runs: most solved at the common budget, then fewest tokens as grown."""
    if not groups:
        return 0.0, 0.0, number
    rates = groups[-1].rates[number]
    return -rates.at_budget.value, rates.tree_tokens.value, number


def _groups(shared: Sequence[PairedRun], how: Bootstrap) -> Iterator[RankedGroup]:
    """All runs' rates by difficulty, `ALL` last."""
    place = {task.task_id: number for number, task in enumerate(shared[0].tasks)}
    whole = [Growth.of(run) for run in shared]
    for name, group in by_difficulty(shared[0].tasks).items():
        if not group:
            continue
        within = [run.within({task.task_id for task in group}) for run in shared]
        drawn = resampling(within[0].tasks, how)
        growths = [growth.only([place[task.task_id] for task in group]) for growth in whole]
        budget = _common_budget(growths)
        yield RankedGroup(
            difficulty=name,
            tasks=len(group),
            budget=drawn.value(budget),
            rates=tuple(
                _rates(run, growth, budget, drawn)
                for run, growth in zip(within, growths, strict=True)
            ),
        )


def _rates(run: PairedRun, growth: Growth, budget: Statistic, drawn: Resampling) -> RankedRates:
    most = growth.rates.shape[1] - 1
    return RankedRates(
        pass_at_1=drawn.rate(mean_of([task.pass_at_1 for task in run.tasks])),
        at_budget=drawn.rate(_at(growth, budget)),
        pass_at_t=drawn.rate(mean_of(growth.rates[:, -1])),
        tree_tokens=drawn.estimate(mean_of(growth.tokens[:, -1])),
        growth=tuple(
            GrowthPoint(
                programs=min(number, most - 1),
                repaired=number == most and run.source is not None,
                tokens=float(growth.tokens[:, number].mean()),
                pass_rate=drawn.rate(mean_of(growth.rates[:, number])),
            )
            for number in range(most + (run.source is not None))
        ),
    )


def _common_budget(growths: Sequence[Growth]) -> Statistic:
    """The mean tokens of the run whose trees cost least; each draw has its own."""
    costs = [mean_of(growth.tokens[:, -1]) for growth in growths]

    def least(weights: Floats) -> Floats:
        found: Floats = np.minimum.reduce([cost(weights) for cost in costs])
        return found

    return least


def _at(growth: Growth, budget: Statistic) -> Statistic:
    return lambda weights: growth.at(budget(weights), weights)


def ranked_pairs(
    shared: Sequence[PairedRun], labels: Sequence[str], how: Bootstrap = BOOTSTRAP
) -> tuple[RankedPair, ...]:
    """Compare every two runs at the common budget; intervals after Holm.

    Args:
        shared: The runs on the tasks that all of them scored, at least one; the best first.
        labels: The runs' labels.
        how: How tasks are resampled.
    """
    drawn = resampling(shared[0].tasks, how)
    growths = [Growth.of(run) for run in shared]
    budget = _common_budget(growths)
    # The jackknife is linear: values of a difference are differences of values.
    values = [drawn.values(_at(growth, budget)) for growth in growths]
    solved = [np.array(run.solved(), dtype=bool) for run in shared]
    couples = list(itertools.combinations(range(len(shared)), 2))
    sure = decided([Evidence(values=(values[i] - values[j]).tolist()) for i, j in couples])
    return tuple(
        RankedPair(
            first=labels[i],
            second=labels[j],
            difference=difference,
            answer=_answer(growths[i], growths[j], difference),
            only_first=int((solved[i] & ~solved[j]).sum()),
            only_second=int((solved[j] & ~solved[i]).sum()),
        )
        for (i, j), difference in zip(couples, sure, strict=True)
    )


def _answer(first: Growth, second: Growth, difference: Estimate) -> RunConclusion:
    return RunConclusion.SAME if first.is_like(second) else progress(difference)


def _ranked(
    run: RunToRank,
    shared: PairedRun,
    *,
    label: str,
    number: int,
    pairs: Sequence[RankedPair],
    every: set[str],
    how: Bootstrap,
) -> RankedRun:
    better, worse = _beaten(label, pairs)
    records = by_id(run.records, label)
    costs = shared.costs
    drawn = resampling(shared.tasks, how) if shared.tasks else None
    seconds = [seconds_to_pass(task.grown, shared.source) for task in shared.tasks]
    known = [each for each in seconds if each is not None]
    return RankedRun(
        label=label,
        run=run.side,
        source=shared.source,
        best_rank=1 + better,
        worst_rank=number - worse,
        gains=tuple(_gains(shared, run.records, how)),
        tokens=drawn.estimate(mean_of([cost.tokens for cost in costs])) if drawn else None,
        dollars=_dollars(costs, drawn),
        seconds_to_pass=median(known) if known else None,
        timed=len(known),
        absent=tuple(sorted(every - records.keys())),
        unscored=tuple(sorted(each for each in records if records[each].grown is None)),
    )


def _beaten(label: str, pairs: Sequence[RankedPair]) -> tuple[int, int]:
    """How many runs are shown to be better than one, and how many worse."""
    said = [
        (each.first if each.answer is RunConclusion.BETTER else each.second, each)
        for each in pairs
        if each.answer in {RunConclusion.BETTER, RunConclusion.WORSE}
        and label in {each.first, each.second}
    ]
    worse = sum(winner == label for winner, _ in said)
    return len(said) - worse, worse


def _dollars(costs: Sequence[Cost], drawn: Resampling | None) -> Estimate | None:
    if drawn is None or any(cost.unpriced for cost in costs):
        return None
    return drawn.estimate(mean_of([cost.dollars for cost in costs]))


def _gains(shared: PairedRun, records: Sequence[Record], how: Bootstrap) -> Iterator[RankedGain]:
    """Each source's gain on the shared tasks; none of trees that end at their first pass."""
    if not shared.tasks or not all(task.whole for task in shared.tasks):
        return
    groups = [group for group in by_difficulty(shared.tasks).values() if group]
    for source in source_names(records):
        if not with_tree(shared.tasks, source):
            continue
        n_p = comparable(groups, source)
        found = compared(shared.tasks, source, ALL, n_p=n_p, how=how).found
        yield RankedGain(
            source=source,
            tasks=found.tasks,
            pass_rate=found.pass_rate,
            tokens=found.tokens,
            stopping=found.stopping.gain,
            paper=found.paper.gain,
            n_p=found.n_p,
        )


def _outcomes(shared: Sequence[PairedRun]) -> tuple[RankedTask, ...]:
    """Each task's result in every run, the tasks that best separate the runs first.

    A task separates runs where some solve it and others do not; the nearer these are to half each,
    the more pairs it separates.
    """
    solved = [run.solved() for run in shared]
    found = [
        RankedTask(
            task_id=task.task_id,
            difficulty=task.stratum or None,
            solved=tuple(each[number] for each in solved),
            pass_at_1=tuple(run.tasks[number].pass_at_1 for run in shared),
        )
        for number, task in enumerate(shared[0].tasks)
    ]
    return tuple(sorted(found, key=lambda each: (-each.told_apart, -each.spread, each.task_id)))

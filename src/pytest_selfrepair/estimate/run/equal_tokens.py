"""Conclude whether repair pays: trees as grown against sampling at equal tokens.

The conclusion uses sampling under repair's own stopping rule (`exact.stopping`): what a user would
do instead. The paper's comparison, with i.i.d. sampling on every task, is reported with it; part
of repair's gain there is that it spends tokens where they are needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.gain import (
    Against,
    AtEqualTokens,
    Baseline,
    DifficultyRates,
    RepairConclusion,
)
from pytest_selfrepair.estimate.intervals.bootstrap import (
    BOOTSTRAP,
    FEWEST_TASKS,
    Bootstrap,
)
from pytest_selfrepair.estimate.intervals.decision import (
    Evidence,
    alone,
    decided,
    side,
    without_interval,
)
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.power import least_gain, spread_of
from pytest_selfrepair.estimate.intervals.statistics import mean_of
from pytest_selfrepair.estimate.run.as_grown import Trees, comparable
from pytest_selfrepair.estimate.run.bounds import bounded, bounds
from pytest_selfrepair.estimate.run.outcome import solved_at_once
from pytest_selfrepair.estimate.run.sampling_baseline import Sampling
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty, resampling, with_tree
from pytest_selfrepair.estimate.run.variety import sampling_can_gain

_CONCLUSIONS = {
    1: RepairConclusion.PAYS,
    -1: RepairConclusion.DOES_NOT_PAY,
    0: RepairConclusion.CANNOT_TELL,
}


def difficulties(
    tasks: Sequence[Scored],
    sources: Sequence[str],
    *,
    missing: Mapping[str, int] = MappingProxyType({}),
    how: Bootstrap = BOOTSTRAP,
) -> tuple[DifficultyRates, ...]:
    """Rates of each difficulty with scored tasks, and `ALL` last; none where no task is scored.

    The conclusion is drawn over all tasks alone, after Holm where there are several sources. Trees
    that ended at their first pass are not compared: they have no further programs to compare with.

    Args:
        tasks: The scored tasks.
        sources: The feedback sources.
        missing: How many tasks of each difficulty, and of `ALL`, are unscored.
        how: How tasks are resampled.
    """
    groups = {name: group for name, group in by_difficulty(tasks).items() if group}
    is_whole = all(task.whole for task in tasks)
    n_p = {source: comparable(groups.values(), source) for source in sources}
    found = {
        name: [
            compared(group, source, name, n_p=n_p[source], how=how)
            for source in sources
            if with_tree(group, source) and is_whole
        ]
        for name, group in groups.items()
    }
    rates = {
        name: resampling(group, how).rate(mean_of([task.pass_at_1 for task in group]))
        for name, group in groups.items()
    }
    return tuple(
        DifficultyRates(
            difficulty=name,
            tasks=len(group),
            pass_at_1=rates[name],
            sources=tuple(
                bounded(each, missing.get(name, 0))
                for each in (
                    answered(found[name]) if name == ALL else [one.found for one in found[name]]
                )
            ),
            bounds=bounds(rates[name].value, len(group), missing.get(name, 0)),
        )
        for name, group in groups.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One source's comparison, with the evidence for a conclusion.

    Attributes:
        found: The comparison, with the interval of a single difference.
        evidence: The evidence of its gain under the same stopping rule.
        can_gain: Whether sampling without repair could solve more at all.
    """

    found: AtEqualTokens
    evidence: Evidence
    can_gain: bool


def answered(family: Sequence[Compared]) -> tuple[AtEqualTokens, ...]:
    """Draw the conclusions on all sources, as one family."""
    asked = [each for each in family if each.can_gain and each.found.tasks >= FEWEST_TASKS]
    gains = iter(decided([each.evidence for each in asked]))
    return tuple(_answered(each, next(gains) if each in asked else None) for each in family)


def _answered(each: Compared, gain: Estimate | None) -> AtEqualTokens:
    if gain is not None:
        beside = replace(each.found.stopping, gain=gain)
        return replace(each.found, answer=_CONCLUSIONS[side(gain)], stopping=beside)
    said = RepairConclusion.CANNOT_TELL if each.can_gain else RepairConclusion.CANNOT_GAIN
    return replace(each.found, answer=said)


def compared(
    tasks: Sequence[Scored],
    source: str,
    difficulty: str,
    *,
    n_p: int | None = None,
    how: Bootstrap = BOOTSTRAP,
) -> Compared:
    """Compare one source with sampling without repair; drawn without replacement, unbiased.

    As in the paper, tokens are equal in the mean over tasks.

    Args:
        tasks: Scored tasks; those with a tree of the source count, at least one.
        source: The source's name.
        difficulty: The label of these tasks: `ALL`, or their difficulty.
        n_p: Use trees of n_p programs with one repair each, in place of those as grown.
        how: How tasks are resampled.
    """
    tasks = with_tree(tasks, source)
    grown = [task.grown for task in tasks]
    drawn = resampling(tasks, how)
    trees = Trees.as_grown(grown, source) if n_p is None else Trees.of_shape(grown, source, n_p)
    solved = drawn.rate(mean_of(trees.solved))
    tokens, rate = float(trees.batch.mean()), solved.value
    samples = Samples.of(grown)
    beside = {each: Sampling.beside(trees, samples, n_p, each) for each in Baseline}
    against = {
        name: Against(
            baseline=name,
            rate=drawn.rate(mean_of(sampling.matched.sampled)),
            gain=alone(sampling.evidence),
            programs=sampling.matched.programs,
            tokens=float(sampling.matched.cost.mean()),
            short=int(sampling.short.sum()),
        )
        for name, sampling in beside.items()
    }
    if len(tasks) < FEWEST_TASKS:
        against = {
            name: replace(each, gain=without_interval(each.gain)) for name, each in against.items()
        }
    evidence = beside[Baseline.STOPPING].evidence
    found = AtEqualTokens(
        source=source,
        difficulty=difficulty,
        tasks=len(tasks),
        unsolved=sum(not solved_at_once(each) for each in grown),
        pass_rate=solved,
        tokens=tokens,
        dollars=trees.dollars,
        stopping=against[Baseline.STOPPING],
        one_by_one=against[Baseline.ONE_BY_ONE],
        paper=against[Baseline.EVERY_TASK],
        tokens_per_solved=tokens / rate if rate else None,
        dollars_per_solved=trees.dollars / rate if rate and trees.dollars is not None else None,
        detectable=_detectable(evidence) if len(tasks) >= FEWEST_TASKS else None,
        n_p=n_p,
    )
    return Compared(found=found, evidence=evidence, can_gain=sampling_can_gain(grown))


def _detectable(evidence: Evidence) -> float | None:
    """Approximately the least gain that these tasks detect with 80 % power.

    Where no task differs, the spread of a single differing task is assumed.
    """
    tasks = len(evidence.values)
    return least_gain(tasks, max(spread_of(evidence.values), 1 / tasks))

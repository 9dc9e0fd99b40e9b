"""Two feedback sources on the same failing programs of the same tasks."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.findings import Pair
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, DIFFERENCE, Bootstrap
from pytest_selfrepair.estimate.intervals.statistics import ratio_of
from pytest_selfrepair.estimate.run.repairs import Tried, passing, tried_by
from pytest_selfrepair.estimate.run.scored import Scored, by_difficulty, resampling


def pairs(
    tasks: Sequence[Scored], sources: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> tuple[Pair, ...]:
    """Every two sources that repaired some failing program both."""
    found = (pair(tasks, *two, how=how) for two in itertools.combinations(sources, 2))
    return tuple(each for each in found if each is not None)


def pairs_by_difficulty(
    tasks: Sequence[Scored], sources: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> tuple[Pair, ...]:
    """The same within each difficulty; none where the tasks are of one alone."""
    groups = {name: some for name, some in by_difficulty(tasks).items() if name != ALL}
    if len(groups) < 2:  # noqa: PLR2004 - one would say again what `pairs` says
        return ()
    return tuple(
        replace(each, difficulty=name)
        for name, some in groups.items()
        for each in pairs(some, sources, how=how)
    )


def pair(
    tasks: Sequence[Scored], first: str, second: str, *, how: Bootstrap = BOOTSTRAP
) -> Pair | None:
    """Two sources, over the failing programs that both repaired; None where there are none."""
    shared = [(task, *_shared(task, first, second)) for task in tasks]
    shared = [each for each in shared if each[1]]
    if not shared:
        return None
    ours, theirs = [each[1] for each in shared], [each[2] for each in shared]
    rates = [
        ratio_of([passing(repairs) for repairs in of], [len(repairs) for repairs in of])
        for of in (ours, theirs)
    ]
    drawn = resampling([task for task, _, _ in shared], how)
    solved = [(passing(mine) > 0, passing(other) > 0) for _, mine, other in shared]
    only_first = sum(mine and not other for mine, other in solved)
    only_second = sum(other and not mine for mine, other in solved)
    return Pair(
        first=first,
        second=second,
        tasks=len(shared),
        programs=sum(len({each.failing.node for each in repairs}) for repairs in ours),
        first_rate=drawn.value(rates[0]),
        second_rate=drawn.value(rates[1]),
        difference=drawn.estimate(
            lambda weights: rates[0](weights) - rates[1](weights), bounds=DIFFERENCE
        ),
        only_first=only_first,
        only_second=only_second,
        mcnemar=mcnemar(only_first, only_second),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided p-value of McNemar's exact test.

    If both are equally good, each of the n discordant tasks falls to either with a chance of one
    half: p = min(1, 2·sum over k ≤ the smaller count of C(n, k) / 2^n); 1 where none is discordant.
    """
    n = only_first + only_second
    fewer = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, 2 * fewer / (1 << n))


def _shared(task: Scored, first: str, second: str) -> tuple[tuple[Tried, ...], tuple[Tried, ...]]:
    """The repairs by each of two sources of the programs that both repaired."""
    ours, theirs = tried_by(task, first), tried_by(task, second)
    both = {each.failing.node for each in ours} & {each.failing.node for each in theirs}
    mine, other = (
        tuple(each for each in repairs if each.failing.node in both) for repairs in (ours, theirs)
    )
    return mine, other

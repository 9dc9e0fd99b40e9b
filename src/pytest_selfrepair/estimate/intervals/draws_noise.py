"""The noise of draws: how far a rate would move if the same tasks were sampled again.

A task has N branches, each a program with its repairs; f of them fail. The chance that k of them
all fail is estimated without bias by û = C(f, k)/C(N, k), and where 2k ≤ N so is its variance over
draws: v = û² - C(f, 2k)/C(N, 2k), since two disjoint draws of k are independent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from pytest_selfrepair.estimate.intervals.power import POWER
from pytest_selfrepair.estimate.intervals.student import quantile, upper_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """pass@k of some tasks, each with the noise of its draws.

    Attributes:
        k: The number of branches of which one has to pass.
        branches: The least number of branches of any of the tasks.
        solved: Each task's pass@k, 0 to 1, unbiased.
        noise: The variance of each by draws alone; single values may be negative, their mean hardly
            ever is.
    """

    k: int
    branches: int
    solved: tuple[float, ...]
    noise: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameTasks:
    """The fall of a rate on fixed tasks, where only draws vary.

    Attributes:
        fall: Before less after, -1 to 1.
        upper: One-sided upper bound of the true fall at 5 %.
        lower: One-sided lower bound: above 0 where a fall is shown.
        p: One-sided p-value of no fall.
        tasks: The number of tasks.
        k: The number of branches of which one has to pass.
    """

    fall: float
    upper: float
    lower: float
    p: float
    tasks: int
    k: int


def largest_k(branches: Sequence[int]) -> int:
    """The largest k for which every task's noise can be estimated; 0 if none."""
    return min(branches, default=0) // 2


def rates(counts: Sequence[tuple[int, int]], k: int) -> Rates:
    """Estimate pass@k of tasks, with the noise of draws.

    Args:
        counts: For each task its branches and how many of them fail.
        k: At most half of any task's branches, at least 1.
    """
    solved, noise = [], []
    for branches, failing in counts:
        unsolved = math.comb(failing, k) / math.comb(branches, k)
        solved.append(1 - unsolved)
        noise.append(unsolved**2 - math.comb(failing, 2 * k) / math.comb(branches, 2 * k))
    return Rates(
        k=k,
        branches=min(branches for branches, _ in counts),
        solved=tuple(solved),
        noise=tuple(noise),
    )


def share_of_draws(found: Rates) -> float | None:
    """The share of the variance of pass@k over tasks that is noise of draws, 0 to 1.

    The rest is between tasks, and only more tasks reduce it. None where all rates are equal.
    """
    n = len(found.solved)
    mean = math.fsum(found.solved) / n
    variance = math.fsum((each - mean) ** 2 for each in found.solved) / max(n - 1, 1)
    if variance <= 0:
        return None
    return min(max(math.fsum(found.noise) / n / variance, 0.0), 1.0)


def same_tasks(before: Sequence[Rates], after: Rates) -> SameTasks:
    """Estimate the fall of the run after on these tasks; equal draws show no fall.

    The standard error is √(Σ(v + v') + 2F²)/n, F = k/N: the change by a single branch of one task
    in each run, so that tasks which all agree still leave some uncertainty.

    Args:
        before: One run or several, which are averaged; the same tasks, at least 2, the same k.
        after: The run that is compared with them.
    """
    n, runs = len(after.solved), len(before)
    was = math.fsum(map(math.fsum, (each.solved for each in before))) / runs
    fall = (was - math.fsum(after.solved)) / n
    error = standard_error(before, after)
    reach = quantile(0.95, n - 1) * error
    return SameTasks(
        fall=fall,
        lower=max(fall - reach, -1.0),
        upper=min(fall + reach, 1.0),
        p=upper_tail(fall / error, n - 1),
        tasks=n,
        k=after.k,
    )


def standard_error(before: Sequence[Rates], after: Rates) -> float:
    """The standard error of the difference by draws alone; arguments as of `same_tasks`."""
    runs = len(before)
    noise = math.fsum(map(math.fsum, (each.noise for each in before))) / runs**2
    noise += math.fsum(after.noise)
    least = sum((each.k / each.branches) ** 2 for each in before) / runs**2
    least += (after.k / after.branches) ** 2
    return math.sqrt(max(noise, 0.0) + least) / len(after.solved)


def least_limit_of_draws(before: Sequence[Rates]) -> float:
    """The least limit for which a fall twice as large is shown with 80 % power.

    For a run like those before it; arguments as of `same_tasks`.
    """
    after = before[0] if len(before) == 1 else _pooled(before)
    z = NormalDist().inv_cdf(POWER)
    reach = quantile(0.95, len(after.solved) - 1)
    return (reach + z) * standard_error(before, after) / 2


def _pooled(runs: Sequence[Rates]) -> Rates:
    """A run with the average noise of these."""
    each_task = zip(*(run.noise for run in runs), strict=True)
    return Rates(
        k=runs[0].k,
        branches=min(run.branches for run in runs),
        solved=runs[0].solved,
        noise=tuple(math.fsum(noise) / len(runs) for noise in each_task),
    )

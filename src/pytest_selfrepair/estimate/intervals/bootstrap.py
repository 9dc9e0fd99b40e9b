"""Resampling tasks: how far a number would move with other tasks of the same kind.

A statistic is a function of the weights of tasks, so that every draw, the jackknife and the
estimate itself come from one and the same code. Tasks stay whole: whatever was sampled for a task
moves together, which makes comparisons paired and ratios of sums honest about clusters. Rates have
the score interval of `rate_score`, by the jackknife; costs, which have no upper end, the bootstrap.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals import jackknife
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.jackknife import BLOCK, Statistic, Strata
from pytest_selfrepair.estimate.intervals.rate_score import METHOD, rate_interval
from pytest_selfrepair.estimate.intervals.student import quantile

FEWEST_TASKS = 10
"""With fewer tasks resampling them says too little of others to be shown."""

SMALLEST_STRATUM = 5
"""Smaller strata are pooled: drawn within itself, a stratum of one or two hardly ever changes."""

_ALIKE = 1e-12
"""How far apart draws are that differ by rounding alone, beside a value of 1 or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """Tasks, ready to be drawn again and again.

    Attributes:
        strata: The positions of the tasks, in groups that are each drawn from within themselves.
        draws: How often tasks are drawn.
        level: Nominal coverage of intervals, 0 to 1.
        seed: Of the draws: the same tasks and the same seed give the same interval.
    """

    strata: Strata
    draws: int
    level: float
    seed: int

    @property
    def tasks(self) -> int:
        """How many tasks there are."""
        return sum(map(len, self.strata))

    def value(self, statistic: Statistic) -> float:
        """The statistic of the tasks as they are."""
        return float(statistic(np.ones((1, self.tasks)))[0])

    def rate(self, statistic: Statistic, *, informative: int | None = None) -> Estimate:
        """A rate, between 0 and 1, with its score interval over tasks.

        Args:
            statistic: What to estimate: a mean over tasks or a ratio of sums, for instance.
            informative: How many of the tasks bear on it; None: all.

        Returns:
            The rate; without an interval where fewer than ten tasks bear on it.
        """
        value = self.value(statistic)
        tasks = self.tasks if informative is None else informative
        if tasks < FEWEST_TASKS:
            return Estimate(value=value, level=self.level)
        low, high = rate_interval(
            value, self.standard_error(statistic), tasks, len(self.strata), self.level
        )
        return Estimate(
            value=value,
            low=low,
            high=high,
            level=self.level,
            method=f"{METHOD}{self._within()}",
        )

    def estimate(self, statistic: Statistic) -> Estimate:
        """A cost with its interval over tasks.

        BCa (Efron and Tibshirani 1993, section 14.3; several strata: Davison and Hinkley 1997,
        section 5.3), or percentile where all but few draws lie on one side of the estimate; both
        are widened where tasks are few (`_reach`).

        Returns:
            The estimate; without an interval where there are fewer than ten tasks, or where no draw
            can differ since every task says the same.
        """
        value = self.value(statistic)
        if self.tasks < FEWEST_TASKS:
            return Estimate(value=value, level=self.level)
        drawn = self._drawn(statistic)
        spread = float(drawn.max() - drawn.min())
        if spread <= _ALIKE * max(1.0, abs(value)):
            return Estimate(value=value, level=self.level)
        influence = jackknife.influence(statistic, self.strata)
        reach = self._reach(influence)
        levels = _bca_levels(value, drawn, influence, reach)
        name = "percentile" if levels is None else "BCa"
        ends = np.quantile(drawn, levels or (NormalDist().cdf(-reach), NormalDist().cdf(reach)))
        return Estimate(
            value=value,
            low=min(float(ends[0]), value),
            high=max(float(ends[1]), value),
            level=self.level,
            method=f"{name} bootstrap over tasks{self._within()}, {self.draws:,} draws",
        )

    def values(self, statistic: Statistic) -> Floats:
        """One value for each task, whose mean is the statistic: by the jackknife, drawn plainly.

        Of a mean these are the values that it is the mean of.
        """
        if len(self.strata) > 1:
            return replace(self, strata=(tuple(range(self.tasks)),)).values(statistic)
        value = self.value(statistic)
        if self.tasks == 1:
            return np.array([value])
        found: Floats = value + self.tasks * jackknife.influence(statistic, self.strata)
        return found

    def standard_error(self, statistic: Statistic) -> float:
        """The statistic's standard error over tasks, by the jackknife within strata."""
        return jackknife.standard_error(jackknife.influence(statistic, self.strata), self.strata)

    def _reach(self, influence: Floats) -> float:
        """How many standard deviations of the draws an interval reaches to either side.

        Draws vary less than tasks do, by a factor of sqrt(1 - 1/n) in a plain draw, and their
        standard deviation is itself uncertain: Student's t in place of the normal quantile, ÷ that
        factor (the expanded percentile interval of Hesterberg, arXiv 1411.5279).
        """
        spread = float(np.sqrt(np.sum(influence**2)))
        factor = jackknife.standard_error(influence, self.strata) / spread if spread else 1.0
        return factor * quantile((1 + self.level) / 2, self.tasks - len(self.strata))

    def _within(self) -> str:
        return " within difficulties" if len(self.strata) > 1 else ""

    def _drawn(self, statistic: Statistic) -> Floats:
        """The statistic of every draw in which it has a value."""
        picks = _picks(self.strata, self.draws, self.seed)
        rows = max(1, BLOCK // self.tasks)
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = np.concatenate(
                [
                    statistic(picks[first : first + rows].astype(np.float64))
                    for first in range(0, self.draws, rows)
                ]
            )
        finite: Floats = drawn[np.isfinite(drawn)]
        return finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How tasks are resampled.

    Attributes:
        draws: How often tasks are drawn.
        level: Nominal coverage of intervals, 0 to 1.
        seed: Of the draws.
    """

    draws: int = 10_000
    level: float = 0.95
    seed: int = 0

    def of(self, strata: Sequence[str]) -> Resampling:
        """Get tasks ready to be drawn within their strata.

        Args:
            strata: What stratum each task belongs to, at least one task. To draw plainly, give all
                tasks the same.
        """
        return Resampling(
            strata=_pooled(strata), draws=self.draws, level=self.level, seed=self.seed
        )


BOOTSTRAP = Bootstrap()
"""10,000 draws, intervals of 95 %."""


def _bca_levels(
    value: float, drawn: Floats, influence: Floats, reach: float
) -> tuple[float, float] | None:
    """Which quantiles of the draws are the ends; None where BCa breaks down."""
    near = 1e-9 * float(drawn.std())
    below = (np.mean(drawn < value - near) + np.mean(drawn <= value + near)) / 2
    squares = float(np.sum(influence**2))
    if not (0 < below < 1 and squares > 0):
        return None
    normal = NormalDist()
    bias = normal.inv_cdf(float(below))
    skew = float(np.sum(influence**3)) / (6 * squares**1.5)
    if abs(bias) >= reach or min(1 - skew * (bias - reach), 1 - skew * (bias + reach)) <= 0:
        return None
    low, high = (
        normal.cdf(bias + (bias + end) / (1 - skew * (bias + end))) for end in (-reach, reach)
    )
    return low, high


def _pooled(labels: Sequence[str]) -> Strata:
    """Positions by label; labels with fewer than five tasks are put together.

    If those are still too few, they join the smallest of the others.
    """
    by_label: dict[str, list[int]] = {label: [] for label in sorted(set(labels))}
    for position, label in enumerate(labels):
        by_label[label].append(position)
    large = sorted((at for at in by_label.values() if len(at) >= SMALLEST_STRATUM), key=len)
    small = [at for group in by_label.values() if len(group) < SMALLEST_STRATUM for at in group]
    if small and large and len(small) < SMALLEST_STRATUM:
        small += large.pop(0)
    groups = [*large, small] if small else large
    return tuple(sorted(tuple(sorted(group)) for group in groups))


@functools.lru_cache(maxsize=4)
def _picks(strata: Strata, draws: int, seed: int) -> NDArray[np.uint8]:
    """How often each draw takes each task, shape (draws, tasks); kept for the next statistic.

    A byte is enough: one task is hardly ever taken a dozen times.
    """
    rng = np.random.default_rng(seed)
    tasks = sum(map(len, strata))
    picks = np.empty((draws, tasks), dtype=np.uint8)
    for stratum in strata:
        size = len(stratum)
        rows = max(1, BLOCK // size)
        for first in range(0, draws, rows):
            count = min(rows, draws - first)
            taken = rng.integers(size, size=(count, size)) + size * np.arange(count)[:, None]
            block = np.bincount(taken.ravel(), minlength=count * size).reshape(count, size)
            picks[first : first + count, list(stratum)] = block
    picks.flags.writeable = False
    return picks

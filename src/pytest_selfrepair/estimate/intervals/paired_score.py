"""Tango's score interval, with Student's t, for the mean of paired differences.

Tango (1998, Statistics in Medicine 17:891) derives it for pairs of binary outcomes. Here
differences may be fractional, as those of two estimated rates are, and Student's t replaces the
normal quantile, which is too small for few tasks. docs/statistics.md has the error rates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.student import quantile, upper_tail

LEVEL = 0.95
"""The default coverage of an interval."""

ONE_SIDED = 0.05
"""The level of a one-sided test."""

METHOD = "score test of paired differences (Tango) with Student's t"
"""The interval's method in words."""

_ROUNDING = 1e-9
"""Rounding error by which a mean of differences of estimated rates may exceed 1."""

_STEPS = 60
"""Bisection steps on [-1, 1] that exhaust floating-point precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedScore:
    """A mean paired difference, with interval and p-value from one test.

    0 lies outside the interval exactly where `p` < 1 - `level`.

    Attributes:
        estimate: The mean difference, in [-1, 1].
        low: The lower end of the two-sided interval.
        high: Its upper end.
        p: The two-sided p-value of no difference.
        lost: The weight of the falls: their number, where every difference is -1, 0 or 1.
        won: The same of the rises.
        n: The number of pairs.
        level: Coverage of the interval, 0 to 1.
    """

    estimate: float
    low: float
    high: float
    p: float
    lost: float
    won: float
    n: int
    level: float

    @property
    def p_rise(self) -> float:
        """The one-sided p-value of no rise."""
        return self.p / 2 if self.estimate > 0 else 1 - self.p / 2

    @property
    def p_fall(self) -> float:
        """The one-sided p-value of no fall."""
        return self.p / 2 if self.estimate < 0 else 1 - self.p / 2

    @property
    def side(self) -> int:
        """1 where the whole interval lies above 0, -1 where it lies below, else 0."""
        if self.p >= 1 - self.level:
            return 0
        return 1 if self.estimate > 0 else -1

    @property
    def lower_bound(self) -> float:
        """The one-sided lower bound at 5 %: above 0 where `p_rise` is below 5 %."""
        return self.within(1 - 2 * ONE_SIDED)[0]

    @property
    def upper_bound(self) -> float:
        """The one-sided upper bound at 5 %: below 0 where `p_fall` is below 5 %."""
        return self.within(1 - 2 * ONE_SIDED)[1]

    @property
    def as_estimate(self) -> Estimate:
        """The mean with the interval and the p-value."""
        return Estimate(
            value=self.estimate,
            low=self.low,
            high=self.high,
            level=self.level,
            method=METHOD,
            p=self.p,
        )

    def within(self, level: float) -> tuple[float, float]:
        """The two-sided interval at another coverage, 0 to 1."""
        return _interval(self.lost, self.won, self.n, level)


def paired_score(differences: Sequence[float], level: float = LEVEL) -> PairedScore:
    """Test whether a mean paired difference is 0, and compute its interval.

    A single pair carries no information: its interval is [-1, 1], its p-value 1.

    Args:
        differences: One for each pair, after less before: in [-1, 1], or influence values of a
            difference, whose mean is the difference.
        level: Coverage of the interval, 0 to 1.

    Raises:
        UsageError: There are no pairs, or the mean is not a difference of rates.
    """
    n = len(differences)
    if not n:
        raise UsageError("paired differences: found none; accepted: one for each task, at least 1")
    total = math.fsum(differences)
    if not abs(total) <= n * (1 + _ROUNDING):
        raise UsageError(f"mean paired difference: found {total / n}; accepted: -1 to 1")
    total = min(max(total, -n), n)
    discordant = max(math.fsum(each * each for each in differences), abs(total))
    lost, won = (discordant - total) / 2, (discordant + total) / 2
    low, high = _interval(lost, won, n, level)
    return PairedScore(
        estimate=total / n,
        low=low,
        high=high,
        p=_p(total, discordant, n),
        lost=lost,
        won=won,
        n=n,
        level=level,
    )


def _p(total: float, discordant: float, n: int) -> float:
    if n == 1 or not total:
        return 1.0
    return 2 * upper_tail(abs(total) / math.sqrt(discordant), n - 1)


def _interval(lost: float, won: float, n: int, level: float) -> tuple[float, float]:
    """All differences that the score test at 1 - `level` does not reject."""
    if n == 1:
        return -1.0, 1.0
    reach = quantile((1 + level) / 2, n - 1)
    return -_upper_end(won, lost, n, reach), _upper_end(lost, won, n, reach)


def _upper_end(lost: float, won: float, n: int, reach: float) -> float:
    """The largest difference that is not rejected, by bisection."""
    inside, outside = (won - lost) / n, 1.0
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if _statistic(middle, lost, won, n) >= -reach:
            inside = middle
        else:
            outside = middle
    return outside


def _statistic(difference: float, lost: float, won: float, n: int) -> float:
    """Tango's score statistic of a true difference: how far the estimate lies above it."""
    if difference < 0:  # mirrored, so that no digits cancel
        return -_statistic(-difference, won, lost, n)
    b = (2 * n - won + lost) * difference - lost - won
    c = -lost * difference * (1 - difference)
    root = math.sqrt(b * b - 8 * n * c)
    # The share lost under this difference: the positive root, from the form that does not cancel.
    share = (root - b) / (4 * n) if b <= 0 else -2 * c / (b + root)
    variance = n * (2 * share + difference * (1 - difference))
    distance = won - lost - n * difference
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)

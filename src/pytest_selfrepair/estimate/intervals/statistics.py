"""Statistics that intervals are computed for: means, ratios of sums, and interpolation."""

import numpy as np
from numpy.typing import ArrayLike

from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.jackknife import Statistic

ONE_SD = 0.6827
"""The probability of a normal variable within one standard deviation of its mean."""


NEAR_ZERO = 1e-9
"""Values no further from 0 are rounding errors."""


def mean_of(values: ArrayLike) -> Statistic:
    """The mean over tasks of one value each."""
    facts = np.asarray(values, dtype=np.float64)
    return lambda weights: weights @ facts / weights.sum(axis=1)


def ratio_of(parts: ArrayLike, wholes: ArrayLike) -> Statistic:
    """The sum of parts over tasks ÷ the sum of wholes, such as repairs that pass of those tried."""
    above, below = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    return lambda weights: (weights @ above) / (weights @ below)


def sampling_noise(chances: ArrayLike) -> Estimate:
    """The band that the paper draws around a pass rate, exact; not an interval over tasks.

    ±1 standard deviation of the share solved when one tree is drawn for each task and the tasks
    stay as they are: the mean of independent Bernoulli variables, sd = sqrt(sum of p·(1 - p)) / T.

    Args:
        chances: Each task's probability of being solved by a tree of the shape, 0 to 1.
    """
    p = np.asarray(chances, dtype=np.float64)
    mean, sd = float(p.mean()), float(np.sqrt(np.sum(p * (1 - p)))) / len(p)
    return Estimate(
        value=mean,
        low=mean - sd,
        high=mean + sd,
        level=ONE_SD,
        method="±1 sd of one tree per task, the tasks held fixed",
    )


def interpolated(at: Floats, xs: Floats, ys: Floats) -> Floats:
    """Interpolate linearly, each row on its own curve; beyond the ends, the end value.

    Args:
        at: The positions, shape (rows,).
        xs: Ascending, shape (rows, points), at least two points.
        ys: Of the same shape.
    """
    row = np.arange(len(at))
    right = np.clip(np.sum(xs < at[:, None], axis=1), 1, xs.shape[1] - 1)
    x_left, x_right = xs[row, right - 1], xs[row, right]
    width = x_right - x_left
    share = np.divide(at - x_left, width, out=np.ones_like(at), where=width > 0)
    y_left, y_right = ys[row, right - 1], ys[row, right]
    between: Floats = y_left + np.clip(share, 0.0, 1.0) * (y_right - y_left)
    return between

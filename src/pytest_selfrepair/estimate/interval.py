"""Intervals over tasks: how far an estimate would move with other tasks of the same kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.passrate import baselines, repaired_by

FEWEST_TASKS = 10
"""With fewer tasks resampling them says too little of others to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A percentile interval.

    Attributes:
        low: Lower end.
        high: Upper end.
        level: Nominal coverage, 0 to 1.
    """

    low: float
    high: float
    level: float


def gain_interval(
    tasks: Sequence[Grown],
    source: str,
    *,
    replacement: bool,
    draws: int = 10_000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval | None:
    """Bootstrap interval, over tasks, of repair's gain on i.i.d. sampling at equal mean tokens.

    Paired: each draw takes tasks with replacement, trees and baseline together, and interpolates
    its own i.i.d. curve at its own mean tokens (percentile method, Efron and Tibshirani 1993,
    section 13.3). The samples within a task are held as they are.

    Returns:
        The interval, or None with fewer than ten tasks.
    """
    if len(tasks) < FEWEST_TASKS:
        return None
    rates, tokens = repaired_by(tasks, source, replacement=replacement)
    # A draw's mean tokens may exceed those of all tasks; twice the curve reaches nearly all draws,
    # and beyond its end interpolation stays at its last value.
    curve_tokens, curve_rates = baselines(tasks, 2 * tokens.mean(), replacement=replacement)
    picks = np.random.default_rng(seed).multinomial(
        len(tasks), np.full(len(tasks), 1 / len(tasks)), size=draws
    )
    weights = picks / len(tasks)
    at, costs, solved = weights @ tokens, weights @ curve_tokens, weights @ curve_rates
    iid = [np.interp(at[i], costs[i], solved[i]) for i in range(draws)]
    low, high = np.quantile(weights @ rates - iid, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)

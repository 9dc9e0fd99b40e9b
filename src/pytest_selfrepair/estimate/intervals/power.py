"""The difference that a number of tasks can detect, before any is sampled.

The spread is the mean of squared paired differences, Σe²/n: for solved-or-not tasks, the share that
come out differently. An earlier run's spread varies by a quarter at 60 tasks, so results derived
from it are approximate. docs/statistics.md has the power found by simulation.
"""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

from pytest_selfrepair.estimate.intervals.student import quantile

POWER = 0.8
"""The probability with which a true difference is to be shown."""

SPREADS = (0.05, 0.1, 0.2)
"""Spreads to report for where none is known."""

_TWO_SIDED = 0.975
_ONE_SIDED = 0.95
_STEPS = 60
_NORMAL = NormalDist()


def spread_of(differences: Sequence[float]) -> float:
    """The spread of paired differences, at least one: the mean of their squares."""
    return math.fsum(each * each for each in differences) / len(differences)


def power(gain: float, tasks: int, spread: float) -> float:
    """The power of the two-sided test at 5 % for a gain: Φ((g√(n/φ) - t) / √(1 - g²/φ)).

    Differences lie in [-1, 1], so no gain exceeds its spread: a smaller spread is raised to the
    gain.

    Args:
        gain: The true mean difference, 0 to 1.
        tasks: The number of tasks, at least 2.
        spread: Mean of squared differences, 0 to 1.
    """
    phi = max(spread, gain)
    if phi <= 0:
        return 0.0
    reach = quantile(_TWO_SIDED, tasks - 1)
    distance = gain * math.sqrt(tasks / phi) - reach
    deviation = math.sqrt(max(1 - gain * gain / phi, 0.0))
    return _NORMAL.cdf(distance / deviation) if deviation else float(distance > 0)


def least_gain(tasks: int, spread: float) -> float | None:
    """The least gain that is shown with 80 % power; None where even a gain of 1 is not.

    Args:
        tasks: The number of tasks.
        spread: Mean of squared differences, 0 to 1.
    """
    if tasks < 2:  # noqa: PLR2004 - one task has no variance
        return None
    return _least(lambda gain: power(gain, tasks, spread) >= POWER)


def least_limit(tasks: int, spread: float) -> float | None:
    """The least regression limit for which a fall twice as large is shown with 80 % power.

    The M of 2M = t₀.₉₅·√((φ + 2M)/n) + z₀.₈·√((φ + 2M - 4M²)/n), where φ is the spread of two runs
    of equal quality. None where there is none up to 0.5.

    Args:
        tasks: The number of tasks that both runs score.
        spread: That spread, 0 to 1.
    """
    if tasks < 2:  # noqa: PLR2004 - as above
        return None
    reach, z = quantile(_ONE_SIDED, tasks - 1), _NORMAL.inv_cdf(POWER)

    def holds(limit: float) -> bool:
        fall = 2 * limit
        most = min(spread + fall, 1.0)
        needed = reach * math.sqrt(most / tasks)
        return fall >= needed + z * math.sqrt(max(most - fall * fall, 0.0) / tasks)

    found = _least(lambda half: holds(half / 2))
    return None if found is None else found / 2


def least_margin(tasks: int, spread: float) -> float | None:
    """The least non-inferiority margin that 80 % of unchanged runs are shown to be within.

    The M of M = t₀.₉₅·√((φ + M)/n) + z₀.₈·√(φ/n); None where there is none up to 1.

    Args:
        tasks: The number of tasks that both runs score.
        spread: As of `least_limit`.
    """
    if tasks < 2:  # noqa: PLR2004 - as above
        return None
    reach, z = quantile(_ONE_SIDED, tasks - 1), _NORMAL.inv_cdf(POWER)
    noise = z * math.sqrt(spread / tasks)
    return _least(lambda margin: margin >= reach * math.sqrt((spread + margin) / tasks) + noise)


def _least(enough: Callable[[float], bool]) -> float | None:
    """The least sufficient value in (0, 1], where all above it suffice; None: not even 1 does."""
    if not enough(1.0):
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high

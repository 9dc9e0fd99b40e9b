"""The interval of a rate over tasks: a score interval with Student's t.

Wilson's score interval (1927, JASA 22:209) assumes independent outcomes; a rate over tasks averages
shares, or several programs of a task. So the standard error e is taken from the tasks at hand, by
the jackknife, which makes the rate m equivalent to m(1 - m)/e² outcomes. A few tasks understate e
where they agree: each difficulty counts as if it held a tenth of a further task, half of it solved.
And as outcomes are whole, the end near 0 or 1 starts half an outcome beyond m (a continuity
correction); the far end does not need it. docs/statistics.md has the coverage, which
`benchmarks/calibration.py` measures.
"""

import math

from pytest_selfrepair.estimate.intervals.student import quantile

METHOD = "score interval over tasks (Wilson) with Student's t"
"""The interval's method in words."""

_FURTHER = 0.1
"""Pseudo-tasks added to each difficulty."""

_ALIKE = 1e-12
"""Standard errors below this are rounding errors."""


def rate_interval(
    value: float, error: float, tasks: int, strata: int, level: float
) -> tuple[float, float]:
    """Compute the score interval of a rate.

    Where all tasks of each difficulty have the same value, it also covers what the score test of
    paired differences does not reject: t²/(n + t²) of all tasks may differ, each by as much as
    possible.

    Args:
        value: The rate, 0 to 1.
        error: Its standard error over tasks.
        tasks: The number of tasks that bear on it, more than there are difficulties.
        strata: The number of difficulties within which the standard error was taken.
        level: Coverage of the interval, 0 to 1.
    """
    further = _FURTHER * strata
    whole = tasks + further
    middle = (tasks * value + further / 2) / whole
    # A further task lies no further than 1 from the others of its difficulty.
    squares = tasks * (tasks - 1) * error**2 + tasks * (value - middle) ** 2 + further / 2
    outcomes = middle * (1 - middle) * (whole - 1) * whole / squares
    reach = quantile((1 + level) / 2, tasks - strata)
    low = _end(middle - (1 - middle) / (2 * outcomes), outcomes, -reach)
    high = _end(middle + middle / (2 * outcomes), outcomes, reach)
    if error <= _ALIKE:
        others = reach**2 / (tasks + reach**2)
        low = min(low, value - others * (value if strata == 1 else 1.0))
        high = max(high, value + others * (1 - value if strata == 1 else 1.0))
    return max(0.0, min(low, value)), min(1.0, max(high, value))


def _end(rate: float, outcomes: float, reach: float) -> float:
    """The p with (rate - p) = -reach·√(p(1 - p)/outcomes): an end of Wilson's interval."""
    rate, square = min(max(rate, 0.0), 1.0), reach**2 / outcomes
    half = math.sqrt(square * rate * (1 - rate) + square**2 / 4)
    return (rate + square / 2 + math.copysign(half, reach)) / (1 + square)

"""The interval of a rate over tasks: a score interval with Student's t.

Wilson's score interval (1927, JASA 22:209) is that of independent outcomes, which a rate over tasks
is not made of: a task adds a share of its own, or several programs. So the standard error e is that
of the tasks at hand, by the jackknife, which makes the rate m worth m(1 - m)/e² outcomes. Few tasks
that differ show too little of e: each difficulty counts as if it held a tenth of a further task,
half of it solved and half not. And as outcomes are whole, the end that is near 0 or 1 starts half
an outcome beyond m (a correction for continuity); the far one does not need it. docs/statistics.md
has how often the interval holds the truth, and `benchmarks/calibration.py` measures that.
"""

import math

from pytest_selfrepair.estimate.intervals.student import quantile

METHOD = "score interval over tasks (Wilson) with Student's t"
"""What makes the interval, in words."""

_FURTHER = 0.1
"""Tasks that each difficulty counts beside those that it holds."""

_ALIKE = 1e-12
"""A standard error that is one of rounding alone."""


def rate_interval(
    value: float, error: float, tasks: int, strata: int, level: float
) -> tuple[float, float]:
    """Between what a rate lies.

    Where all tasks of each difficulty say the same, it also holds what the score test of paired
    differences does not reject: t²/(n + t²) of all tasks may say otherwise, each as far off as can
    be.

    Args:
        value: The rate, 0 to 1.
        error: Its standard error over tasks.
        tasks: Tasks that bear on it, more than there are difficulties.
        strata: Difficulties within which the standard error was taken.
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

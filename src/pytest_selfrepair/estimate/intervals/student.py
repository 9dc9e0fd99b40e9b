"""Student's t: upper tail and quantiles, to floating-point accuracy."""

import functools
import math

_TINY = 1e-300
_EPSILON = 1e-16
_MOST_TERMS = 10_000


def upper_tail(t: float, freedom: int) -> float:
    """P(T > t) for Student's t.

    Args:
        t: Where the tail begins.
        freedom: Degrees of freedom, at least 1.
    """
    if math.isinf(t):
        return 0.0 if t > 0 else 1.0
    tail = _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return tail if t >= 0 else 1 - tail


@functools.cache
def quantile(share: float, freedom: int) -> float:
    """The t exceeded with probability 1 - `share`, by bisection.

    Args:
        share: Between 0 and 1, both excluded.
        freedom: Degrees of freedom, at least 1.
    """
    if share < 0.5:  # noqa: PLR2004 - the median
        return -quantile(1 - share, freedom)
    low, high = 0.0, 1.0
    while upper_tail(high, freedom) > 1 - share:
        low, high = high, 2 * high
    while (middle := (low + high) / 2) not in {low, high}:
        if upper_tail(middle, freedom) > 1 - share:
            low = middle
        else:
            high = middle
    return high


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b).

    Computed by the continued fraction of DLMF 8.17.22 with the modified Lentz algorithm.
    """
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):  # the fraction converges slowly there
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    fraction, upper, lower = 1.0, 1.0, 0.0
    for term in range(_MOST_TERMS):
        m = term // 2
        if term == 0:
            numerator = 1.0
        elif term % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        lower = 1 / _away_from_zero(1 + numerator * lower)
        upper = _away_from_zero(1 + numerator / upper)
        fraction *= upper * lower
        if abs(upper * lower - 1) < _EPSILON * 10:
            break
    return front * (fraction - 1) / a


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

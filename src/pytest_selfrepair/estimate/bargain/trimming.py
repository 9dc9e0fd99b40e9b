"""Bound the price effect by trimming (Lee 2009, Review of Economic Studies 76:1071).

The games that end in a deal with advice are not those that do without it. If advice only prevents
deals, or only adds them, the effect on games that are deals either way lies between the two
differences of means obtained by trimming the larger group at either end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimmed:
    """Bounds on the effect on surplus shares given a deal.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        trimmed: The share of the larger group's deals that was trimmed at either end.
    """

    low: float
    high: float
    trimmed: float


def trimmed(after: Sequence[float], before: Sequence[float], *, games: int) -> Trimmed | None:
    """Bound the effect on games that end in a deal either way.

    Args:
        after: Surplus shares of the deals with the arm.
        before: The same without it.
        games: Pairs of games.

    Returns:
        The bounds; None where either side has no deals.
    """
    if not after or not before or not games:
        return None
    kept = min(len(after), len(before))
    if len(after) > len(before):
        low, high = _ends(after, kept)
        return Trimmed(
            low=low - fmean(before), high=high - fmean(before), trimmed=1 - kept / len(after)
        )
    low, high = _ends(before, kept)
    return Trimmed(low=fmean(after) - high, high=fmean(after) - low, trimmed=1 - kept / len(before))


def _ends(values: Sequence[float], kept: int) -> tuple[float, float]:
    """The means of the lowest and of the highest values."""
    ordered = sorted(values)
    return math.fsum(ordered[:kept]) / kept, math.fsum(ordered[-kept:]) / kept

"""Format numbers for pages: a true minus, a dash for missing values, units, few digits.

`numbers` formats them for plain text.
"""

from collections.abc import Callable

from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.report import numbers

NOTHING = "\N{EN DASH}"
"""Stands for a missing number."""

_DOLLAR = 1.0
_CENT = 0.01


def percent(share: float | None) -> str:
    """``0.4132`` as ``41.3%``."""
    return NOTHING if share is None else _true_minus(numbers.percent(share))


def points(difference: float | None) -> str:
    """``0.0532``, a difference of shares, as ``+5.3`` percentage points."""
    return NOTHING if difference is None else _true_minus(numbers.points(difference))


def count(number: float | None) -> str:
    """``1240.4`` as ``1,240``; below ten with one decimal, unless it is an integer."""
    if number is None:
        return NOTHING
    whole = float(number).is_integer()
    return _true_minus(f"{number:,.0f}" if whole or abs(number) >= 10 else f"{number:,.1f}")  # noqa: PLR2004 - as the docstring says


def dollars(amount: float | None) -> str:
    """``0.00421`` as ``$0.0042``: cents above a dollar, two significant digits below a cent."""
    if amount is None:
        return NOTHING
    if amount >= _DOLLAR or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= _CENT else f"${amount:.2g}"


def ratio(number: float | None) -> str:
    """``1.0412`` as ``1.04``, as in the paper's heat map."""
    return NOTHING if number is None else f"{number:.2f}"


def p_value(number: float) -> str:
    """``0.0312`` as ``0.031``."""
    return f"{number:.3f}" if number >= 0.001 else "< 0.001"  # noqa: PLR2004 - three decimals


def interval(estimate: Estimate) -> str:
    """A share's interval: ``[33.1%, 49.0%]``; empty where there is none."""
    return _ends(estimate, percent)


def points_interval(estimate: Estimate) -> str:
    """A difference's interval: ``[+1.2, +9.6]``; empty where there is none."""
    return _ends(estimate, points)


def interval_name(estimate: Estimate) -> str:
    """An interval's method: ``95% score interval over tasks``; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{100 * estimate.level:g}% {estimate.method or 'interval over tasks'}"


def words(name: str) -> str:
    """An enumeration's value as words: ``wrong answer`` for ``wrong_answer``."""
    return name.replace("_", " ")


def capitalize_first(text: str) -> str:
    """Capitalize the first letter and keep the rest."""
    return text[:1].upper() + text[1:]


def _ends(estimate: Estimate, say: Callable[[float | None], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"[{say(estimate.low)}, {say(estimate.high)}]"


def _true_minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")

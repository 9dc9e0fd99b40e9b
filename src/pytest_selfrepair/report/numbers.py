"""Format numbers for plain text: terminals, Markdown and sentences.

`typeset` formats them for pages.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.intervals.estimate import Estimate

_LONG = 1e12
_CENT = 0.01
_SIGNIFICANT = 0.05


def percent(share: float) -> str:
    """A share, 0 to 1, as a percentage."""
    return f"{100 * share:.1f}%"


def points(difference: float) -> str:
    """A difference of shares in signed percentage points."""
    return f"{round(100 * difference, 1) + 0.0:+.1f}"


def number(value: float) -> str:
    """A count or a mean of counts, rounded to an integer."""
    return f"{value:,.0f}" if abs(value) < _LONG else f"{value:.3g}"


def dollars(value: float) -> str:
    """US dollars with four decimals, or more where those would all be zero."""
    if value >= _LONG:
        return f"{value:.3g}"
    return f"{value:,.4f}" if value >= _CENT or not value else f"{value:.2g}"


def between(estimate: "Estimate", say: Callable[[float], str]) -> str | None:
    """The interval in words; None where there is none."""
    if estimate.low is None or estimate.high is None:
        return None
    return f"{say(estimate.low)} to {say(estimate.high)}"


def bracketed(estimate: "Estimate | None", say: Callable[[float], str]) -> str:
    """A number with its interval, for tables."""
    if estimate is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return say(estimate.value)
    low, high = (say(end).removesuffix("%") for end in (estimate.low, estimate.high))
    return f"{say(estimate.value)} [{low}, {high}]"


def number_of_programs(samples: float) -> str:
    """How many programs the tokens buy in i.i.d. sampling: ``3.1 programs``."""
    return f"{samples:,.1f} programs" if abs(samples) < _LONG else f"{samples:.3g} programs"


def p_value(p: float) -> str:
    """A p-value with two digits, or more where rounding would cross 5 %."""
    text = f"{p:.2g}"
    return text if (float(text) < _SIGNIFICANT) == (p < _SIGNIFICANT) else f"{p:.4g}"


def plural(number: int, noun: str) -> str:
    """``1 task``, ``1,200 tasks``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"

"""How the numbers of a task are compared: which of them are reals, and how far one may be off."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pytest_selfrepair.core.same import Same
from pytest_selfrepair.core.task import JsonValue, Task, TaskKind

TOLERANCE = 1e-6
"""How far a real number may be off, relative to what is expected or absolutely, at least."""

_LARGEST_TOLERANCE = 1e-2
_TASKS_KEPT = 32

_REAL = re.compile(r"[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

_MINUS = r"[-\u2010-\u2014\u2212\u207b]"  # as typesetting makes of it
_SMALL = (
    rf"(?:(?<![\d.])10\s*(?:\^|\*\*|<sup>)?\s*[({{]*\s*{_MINUS}\s*[({{]*\s*"
    r"(?P<power>\d{1,2}|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,2})"
    rf"|(?<![\d.])1(?:\.0*)?[eE]{_MINUS}(?P<exponent>\d{{1,2}})"
    r"|(?<![\d.])0?\.(?P<zeros>0+)1(?!\d))"
)
_WORD = r"(?:errors?|precision|accuracy|tolerances?)"
_WITHIN_A_SENTENCE = r"(?:[^.;\n]|\.(?=\d)|\n(?!\s*\n)){0,120}?"
_TOLERANCES = (
    re.compile(rf"\b{_WORD}\b{_WITHIN_A_SENTENCE}{_SMALL}", re.IGNORECASE),
    re.compile(rf"{_SMALL}{_WITHIN_A_SENTENCE}\b{_WORD}\b", re.IGNORECASE),
)
_ERROR = re.compile(r"\b(?:absolute|relative)\b[^.]{0,30}\berror\b", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How the numbers of one task are compared.

    Attributes:
        real: Whether the answers of the task are real numbers, also those that are expected
            without a decimal point.
        tolerance: How far a real number may be off, relative to what is expected or absolutely.
    """

    real: bool = False
    tolerance: float = TOLERANCE

    def is_real(self, token: str) -> bool:
        """Whether a token that is expected is a number with a tolerance."""
        found = _REAL.fullmatch(token) or (self.real and _NUMBER.fullmatch(token))
        return bool(found)

    def is_close_token(self, expected: str, actual: str) -> bool:
        """Whether a real number is expected, and one near it was printed.

        Two different integers are never near each other: where both are written without a point,
        every digit counts.
        """
        if not self.is_real(expected) or not _NUMBER.fullmatch(actual):
            return False
        if not _REAL.fullmatch(expected) and not _REAL.fullmatch(actual):
            return Decimal(expected) == Decimal(actual)
        return is_close(float(expected), float(actual), self.tolerance)


def is_close(expected: float, actual: float, tolerance: float) -> bool:
    """Whether ``actual`` is near enough; infinities are only near as equal values are."""
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return False
    return abs(expected - actual) <= tolerance * max(1.0, abs(expected))


def numbers_of(task: Task) -> Numbers:
    """How the numbers of a task are compared.

    They are reals where any expected value of the task is written as a real number, with a decimal
    point or an exponent, or where its statement names a tolerance. One that is larger than 1e-6 is
    granted, up to 0.01; a smaller one is not demanded, for what is expected may have few digits.
    """
    return _numbers_of(Same(task))


@lru_cache(_TASKS_KEPT)
def _numbers_of(same: Same[Task]) -> Numbers:
    task = same.value
    named = tolerance_named(task.statement)
    if named is not None:
        return Numbers(real=True, tolerance=max(named, TOLERANCE))
    if _ERROR.search(task.statement):
        return Numbers(real=True)
    stdin = task.kind is TaskKind.STDIN
    return Numbers(real=any(_has_real(case.expected, tokens=stdin) for case in task.cases))


def tolerance_named(statement: str) -> float | None:
    """The largest error that a statement says is forgiven; None where it names none."""
    found = (_value(match) for pattern in _TOLERANCES for match in pattern.finditer(statement))
    return max((value for value in found if value <= _LARGEST_TOLERANCE), default=None)


def _value(match: re.Match[str]) -> float:
    if zeros := match["zeros"]:
        return float(f"0.{zeros}1")
    power = match["power"] or match["exponent"]
    return float(f"1e-{int(power.translate(_SUPERSCRIPTS))}")


def _has_real(value: JsonValue, *, tokens: bool) -> bool:
    """Whether a value is, or has in it, a real number; a text only where it is standard output."""
    left = [value]  # no recursion: it may be nested deeper than Python's stack
    while left:
        match left.pop():
            case float(number):
                if math.isfinite(number):
                    return True
            case str(text):
                if tokens and any(map(_REAL.fullmatch, text.split())):
                    return True
            case list(values):
                left += values
            case dict(fields):
                left += fields.values()
    return False

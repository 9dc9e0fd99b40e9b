"""Real numbers in answers: which numbers of a task are real, and with what tolerance."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pytest_selfrepair.core.same import Same
from pytest_selfrepair.core.task import JsonValue, Task, TaskKind

TOLERANCE = 1e-6
"""The least tolerance of a real number, relative to the expected one or absolute."""

_LARGEST_TOLERANCE = 1e-2
_TASKS_KEPT = 32

_REAL = re.compile(r"[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

_MINUS = r"[-\u2010-\u2014\u2212\u207b]"  # minus signs of typeset statements
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
        real: Whether all numbers in the task's answers are real, even where the expected one has no
            decimal point.
        tolerance: The largest accepted error of a real number, relative to the expected one or
            absolute.
    """

    real: bool = False
    tolerance: float = TOLERANCE

    def is_real(self, token: str) -> bool:
        """Whether an expected token is a number with a tolerance."""
        found = _REAL.fullmatch(token) or (self.real and _NUMBER.fullmatch(token))
        return bool(found)

    def is_close_token(self, expected: str, actual: str) -> bool:
        """Whether a printed token is near the real number expected.

        Two integers, both written without a point, must be equal: every digit counts.
        """
        if not self.is_real(expected) or not _NUMBER.fullmatch(actual):
            return False
        if not _REAL.fullmatch(expected) and not _REAL.fullmatch(actual):
            return Decimal(expected) == Decimal(actual)
        return is_close(float(expected), float(actual), self.tolerance)


def is_close(expected: float, actual: float, tolerance: float) -> bool:
    """Whether ``actual`` is within the tolerance; infinities and NaN never are."""
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return False
    return abs(expected - actual) <= tolerance * max(1.0, abs(expected))


def numbers_of(task: Task) -> Numbers:
    """Decide which numbers of a task are real, and their tolerance.

    Numbers are real if any expected value of the task has a decimal point or an exponent, or if the
    statement names a tolerance. A tolerance above 1e-6, up to 0.01, applies as named. A smaller one
    is raised to 1e-6, as expected values may have few digits.
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
    """The largest tolerance that a statement names, up to 0.01; None if it names none."""
    found = (_value(match) for pattern in _TOLERANCES for match in pattern.finditer(statement))
    return max((value for value in found if value <= _LARGEST_TOLERANCE), default=None)


def _value(match: re.Match[str]) -> float:
    if zeros := match["zeros"]:
        return float(f"0.{zeros}1")
    power = match["power"] or match["exponent"]
    return float(f"1e-{int(power.translate(_SUPERSCRIPTS))}")


def _has_real(value: JsonValue, *, tokens: bool) -> bool:
    """Whether a value is or contains a real number; texts count only as standard output."""
    left = [value]  # without recursion: it may be nested deeper than Python's stack
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

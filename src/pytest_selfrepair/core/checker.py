"""Expected and actual output compared: accepted or not, and by which rule."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeGuard

from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import JsonValue, TaskKind

TOLERANCE = 1e-6
"""How far a float may be off, relative to what is expected or absolutely."""

_SHOWN = 60  # characters of a token or value in a reason
_FLOAT = re.compile(r"[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][+-]))(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


class Rule(StrEnum):
    """By what an answer was accepted, from the strongest to the weakest."""

    EXACT = "exact"
    WHITESPACE = "whitespace"
    FLOAT = "float"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a checker says of one answer.

    Attributes:
        accepted: Whether the answer is right.
        rule: What accepted it; None for a wrong answer.
        reason: The first difference, in words; None for a right answer.
    """

    accepted: bool
    rule: Rule | None = None
    reason: str | None = None


class Checker(Protocol):
    """Compares one answer with what is expected; pure, and never raises on any answer."""

    def __call__(self, kind: TaskKind, expected: JsonValue, actual: JsonValue) -> Acceptance:
        """Say whether ``actual`` is right.

        Args:
            kind: Standard input: both are texts. Call-based: both are JSON values.
            expected: What the task expects.
            actual: What the program printed or returned.
        """
        ...


def tolerant(kind: TaskKind, expected: JsonValue, actual: JsonValue) -> Acceptance:
    """Accept what a careful judge would, and nothing else.

    Standard input: token by token, in order, case kept. Blank lines, and the amount of white space
    within and around a line, are forgiven; which tokens share a line is not. Integers and words are
    compared as text, so that integers are exact at any size. A token that is expected with a
    decimal point or a signed exponent is a float: the answer may be off by 1e-6, relative to it or
    absolutely.

    Call-based: lists in order, objects by their keys (integer keys count as their text), texts
    exactly; None, booleans and integers are kept apart. Where a float is expected the answer may be
    a number off by 1e-6, relatively or absolutely. Where an integer is expected a float must equal
    it exactly. NaN equals nothing.
    """
    if kind is TaskKind.CALL_BASED:
        return _compare_values(expected, actual, TOLERANCE)
    return _compare_tokens(_text(expected), _text(actual))


def strict(kind: TaskKind, expected: JsonValue, actual: JsonValue) -> Acceptance:
    """Accept exact answers.

    Standard input: line by line; only white space at the end of a line, and blank lines at the end
    of the output, are forgiven.

    Call-based: as `tolerant`, without tolerance for floats; an integer and a float of the same
    value are equal.
    """
    if kind is TaskKind.CALL_BASED:
        return _compare_values(expected, actual, 0.0)
    wanted, found = _text(expected), _text(actual)
    if wanted.rstrip("\n") == found.rstrip("\n"):
        return Acceptance(accepted=True, rule=Rule.EXACT)
    wanted_lines = [line.rstrip() for line in wanted.rstrip().split("\n")]
    found_lines = [line.rstrip() for line in found.rstrip().split("\n")]
    for number, (want, have) in enumerate(zip(wanted_lines, found_lines, strict=False), start=1):
        if want != have:
            return _wrong(f"line {number}", _brief(want), _brief(have))
    if len(wanted_lines) != len(found_lines):
        return _wrong("lines", str(len(wanted_lines)), str(len(found_lines)))
    return Acceptance(accepted=True, rule=Rule.WHITESPACE)


CHECKERS: Mapping[str, Checker] = MappingProxyType({"tolerant": tolerant, "strict": strict})
"""The checkers by the name that an option gives them."""


def weakest(rules: Iterable[Rule | None]) -> Rule | None:
    """The weakest of the rules by which the cases of a program were accepted; None for none."""
    order = list(Rule)
    return max((rule for rule in rules if rule is not None), key=order.index, default=None)


def _text(value: JsonValue) -> str:
    if isinstance(value, list):
        value = "\n".join(_text(line) for line in value)
    return value.replace("\r\n", "\n") if isinstance(value, str) else render(value)


def _brief(text: str) -> str:
    return repr(shorten(text, _SHOWN))


def _wrong(where: str, expected: str, found: str) -> Acceptance:
    return Acceptance(accepted=False, reason=f"{where}: expected {expected}, found {found}")


def _compare_tokens(expected: str, actual: str) -> Acceptance:
    if expected.rstrip("\n") == actual.rstrip("\n"):
        return Acceptance(accepted=True, rule=Rule.EXACT)
    wanted_lines = [tokens for line in expected.split("\n") if (tokens := line.split())]
    found_lines = [tokens for line in actual.split("\n") if (tokens := line.split())]
    rule = Rule.WHITESPACE
    for number, (wanted, found) in enumerate(zip(wanted_lines, found_lines, strict=False), start=1):
        for want, have in zip(wanted, found, strict=False):
            if want == have:
                continue
            if not _is_close_token(want, have):
                return _wrong(f"line {number}", _brief(want), _brief(have))
            rule = Rule.FLOAT
        if len(wanted) != len(found):
            return _wrong(f"line {number}", f"{len(wanted)} tokens", str(len(found)))
    if len(wanted_lines) != len(found_lines):
        return _wrong("lines that are not blank", str(len(wanted_lines)), str(len(found_lines)))
    return Acceptance(accepted=True, rule=rule)


def _is_close_token(expected: str, actual: str) -> bool:
    if not _FLOAT.fullmatch(expected) or not _NUMBER.fullmatch(actual):
        return False
    return _is_close(float(expected), float(actual), TOLERANCE)


def _is_close(expected: float, actual: float, tolerance: float) -> bool:
    """Whether ``actual`` is near enough; infinities are only near as equal values are."""
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return False
    return abs(expected - actual) <= tolerance * max(1.0, abs(expected))


def _compare_values(expected: JsonValue, actual: JsonValue, tolerance: float) -> Acceptance:
    try:
        rule = _rule_of(expected, actual, tolerance)
    except RecursionError:
        return Acceptance(accepted=False, reason="the result is nested too deep to compare")
    if rule is None:
        return _wrong("result", render(expected, _SHOWN), render(actual, _SHOWN))
    return Acceptance(accepted=True, rule=rule)


def _rule_of(expected: JsonValue, actual: JsonValue, tolerance: float) -> Rule | None:
    """The weakest rule that makes the two equal; None where they differ."""
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            return None
        return _rule_of_all(zip(expected, actual, strict=True), tolerance)
    if isinstance(expected, dict) and isinstance(actual, dict):
        wanted = {str(key): value for key, value in expected.items()}
        found = {str(key): value for key, value in actual.items()}
        if wanted.keys() != found.keys():
            return None
        return _rule_of_all(((wanted[key], found[key]) for key in wanted), tolerance)
    if _is_number(expected) and _is_number(actual):
        return _rule_of_numbers(expected, actual, tolerance)
    same = type(expected) is type(actual) and expected == actual
    return Rule.EXACT if same else None


def _rule_of_all(pairs: Iterable[tuple[JsonValue, JsonValue]], tolerance: float) -> Rule | None:
    weak = Rule.EXACT
    for expected, actual in pairs:
        rule = _rule_of(expected, actual, tolerance)
        if rule is None:
            return None
        if rule is not Rule.EXACT:
            weak = rule
    return weak


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rule_of_numbers(expected: float, actual: float, tolerance: float) -> Rule | None:
    if expected == actual:
        return Rule.EXACT if type(expected) is type(actual) else Rule.FLOAT
    if type(expected) is int:
        return None
    try:
        return Rule.FLOAT if _is_close(expected, float(actual), tolerance) else None
    except OverflowError:  # an integer beyond every float
        return None

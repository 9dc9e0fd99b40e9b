"""Compare results of functions: JSON values, in order, real numbers within a tolerance."""

from collections.abc import Iterable
from typing import TypeGuard

from pytest_selfrepair.core.checkers.common import SHOWN, Acceptance, AcceptanceRule, wrong
from pytest_selfrepair.core.checkers.real_numbers import Numbers, is_close
from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue

EXACTLY = Numbers(tolerance=0.0)
"""Compares numbers without tolerance."""

_SCALARS = {bool, float, int, str, type(None)}
_EXACT = Acceptance(accepted=True, rule=AcceptanceRule.EXACT)


def compare_values(expected: JsonValue, actual: JsonValue, numbers: Numbers) -> Acceptance:
    """Decide whether two results are equal, real numbers within their tolerance."""
    try:
        rule = rule_of(expected, actual, numbers)
    except RecursionError:
        return Acceptance(accepted=False, reason="the result is nested too deep to compare")
    if rule is None:
        return wrong("result", render(expected, SHOWN), render(actual, SHOWN))
    return _EXACT if rule is AcceptanceRule.EXACT else Acceptance(accepted=True, rule=rule)


def rule_of(expected: JsonValue, actual: JsonValue, numbers: Numbers) -> AcceptanceRule | None:
    """The weakest rule needed to accept the result; None where they differ."""
    if type(expected) in _SCALARS and type(actual) is type(expected) and actual == expected:
        return AcceptanceRule.EXACT  # the most frequent case
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        same_length = len(expected) == len(actual)
        return _rule_of_all(zip(expected, actual, strict=True), numbers) if same_length else None
    if isinstance(expected, dict) and isinstance(actual, dict):
        wanted = {str(key): value for key, value in expected.items()}
        found = {str(key): value for key, value in actual.items()}
        if wanted.keys() != found.keys():
            return None
        return _rule_of_all(((wanted[key], found[key]) for key in wanted), numbers)
    if not (_is_number(expected) and _is_number(actual)):
        return None
    return _rule_of_numbers(expected, actual, numbers)


def _rule_of_all(
    pairs: Iterable[tuple[JsonValue, JsonValue]], numbers: Numbers
) -> AcceptanceRule | None:
    weak = AcceptanceRule.EXACT
    for expected, actual in pairs:
        rule = rule_of(expected, actual, numbers)
        if rule is None:
            return None
        if rule is not AcceptanceRule.EXACT:
            weak = rule
    return weak


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rule_of_numbers(expected: float, actual: float, numbers: Numbers) -> AcceptanceRule | None:
    if expected == actual:
        return AcceptanceRule.EXACT if type(expected) is type(actual) else AcceptanceRule.FLOAT
    if type(expected) is int and (type(actual) is int or not numbers.real):
        return None
    try:
        near = is_close(float(expected), float(actual), numbers.tolerance)
    except OverflowError:  # an integer beyond the range of floats
        return None
    return AcceptanceRule.FLOAT if near else None

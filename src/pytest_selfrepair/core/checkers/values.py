"""Results of functions compared: JSON values, in order, floats within a tolerance."""

from collections.abc import Iterable
from typing import TypeGuard

from pytest_selfrepair.core.checkers.common import SHOWN, Acceptance, Rule, is_close, wrong
from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue


def compare_values(expected: JsonValue, actual: JsonValue, tolerance: float) -> Acceptance:
    """Say whether two results are the same, floats within `tolerance`, relative or absolute."""
    try:
        rule = rule_of(expected, actual, tolerance)
    except RecursionError:
        return Acceptance(accepted=False, reason="the result is nested too deep to compare")
    if rule is None:
        return wrong("result", render(expected, SHOWN), render(actual, SHOWN))
    return Acceptance(accepted=True, rule=rule)


def rule_of(expected: JsonValue, actual: JsonValue, tolerance: float) -> Rule | None:
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
        rule = rule_of(expected, actual, tolerance)
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
        return Rule.FLOAT if is_close(expected, float(actual), tolerance) else None
    except OverflowError:  # an integer beyond every float
        return None

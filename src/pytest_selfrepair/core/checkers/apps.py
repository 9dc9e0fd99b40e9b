"""The checker `apps`: it accepts what the official checker of APPS accepts, errors included."""

import contextlib
import math

from pytest_selfrepair.core.checkers.common import (
    SHOWN,
    Acceptance,
    AcceptanceRule,
    as_text,
    brief,
    wrong,
)
from pytest_selfrepair.core.checkers.values import EXACTLY, rule_of
from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind, Wrapping

RELATIVE, ABSOLUTE = 1e-5, 1e-8
"""The tolerances of one number on a line, relative and absolute: ``numpy.allclose``'s defaults."""

PLACES = 3
"""Decimal places to which the last comparison rounds."""


def apps(task: Task, case: Case, actual: JsonValue) -> Acceptance:
    """Accept what the official checker of APPS accepts, for comparison with published figures only.

    It accepts many wrong answers; use `tolerant` for results of your own.

    Standard input: the first of these rules that applies.

    1. The texts are equal (``exact``), or equal except for white space around the text or its
       lines, or for blank lines (``whitespace``).
    2. Both have equally many non-empty lines, each of one number, within 1e-8 + 1e-5 *
       abs(expected) of the expected one (``loose_float``): 1000000007 for 1000000008.
    3. Both have the same set of lines, each line being the set of its tokens (``token_sets``):
       order and repetition are ignored.
    4. The same with every token a number rounded to three decimal places (``rounded_sets``): 1.0004
       for 1.0.

    Numbers are what Python's ``float()`` accepts, so ``nan`` equals nothing and all integers beyond
    the range of floats are equal.

    Call-based: the result equals the expected one in Python, so 1 equals true and 1.0 equals 1, but
    0.1 + 0.2 is not 0.3 (``python_equality``, or ``exact``). Besides (``wrapping``), where the
    task's file wraps expected values in lists, the wrapped value is accepted, and where it does
    not, the first element of an expected list is.

    It differs from the original where JSON loses a distinction: tuples are lists at every depth (in
    the original only at the top two levels), and keys of objects are texts.
    """
    if task.kind is TaskKind.CALL_BASED:
        return _compare_results(task.wrapping, case.expected, actual)
    return _compare_outputs(as_text(case.expected), as_text(actual))


def _compare_outputs(expected: str, actual: str) -> Acceptance:
    rule = _rule_of_lines(expected, actual) or _rule_of_sets(expected, actual)
    if rule is None:
        return wrong("output", brief(expected.strip()), brief(actual.strip()))
    return Acceptance(accepted=True, rule=rule)


def _rule_of_lines(expected: str, actual: str) -> AcceptanceRule | None:
    """The rule by which the lines are equal, in order; None where they differ."""
    if expected.rstrip("\n") == actual.rstrip("\n"):
        return AcceptanceRule.EXACT
    found = actual.splitlines()
    stripped = "\n".join(line.strip() for line in found).strip()
    if expected.strip() in {actual.strip(), stripped}:
        return AcceptanceRule.WHITESPACE
    wanted = [line.strip() for line in expected.split("\n") if line]
    found = [line for line in found if line]
    if found == wanted:
        return AcceptanceRule.WHITESPACE
    with contextlib.suppress(ValueError):  # not every line is a number
        if len(wanted) == len(found) and all(
            _is_near(float(want), float(have)) for want, have in zip(wanted, found, strict=True)
        ):
            return AcceptanceRule.LOOSE_FLOAT
    return None


def _is_near(expected: float, actual: float) -> bool:
    if math.isinf(expected) or math.isinf(actual):
        return expected == actual
    return abs(actual - expected) <= ABSOLUTE + RELATIVE * abs(expected)


def _rule_of_sets(expected: str, actual: str) -> AcceptanceRule | None:
    """The rule by which the sets of lines, as sets of tokens, are equal; None where they differ."""
    # As in the original: an expected line of white space is an empty set, a printed one is dropped.
    wanted = {frozenset(line.split()) for line in expected.split("\n") if line}
    found = {frozenset(tokens) for line in actual.splitlines() if (tokens := line.split())}
    if found == wanted:
        return AcceptanceRule.TOKEN_SETS
    with contextlib.suppress(ValueError):  # not every token is a number
        if _rounded(found) == _rounded(wanted):
            return AcceptanceRule.ROUNDED_SETS
    return None


def _rounded(lines: set[frozenset[str]]) -> set[frozenset[float]]:
    return {frozenset(round(float(token), PLACES) for token in line) for line in lines}


def _compare_results(wrapping: Wrapping, expected: JsonValue, actual: JsonValue) -> Acceptance:
    wrapped = wrapping is Wrapping.WRAPPED
    try:
        if actual == expected:
            same = rule_of(expected, actual, EXACTLY) is AcceptanceRule.EXACT
            return Acceptance(
                accepted=True, rule=AcceptanceRule.EXACT if same else AcceptanceRule.PYTHON_EQUALITY
            )
        first = isinstance(expected, list) and expected and actual == expected[0]
        if (actual == [expected]) if wrapped else first:
            return Acceptance(accepted=True, rule=AcceptanceRule.WRAPPING)
    except RecursionError:
        return Acceptance(accepted=False, reason="the result is nested too deep to compare")
    return wrong("result", render(expected, SHOWN), render(actual, SHOWN))

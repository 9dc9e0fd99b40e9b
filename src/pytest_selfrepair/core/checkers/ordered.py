"""The checkers that keep order: `tolerant`, the default, and `strict`."""

from pytest_selfrepair.core.checkers.common import Acceptance, AcceptanceRule, as_text, brief, wrong
from pytest_selfrepair.core.checkers.real_numbers import Numbers, numbers_of
from pytest_selfrepair.core.checkers.values import EXACTLY, compare_values
from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind


def tolerant(task: Task, case: Case, actual: JsonValue) -> Acceptance:
    """Accept what a careful judge would accept, and nothing else.

    Standard input: token by token, in order, case kept. Blank lines, and the amount of white space
    within and around a line, are forgiven; which tokens share a line is not. Integers and words are
    compared as text, so that integers are exact at any size. An expected token with a decimal point
    or an exponent is a real number: the error of the answer may be 1e-6, relative or absolute.

    Call-based: lists in order, objects by their keys (integer keys count as their text), texts
    exactly; None, booleans and integers are kept apart. Where a float is expected, the error of a
    number may be 1e-6, relative or absolute. Where an integer is expected, a float must equal it
    exactly. NaN equals nothing.

    If any expected value of the task is a real number, or its statement names a tolerance, expected
    integers are real numbers as well: 0.9999999999 is accepted for 1. Two integers are still
    compared exactly. A tolerance above 1e-6 named in the statement applies (see `numbers_of`).
    """
    if task.kind is TaskKind.CALL_BASED:
        return compare_values(case.expected, actual, numbers_of(task))
    return _compare_tokens(as_text(case.expected), as_text(actual), numbers_of(task))


def strict(task: Task, case: Case, actual: JsonValue) -> Acceptance:
    """Accept exact answers.

    Standard input: line by line; only white space at the end of a line, and blank lines at the end
    of the output, are forgiven.

    Call-based: as `tolerant`, without tolerance for floats; an integer and a float of the same
    value are equal.
    """
    if task.kind is TaskKind.CALL_BASED:
        return compare_values(case.expected, actual, EXACTLY)
    wanted, found = as_text(case.expected), as_text(actual)
    if wanted.rstrip("\n") == found.rstrip("\n"):
        return Acceptance(accepted=True, rule=AcceptanceRule.EXACT)
    wanted_lines = [line.rstrip() for line in wanted.rstrip().split("\n")]
    found_lines = [line.rstrip() for line in found.rstrip().split("\n")]
    for number, (want, have) in enumerate(zip(wanted_lines, found_lines, strict=False), start=1):
        if want != have:
            return wrong(f"line {number}", brief(want), brief(have))
    if len(wanted_lines) != len(found_lines):
        return wrong("lines", str(len(wanted_lines)), str(len(found_lines)))
    return Acceptance(accepted=True, rule=AcceptanceRule.WHITESPACE)


def _compare_tokens(expected: str, actual: str, numbers: Numbers) -> Acceptance:
    if expected.rstrip("\n") == actual.rstrip("\n"):
        return Acceptance(accepted=True, rule=AcceptanceRule.EXACT)
    wanted_lines = [tokens for line in expected.split("\n") if (tokens := line.split())]
    found_lines = [tokens for line in actual.split("\n") if (tokens := line.split())]
    rule = AcceptanceRule.WHITESPACE
    for number, (wanted, found) in enumerate(zip(wanted_lines, found_lines, strict=False), start=1):
        for want, have in zip(wanted, found, strict=False):
            if want == have:
                continue
            if not numbers.is_close_token(want, have):
                return wrong(f"line {number}", brief(want), brief(have))
            rule = AcceptanceRule.FLOAT
        if len(wanted) != len(found):
            return wrong(f"line {number}", f"{len(wanted)} tokens", str(len(found)))
    if len(wanted_lines) != len(found_lines):
        return wrong("lines that are not blank", str(len(wanted_lines)), str(len(found_lines)))
    return Acceptance(accepted=True, rule=rule)

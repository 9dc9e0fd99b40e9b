"""Answers that are real numbers: which tasks have them, and what is near enough."""

from typing import Any

import pytest

from builders import task
from pytest_selfrepair.core.checker import AcceptanceRule, strict, tolerant, unordered
from pytest_selfrepair.core.checkers.real_numbers import numbers_of, tolerance_named
from pytest_selfrepair.core.task import JsonValue, Task

HUGE = 2**53


def _rule(of: Task, case: int, actual: JsonValue) -> AcceptanceRule | None:
    return tolerant(of, of.cases[case], actual).rule


def _expecting(*values: JsonValue, statement: str = "", fn_name: str | None = None) -> Task:
    fields: dict[str, Any] = {"fn_name": fn_name}
    made = task(*(("", value) for value in values), **fields)
    return Task(
        id=made.id,
        difficulty=made.difficulty,
        statement=statement,
        cases=made.cases,
        fn_name=fn_name,
    )


@pytest.mark.parametrize("real", ["0.5", ".5", "5.", "-0.0", "1e-05", "1E5", "2e3", "Y 0.25 N"])
@pytest.mark.parametrize("actual", ["1.0", "1.", "0.9999999999", "+1.0000001", "1e0", "10E-1"])
def test_where_one_answer_is_written_as_a_real_number_all_numbers_of_the_task_are(
    real: str, actual: str
) -> None:
    assert _rule(_expecting("1\n", f"{real}\n"), 0, f"{actual}\n") is AcceptanceRule.FLOAT


@pytest.mark.parametrize("actual", ["1.001", "2", "nan", "inf", "-1.0", "1.0.0", "one", "1_0", ""])
def test_a_number_that_is_not_near_is_wrong_in_such_a_task_too(actual: str) -> None:
    assert _rule(_expecting("1\n", "0.5\n"), 0, actual) is None


def test_negative_zero_is_zero_in_such_a_task() -> None:
    of = _expecting("0\n", "0.5\n")
    assert _rule(of, 0, "-0.0\n") is AcceptanceRule.FLOAT
    assert _rule(of, 0, "-0\n") is AcceptanceRule.FLOAT


def test_words_keep_their_case_in_such_a_task() -> None:
    of = _expecting("YES\n1\n", "NO\n0.5\n")
    assert _rule(of, 0, "YES\n1.0\n") is AcceptanceRule.FLOAT
    assert _rule(of, 0, "Yes\n1.0\n") is None


def test_two_integers_are_exact_at_any_size_even_where_other_answers_are_real() -> None:
    of = _expecting(f"{HUGE}\n", "0.5\n", "1000000007\n")
    assert _rule(of, 0, f"{HUGE + 1}\n") is None
    assert _rule(of, 2, "1000000008\n") is None
    assert _rule(of, 2, "1000000007.0\n") is AcceptanceRule.FLOAT


def test_a_task_of_integers_forgives_no_point_and_no_digit() -> None:
    of = _expecting("1\n", f"{HUGE}\n", "1e\n", "e5\n", "0x1e5\n")
    assert not numbers_of(of).real
    assert _rule(of, 0, "1.0\n") is None
    assert _rule(of, 1, f"{HUGE + 1}\n") is None


@pytest.mark.parametrize(
    ("statement", "tolerance"),
    [
        ("It is right if its absolute or relative error does not exceed $10^{-4}$.", 1e-4),
        ("An error of at most 10^{ - 3} is forgiven.", 1e-3),
        ("The relative error must be ≤ 10<sup>-9</sup>.", 1e-6),
        ("Print it with a precision of 0.001 at least.", 1e-3),
        ("Any answer within 1e-9 absolute error is accepted.", 1e-6),
        ("Absolute tolerance: 10**-5", 1e-5),
        ("error no more than 10⁻²", 1e-2),
        ("Its absolute or relative error may be small.", 1e-6),
    ],
)
def test_a_statement_that_names_a_tolerance_makes_numbers_real_and_says_how_far_they_may_be_off(
    statement: str, tolerance: float
) -> None:
    found = numbers_of(_expecting("1\n", statement=statement))
    assert found.real
    assert found.tolerance == tolerance
    of = _expecting("1\n", statement=statement)
    assert _rule(of, 0, str(1 + tolerance / 2)) is AcceptanceRule.FLOAT
    assert _rule(of, 0, str(1 + tolerance * 2)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "Numbers up to 10^5 and errors.",
        "Find the errors in a text.\n\nIt holds that 10 - 6 = 4.",
        "Its precision is fine. Subtract: 10-9.",
        "An error of 10^-1 or 0.1.",
    ],
)
def test_a_statement_without_a_tolerance_names_none(statement: str) -> None:
    assert tolerance_named(statement) is None
    assert not numbers_of(_expecting("1\n", statement=statement)).real


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, 1.0000000001),
        ([1, [2]], [0.9999999999, [2.0]]),
        ({"1": 1, "b": [3]}, {"1": 1.0000000001, "b": [3]}),
        ([[1, True, "1"]], [[1.0000000001, True, "1"]]),
    ],
)
def test_results_of_functions_are_real_where_a_float_is_expected_at_any_depth(
    expected: JsonValue, actual: JsonValue
) -> None:
    of = _expecting(expected, {"a": [[0.5]]}, fn_name="solve")
    assert _rule(of, 0, actual) is AcceptanceRule.FLOAT
    assert _rule(_expecting(expected, "0.5", fn_name="solve"), 0, actual) is None


def test_integers_booleans_and_huge_results_stay_apart_in_such_a_task() -> None:
    of = _expecting(HUGE, True, 1, 0.5, fn_name="solve")
    assert _rule(of, 0, HUGE + 1) is None
    assert _rule(of, 1, 1.0) is None
    assert _rule(of, 2, True) is None
    assert _rule(of, 3, 10**400) is None


def test_strict_forgives_nothing_of_it() -> None:
    of = _expecting("1\n", "0.5\n")
    assert not strict(of, of.cases[0], "1.0\n").accepted


def test_unordered_compares_numbers_of_such_a_task_as_reals_too() -> None:
    of = _expecting("1 2\n3 4\n", "0.5\n")
    assert unordered(of, of.cases[0], "4.0 3\n2 1.0\n").rule is AcceptanceRule.TOKEN_ORDER
    assert not unordered(of, of.cases[0], "4.1 3\n2 1.0\n").accepted


def test_megabytes_of_digits_are_compared_and_wrong() -> None:
    of = _expecting("1\n", "0.5\n")
    for answer in ("9" * 2_000_000, "0." + "9" * 2_000_000 + "x", "1e" + "9" * 1_000_000):
        assert _rule(of, 0, answer) is None

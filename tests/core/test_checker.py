"""The checkers: what is accepted, by which rule, and what is not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import compare
from pytest_selfrepair.core.checker import CHECKERS, AcceptanceRule, strict, tolerant, weakest
from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import JsonValue, TaskKind
from pytest_selfrepair.plugin.judge_flags import CHECKER_NAMES

STDIN, CALL = TaskKind.STDIN, TaskKind.CALL_BASED
HUGE = 10**5000

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
outputs = st.text(st.sampled_from("ab1207.-+e \t\n"), max_size=30)


@pytest.mark.parametrize(
    ("expected", "actual", "rule"),
    [
        ("1 2\n", "1 2\n", AcceptanceRule.EXACT),
        ("1 2\n", "1 2", AcceptanceRule.EXACT),
        ("a\r\nb", "a\nb\n", AcceptanceRule.EXACT),
        ("1 2\n", "1  2 \n\n", AcceptanceRule.WHITESPACE),
        ("1\n2\n", "1\n\n2\n", AcceptanceRule.WHITESPACE),
        ("0.333333333333", "0.3333333333333333", AcceptanceRule.FLOAT),
        ("1000000.0", "1000000.9", AcceptanceRule.FLOAT),
        ("1.0", "1", AcceptanceRule.FLOAT),
        ("1e-07", "0.0000001", AcceptanceRule.FLOAT),
        ("0.0", "-1e-9", AcceptanceRule.FLOAT),
    ],
)
def test_tolerant_accepts_output_by_the_strongest_rule_that_fits(
    expected: str, actual: str, rule: AcceptanceRule
) -> None:
    assert compare(tolerant, STDIN, expected, actual).rule is rule


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2 3", "3 2 1"),
        ("1 2 3", "1 2"),
        ("1 2", "1 2 3"),
        ("1\n2", "2\n1"),
        ("1\n2", "1 2"),
        ("1\n2", "1\n2\n2"),
        ("1000000008", "1000000007"),
        ("1.0", "1.0004"),
        ("1", "1.0"),
        ("Yes", "YES"),
        ("1.5", "nan"),
        ("1.5", "inf"),
        ("1.5", "1_5"),
        ("1.5", "one"),
        ("nan.", "nan"),
        ("9.0e999", "8.0e999"),
        ("5", ""),
        (str(10**4000), str(10**4000 + 1)),
    ],
)
def test_tolerant_rejects_a_wrong_output_and_says_why(expected: str, actual: str) -> None:
    acceptance = compare(tolerant, STDIN, expected, actual)
    assert not acceptance.accepted
    assert acceptance.rule is None
    assert acceptance.reason


def test_an_integer_beyond_pythons_limit_of_digits_is_compared_exactly() -> None:
    text = "1" * 6000
    assert compare(tolerant, STDIN, text, text + "\n").accepted
    assert not compare(tolerant, STDIN, text, text[:-1] + "2").accepted
    assert compare(tolerant, CALL, [HUGE], [HUGE]).rule is AcceptanceRule.EXACT
    assert not compare(tolerant, CALL, [HUGE], [HUGE + 1]).accepted
    assert not compare(tolerant, CALL, 1.5, HUGE).accepted
    assert not compare(tolerant, CALL, HUGE, 1.5).accepted


@pytest.mark.parametrize(
    ("expected", "actual", "rule"),
    [
        ([1, "a", None, True], [1, "a", None, True], AcceptanceRule.EXACT),
        (0.3, 0.1 + 0.2, AcceptanceRule.FLOAT),
        (1.0, 1, AcceptanceRule.FLOAT),
        (1, 1.0, AcceptanceRule.FLOAT),
        ({"1": [2.0]}, {"1": [2.0000001]}, AcceptanceRule.FLOAT),
        (math.inf, math.inf, AcceptanceRule.EXACT),
    ],
)
def test_tolerant_accepts_results_by_the_weakest_rule_needed(
    expected: JsonValue, actual: JsonValue, rule: AcceptanceRule
) -> None:
    assert compare(tolerant, CALL, expected, actual).rule is rule


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True),
        (True, 1),
        (0, False),
        (None, False),
        (None, 0),
        (1, 1.0000001),
        (1.0, 1.1),
        (math.nan, math.nan),
        ([1, 2], [2, 1]),
        ([1, 2], [1, 2, 2]),
        ([1, 2, 3], 1),
        ("1", 1),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ("a", "A"),
        (math.inf, 1e308),
    ],
)
def test_tolerant_rejects_a_wrong_result_and_says_why(
    expected: JsonValue, actual: JsonValue
) -> None:
    acceptance = compare(tolerant, CALL, expected, actual)
    assert not acceptance.accepted
    assert acceptance.reason


def test_a_result_nested_too_deep_is_wrong_rather_than_an_error() -> None:
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    assert not compare(tolerant, CALL, deep, [deep]).accepted
    assert not compare(tolerant, CALL, 1, deep).accepted


@pytest.mark.parametrize(
    ("expected", "actual", "accepted"),
    [
        ("1 2\n3\n", "1 2  \n3\n\n", True),
        ("1 2", "1  2", False),
        ("1\n2", "1\n\n2", False),
        (" 1", "1", False),
        ("0.5", "0.50", False),
        ("a", "a\nb", False),
    ],
)
def test_strict_forgives_only_white_space_at_the_end_of_lines(
    expected: str, actual: str, *, accepted: bool
) -> None:
    assert compare(strict, STDIN, expected, actual).accepted is accepted


def test_strict_has_no_tolerance_for_floats() -> None:
    assert not compare(strict, CALL, 0.3, 0.1 + 0.2).accepted
    assert compare(strict, CALL, 2, 2.0).accepted


@given(json_values)
def test_every_checker_accepts_a_result_that_equals_what_is_expected(value: JsonValue) -> None:
    assert all(
        compare(check, CALL, value, value).rule is AcceptanceRule.EXACT
        for check in CHECKERS.values()
    )


@given(outputs)
def test_every_checker_accepts_an_output_that_equals_what_is_expected(text: str) -> None:
    assert all(
        compare(check, STDIN, text, text).rule is AcceptanceRule.EXACT
        for check in CHECKERS.values()
    )


def test_every_checker_has_its_name_among_the_options() -> None:
    assert tuple(CHECKERS) == CHECKER_NAMES


@given(outputs, outputs)
def test_what_strict_accepts_tolerant_accepts(expected: str, actual: str) -> None:
    if compare(strict, STDIN, expected, actual).accepted:
        assert compare(tolerant, STDIN, expected, actual).accepted


@given(json_values, json_values)
def test_results_that_strict_accepts_tolerant_accepts(left: JsonValue, right: JsonValue) -> None:
    if compare(strict, CALL, left, right).accepted:
        assert compare(tolerant, CALL, left, right).accepted


@given(st.lists(st.integers(), min_size=1, max_size=8), st.data())
def test_tolerant_accepts_no_other_order_of_integers(
    numbers: list[int], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(numbers))
    accepted = compare(
        tolerant, STDIN, " ".join(map(str, numbers)), " ".join(map(str, other))
    ).accepted
    assert accepted == (numbers == other)


@given(st.floats(-1e9, 1e9), st.floats(-3e-6, 3e-6))
def test_the_tolerance_for_floats_is_a_millionth_relative_or_absolute(
    value: float, error: float
) -> None:
    actual = value + error * max(1.0, abs(value))
    near = abs(value - actual) <= 1e-6 * max(1.0, abs(value))
    assert compare(tolerant, CALL, value, actual).accepted == near


@given(st.text(), st.integers(1, 60))
def test_shortened_text_is_short_and_valid(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\0" not in short
    short.encode()


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50))
def test_short_text_is_left_alone(text: str) -> None:
    assert shorten(text, 50) == text


def test_the_ends_of_a_long_text_remain() -> None:
    short = shorten("begin" + "x" * 5000 + "end", 100)
    assert short.startswith("begin")
    assert short.endswith("end")
    assert "characters left out" in short


@given(json_values)
def test_short_values_are_rendered_in_pythons_notation(value: JsonValue) -> None:
    if "\0" not in repr(value) and len(repr(value)) <= 400:
        assert render(value) == repr(value)


def test_long_texts_inside_a_value_are_shortened_at_any_depth() -> None:
    text = render([1, {"key": ["x" * 10_000, "tail"]}])
    assert text.startswith("[1, {'key': ['xxx")
    assert text.endswith("xxx', 'tail']}]")
    assert len(text) <= 400
    assert len(render(HUGE)) <= 400


def test_the_weakest_rule_of_a_programs_cases_is_told() -> None:
    assert (
        weakest([AcceptanceRule.EXACT, AcceptanceRule.FLOAT, None, AcceptanceRule.WHITESPACE])
        is AcceptanceRule.FLOAT
    )
    assert weakest([]) is None

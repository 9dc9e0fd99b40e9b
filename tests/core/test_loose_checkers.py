"""The checkers that forgive order: `unordered`, and `apps` with the official one's errors."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builders import compare
from pytest_selfrepair.core.checker import (
    AcceptanceRule,
    Checker,
    apps,
    strict,
    tolerant,
    unordered,
)
from pytest_selfrepair.core.task import JsonValue, TaskKind, Wrapping

STDIN, CALL = TaskKind.STDIN, TaskKind.CALL_BASED
BARE, WRAPPED = Wrapping.BARE, Wrapping.WRAPPED

outputs = st.text(st.sampled_from("ab127.-e \n"), max_size=30)
lines = st.lists(st.lists(st.sampled_from(["a", "b", "1", "2", "0.5", "1e-3"]), min_size=1))
results: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def joined(rows: list[list[str]]) -> str:
    return "\n".join(map(" ".join, rows))


@pytest.mark.parametrize(
    ("expected", "actual", "rule"),
    [
        ("1 2\n3\n", "1  2\n3", AcceptanceRule.WHITESPACE),
        ("1 2\n3\n", "3\n1 2\n", AcceptanceRule.LINE_ORDER),
        ("0.5 a\n3\n", "3\n0.5000001 a\n", AcceptanceRule.LINE_ORDER),
        ("1 2\n3\n", "3\n2 1\n", AcceptanceRule.TOKEN_ORDER),
        ("1 0.5 2.0", "2 0.5000001 1", AcceptanceRule.TOKEN_ORDER),
        ("1.0 2.0 1", "2.0000001 1 0.9999999", AcceptanceRule.TOKEN_ORDER),
    ],
)
def test_unordered_accepts_output_by_the_strongest_rule_that_fits(
    expected: str, actual: str, rule: AcceptanceRule
) -> None:
    assert compare(unordered, STDIN, expected, actual).rule is rule


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2\n3", "1\n2 3"),
        ("1 1 2", "1 2 2"),
        ("1\n2", "2\n1\n1"),
        ("1 2", "2"),
        ("1000000008 1", "1 1000000007"),
        ("0.5 1", "1.1 0.5"),
        ("0.5 a", "b 0.5"),
        ("0.5 0.6", "a 0.5"),
    ],
)
def test_unordered_rejects_what_is_missing_added_or_another(expected: str, actual: str) -> None:
    acceptance = compare(unordered, STDIN, expected, actual)
    assert not acceptance.accepted
    assert acceptance.reason


@pytest.mark.parametrize(
    ("expected", "actual", "accepted"),
    [
        ([1, 2, 3], [3, 1, 2], True),
        ([[1, 2], [3]], [[3], [2, 1]], True),
        ([0.3, 1.0], [1, 0.1 + 0.2], True),
        ({"a": [1, 2]}, {"a": [2, 1]}, True),
        ([1, 1, 2], [1, 2, 2], False),
        ([1, 2], [2, True], False),
        ([[1, 2], [3]], [[1], [2, 3]], False),
        ({"a": [1, 2]}, {"b": [2, 1]}, False),
        ("ab", "ba", False),
    ],
)
def test_unordered_forgives_the_order_of_lists_at_any_depth(
    expected: JsonValue, actual: JsonValue, *, accepted: bool
) -> None:
    acceptance = compare(unordered, CALL, expected, actual)
    assert acceptance.accepted is accepted
    assert (acceptance.rule is AcceptanceRule.ELEMENT_ORDER) is accepted


@pytest.mark.parametrize(
    ("expected", "actual", "rule"),
    [
        ("1\n2\n", "1\n2", AcceptanceRule.EXACT),
        ("1\n2\n", " 1\n2 ", AcceptanceRule.WHITESPACE),
        ("1\n\n2\n", "1\n2\n", AcceptanceRule.WHITESPACE),
        ("1000000008", "1000000007", AcceptanceRule.LOOSE_FLOAT),
        ("1" + "0" * 400, "2" + "0" * 400, AcceptanceRule.LOOSE_FLOAT),
        ("1 2 3", "3 2 1", AcceptanceRule.TOKEN_SETS),
        ("1 2 3", "3 2 1 1", AcceptanceRule.TOKEN_SETS),
        ("1\n2", "2\n1\n2", AcceptanceRule.TOKEN_SETS),
        ("1.0", "1.0004", AcceptanceRule.ROUNDED_SETS),
        ("1.0 5", "5 1.0004", AcceptanceRule.ROUNDED_SETS),
    ],
)
def test_apps_accepts_what_the_official_checker_wrongly_accepts(
    expected: str, actual: str, rule: AcceptanceRule
) -> None:
    assert compare(apps, STDIN, expected, actual).rule is rule


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2", "1\n2"),
        ("1", "2"),
        ("1.0", "1.0006"),
        ("Yes", "YES"),
        ("nan", "NaN"),
        ("1", ""),
        ("1\n2", "1"),
        ("inf", "-inf"),
        ("1\n \n2", "1\n\n2"),
    ],
)
def test_apps_rejects_what_the_official_checker_rejects(expected: str, actual: str) -> None:
    acceptance = compare(apps, STDIN, expected, actual)
    assert not acceptance.accepted
    assert acceptance.reason


@pytest.mark.parametrize(
    ("wrapping", "expected", "actual", "rule"),
    [
        (BARE, [1, 2], [1, 2], AcceptanceRule.EXACT),
        (BARE, True, 1, AcceptanceRule.PYTHON_EQUALITY),
        (BARE, 1, 1.0, AcceptanceRule.PYTHON_EQUALITY),
        (BARE, [1, 2, 3], 1, AcceptanceRule.WRAPPING),
        (BARE, 9, [9], None),
        (BARE, [[1, 2]], [1, 2], AcceptanceRule.WRAPPING),
        (BARE, 0.3, 0.1 + 0.2, None),
        (BARE, [1, 2], [2, 1], None),
        (BARE, "1", 1, None),
        (BARE, [], 1, None),
        (BARE, None, 0, None),
        (WRAPPED, 9, 9, AcceptanceRule.EXACT),
        (WRAPPED, 9, [9], AcceptanceRule.WRAPPING),
        (WRAPPED, [1, 2, 3], 1, None),
        (WRAPPED, [1, 2, 3], [[1, 2, 3]], AcceptanceRule.WRAPPING),
    ],
)
def test_apps_compares_results_as_python_does_and_unwraps(
    wrapping: Wrapping, expected: JsonValue, actual: JsonValue, rule: AcceptanceRule | None
) -> None:
    acceptance = compare(apps, CALL, expected, actual, wrapping)
    assert acceptance.rule is rule
    assert acceptance.accepted is (rule is not None)


@pytest.mark.parametrize("check", [unordered, apps])
def test_a_result_nested_too_deep_is_wrong_in_any_order(
    check: Checker,
) -> None:
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    assert not compare(check, CALL, deep, [deep]).accepted


def test_many_floats_in_another_order_are_not_compared_each_with_each() -> None:
    values = [str(i + 0.5) for i in range(60_000)]  # each with each would take hours
    assert compare(unordered, STDIN, "\n".join(values), "\n".join(reversed(values))).accepted
    near = [value + "0000001" for value in values]
    assert not compare(unordered, STDIN, "\n".join(values), "\n".join(reversed(near))).accepted


@given(outputs, outputs)
def test_output_that_tolerant_accepts_unordered_accepts(expected: str, actual: str) -> None:
    if compare(tolerant, STDIN, expected, actual).accepted:
        assert compare(unordered, STDIN, expected, actual).accepted


@given(results, results)
def test_results_that_tolerant_accepts_unordered_accepts(left: JsonValue, right: JsonValue) -> None:
    if compare(tolerant, CALL, left, right).accepted:
        assert compare(unordered, CALL, left, right).accepted


@given(lines, st.data())
def test_unordered_accepts_every_order_of_lines_and_of_their_tokens(
    rows: list[list[str]], data: st.DataObject
) -> None:
    mixed = [data.draw(st.permutations(row)) for row in data.draw(st.permutations(rows))]
    assert compare(unordered, STDIN, joined(rows), joined(mixed)).accepted
    assert compare(apps, STDIN, joined(rows), joined(mixed)).accepted


@given(st.lists(results, max_size=5), st.data())
def test_unordered_accepts_every_order_of_a_list(
    values: list[JsonValue], data: st.DataObject
) -> None:
    assert compare(unordered, CALL, values, data.draw(st.permutations(values))).accepted


@given(lines, lines)
def test_unordered_counts_repetitions(left: list[list[str]], right: list[list[str]]) -> None:
    if compare(unordered, STDIN, joined(left), joined(right)).accepted:
        assert sorted(map(len, left)) == sorted(map(len, right))


@given(outputs, outputs)
def test_output_that_strict_accepts_apps_accepts(expected: str, actual: str) -> None:
    # The official checker itself stumbles over expected lines of white space alone.
    assume(all(line.strip() or not line for line in expected.split("\n")))
    if compare(strict, STDIN, expected, actual).accepted:
        assert compare(apps, STDIN, expected, actual).accepted


@given(results, results)
def test_results_that_strict_accepts_apps_accepts(left: JsonValue, right: JsonValue) -> None:
    if compare(strict, CALL, left, right).accepted:
        assert compare(apps, CALL, left, right).accepted


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=5), st.data())
def test_apps_takes_numbers_one_a_line_for_equal_as_numpy_does(
    numbers: list[int], data: st.DataObject
) -> None:
    others = [number + data.draw(st.integers(-20, 20)) for number in numbers]
    near = all(
        math.isclose(a, b, rel_tol=0, abs_tol=1e-8 + 1e-5 * abs(a))
        for a, b in zip(numbers, others, strict=True)
    )
    if near:
        assert compare(
            apps, STDIN, "\n".join(map(str, numbers)), "\n".join(map(str, others))
        ).accepted


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_makes_a_checker_raise(expected: str, actual: str) -> None:
    for check in (tolerant, strict, unordered, apps):
        compare(check, STDIN, expected, actual)

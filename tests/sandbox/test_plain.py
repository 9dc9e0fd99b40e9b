"""Plain values as JSON: what arrives is what was sent, and nothing else can be sent."""

import json
import math
from collections import Counter, OrderedDict, deque, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_selfrepair.sandbox.inside.plain import NotPlainError, decode, encode

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(max_size=9)
    | st.binary(max_size=9)
    | st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9))
    | st.decimals(-1000, 1000, places=3)
    | st.fractions(max_denominator=99)
)
KEYS = st.recursive(
    ATOMS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=3
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(deque)
        | st.sets(KEYS, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.binary().map(bytearray)
    ),
    max_leaves=8,
)


def sent(value: object, *, exact: bool = False) -> Any:
    return decode(json.loads(json.dumps(encode(value, exact=exact))))


def same(a: Any, b: Any) -> bool:
    """Equal, and of the same types at every depth."""
    if type(a) is not type(b) or a != b:
        return False
    if isinstance(a, list | tuple | deque):
        return all(map(same, a, b))
    if isinstance(a, dict):
        return all(map(same, a.keys(), b.keys())) and all(map(same, a.values(), b.values()))
    return repr(a) == repr(b) or isinstance(a, set | frozenset)


@settings(max_examples=60)
@given(VALUES)
def test_what_arrives_is_what_was_sent(value: object) -> None:
    assert same(sent(value), value)
    assert same(sent(value, exact=True), value)


def test_numbers_that_json_does_not_know_arrive() -> None:
    assert math.isnan(sent(math.nan))
    assert sent([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert math.copysign(1, sent(-0.0)) == -1


def test_iterators_and_views_arrive_as_such() -> None:
    found = sent(x * x for x in range(3))
    assert next(found) == 0
    assert list(found) == [1, 4]
    assert list(sent(map(str, [1, 2]))) == ["1", "2"]
    counts = {"a": 1, (2, 3): 4}
    assert sent(counts.keys()) == counts.keys()
    assert list(sent(counts.values())) == [1, 4]
    assert sent(counts.items()) == counts.items()


class _Same(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __str__(self) -> str:
        return "forged"

    __hash__ = str.__hash__


class _Level(IntEnum):
    LOW = 1


_Point = namedtuple("_Point", "x y")  # noqa: PYI024 - as programs write it


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (_Same("x"), "x"),
        (_Level.LOW, 1),
        (_Point(1, 2), (1, 2)),
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(a=1), {"a": 1}),
        ([{"x": _Same("y")}], [{"x": "y"}]),
    ],
)
def test_a_derived_class_is_taken_for_its_base_unless_values_are_to_be_exact(
    value: object, plain: object
) -> None:
    assert same(sent(value), plain)
    with pytest.raises(NotPlainError):
        encode(value, exact=True)


@pytest.mark.parametrize("value", [object(), len, int, math, [{"x": {1: object()}}], lambda: 0])
def test_what_is_no_plain_data_is_refused_by_name(value: object) -> None:
    with pytest.raises(NotPlainError) as error:
        encode(value)
    kind, found = error.value.args
    assert type(found).__name__ == kind


def test_what_holds_itself_is_nested_too_deep() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(RecursionError):
        encode(endless)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"tuple": [], "set": []},
        {"nothing": []},
        {"set": [[]]},
        {"tuple": 3},
        {"dict": [[1]]},
        {"dict": [[[], 1]]},
        {"float": "x"},
        {"float": None},
        {"complex": ["1", "2", "3"]},
        {"bytes": "0"},
        {"bytes": 7},
        {"range": [1, 2, 0]},
        {"fraction": [1, 0]},
        {"decimal": "x"},
        {"decimal": {}},
    ],
)
def test_what_nobody_sends_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(value)


def test_decimals_and_fractions_stay_exact() -> None:
    assert same(sent([Decimal("0.10"), Fraction(1, 3)]), [Decimal("0.10"), Fraction(1, 3)])

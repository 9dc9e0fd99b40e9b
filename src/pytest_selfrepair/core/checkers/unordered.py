"""The checker `unordered`: as `tolerant`, for answers in any order."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TypeVar

from pytest_selfrepair.core.checkers.common import Acceptance, AcceptanceRule, as_text
from pytest_selfrepair.core.checkers.ordered import tolerant
from pytest_selfrepair.core.checkers.real_numbers import Numbers, numbers_of
from pytest_selfrepair.core.checkers.values import rule_of
from pytest_selfrepair.core.shorten import integer_text
from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind

MOST_PAIRED = 300
"""The most lines or elements without an exact equal that are paired one by one."""

_T = TypeVar("_T")


def unordered(task: Task, case: Case, actual: JsonValue) -> Acceptance:
    """Accept what `tolerant` accepts, in any order; nothing may be missing, added or repeated.

    Standard input: lines may come in another order (``line_order``), and so may the tokens within
    a line (``token_order``); which tokens share a line counts. Tokens are compared as `tolerant`
    compares them.

    Call-based: lists at any depth may have another order (``element_order``).

    Equal lines or elements are paired first. The rest, which can differ only in floats, are paired
    in order, each with the first one within the tolerance; if more than 300 are left, the answer is
    rejected.
    """
    ordered = tolerant(task, case, actual)
    if ordered.accepted:
        return ordered
    numbers = numbers_of(task)
    if task.kind is TaskKind.STDIN:
        rule = _rule_of_outputs(as_text(case.expected), as_text(actual), numbers)
    else:
        rule = _rule_of_results(case.expected, actual, numbers)
    return ordered if rule is None else Acceptance(accepted=True, rule=rule)


def _rule_of_outputs(expected: str, actual: str, numbers: Numbers) -> AcceptanceRule | None:
    wanted = [tuple(tokens) for line in expected.split("\n") if (tokens := line.split())]
    found = [tuple(tokens) for line in actual.split("\n") if (tokens := line.split())]
    in_order, in_any = partial(_same_in_order, numbers), partial(_same_tokens, numbers)
    if _all_paired(wanted, found, key=tuple, same=in_order):
        return AcceptanceRule.LINE_ORDER
    if _all_paired(wanted, found, key=lambda line: tuple(sorted(line)), same=in_any):
        return AcceptanceRule.TOKEN_ORDER
    return None


def _same_in_order(numbers: Numbers, expected: Sequence[str], actual: Sequence[str]) -> bool:
    return len(expected) == len(actual) and all(
        want == have or numbers.is_close_token(want, have)
        for want, have in zip(expected, actual, strict=True)
    )


def _same_tokens(numbers: Numbers, expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether two lines have the same tokens in any order.

    Expected words and integers are paired with their equals. The rest must be numbers: if they can
    be paired within the tolerance, then also in sorted order.
    """
    if len(expected) != len(actual):
        return False
    left = Counter(actual)
    left.subtract(token for token in expected if not numbers.is_real(token))
    if min(left.values(), default=0) < 0:
        return False
    try:
        wanted = sorted((token for token in expected if numbers.is_real(token)), key=float)
        found = sorted(left.elements(), key=float)
    except ValueError:  # a word where a number is expected
        return False
    return _same_in_order(numbers, wanted, found)


def _rule_of_results(
    expected: JsonValue, actual: JsonValue, numbers: Numbers
) -> AcceptanceRule | None:
    try:
        return AcceptanceRule.ELEMENT_ORDER if _same_elements(numbers, expected, actual) else None
    except RecursionError:
        return None


def _same_elements(numbers: Numbers, expected: JsonValue, actual: JsonValue) -> bool:
    if isinstance(expected, list) and isinstance(actual, list):
        return _all_paired(expected, actual, key=_canonical, same=partial(_same_elements, numbers))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            _same_elements(numbers, expected[key], actual[key]) for key in expected
        )
    return rule_of(expected, actual, numbers) is not None


def _canonical(value: JsonValue) -> str:
    """Encode a value so that two values share a text only if they differ at most in order.

    An integer and a float of equal value share their text, as `tolerant` accepts one for the other.
    """
    if isinstance(value, list):
        return f"[{','.join(sorted(map(_canonical, value)))}]"
    if isinstance(value, dict):
        items = (f"{key!r}:{_canonical(value[key])}" for key in sorted(value))
        return f"{{{','.join(items)}}}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return integer_text(value)
    return repr(value)


def _all_paired(
    expected: Sequence[_T],
    actual: Sequence[_T],
    *,
    key: Callable[[_T], Hashable],
    same: Callable[[_T, _T], bool],
) -> bool:
    """Whether each expected item is paired with a found one: equals first, then near ones."""
    if len(expected) != len(actual):
        return False
    wanted, found = [(key(item), item) for item in expected], [(key(item), item) for item in actual]
    common = Counter(name for name, _ in wanted) & Counter(name for name, _ in found)
    wanted_left, found_left = _without(wanted, common), _without(found, common)
    if len(wanted_left) > MOST_PAIRED:
        return False
    for want in wanted_left:
        near = next((i for i, have in enumerate(found_left) if same(want, have)), None)
        if near is None:
            return False
        del found_left[near]
    return True


def _without(items: Sequence[tuple[Hashable, _T]], taken: Counter[Hashable]) -> list[_T]:
    """The items that remain after removing, for each name, as many as `taken` counts."""
    left = Counter(taken)
    remaining = []
    for name, item in items:
        if left[name] > 0:
            left[name] -= 1
        else:
            remaining.append(item)
    return remaining

"""Assertions with a stand-in for their function end as they do with the function itself."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_selfrepair.sandbox.inside import plain
from pytest_selfrepair.sandbox.inside.standin import examine
from pytest_selfrepair.sandbox.instrument import Form, instrument

TEMPLATES = (
    "assert f({a}) == {b}",
    "assert f(f({a})) != {b}, 'a message'",
    "x = f({a})\nassert x + f(x) >= {b}",
    "assert x <= {n} * 9",
    "for i in range({n}):\n    assert f(i) <= {b} + 9",
    "for i in range({n}):\n    y = f(i)\n    if y > {b}:\n        break\nassert f({a}) != y",
    "for i in range({n}):\n    if f(i) == {a}: continue\n    assert f(f(i)) != {b}\nelse: f(3)",
    "i = 0\nwhile i < {n}:\n    i += 1\n    assert f(i) != {b}",
    "i = 0\nwhile i < {n}:\n    i += 1 + f(i) % 2\nassert i >= {n}",
    "try:\n    f({a})\nexcept ValueError:\n    pass\nelse:\n    assert {a} != {b}",
    "try:\n    assert f({a}) == {b}\nexcept:\n    assert f({b}) != {a}",
    "try:\n    assert f({a}) != {b}\nfinally:\n    x = f({n})",
    "assert all(f(i) != {b} for i in range({n}))",
    "assert [f(i) for i in range({n})] == sorted(map(f, range({n})))",
    "assert not f({a}) or f({b})",
    "def g(n):\n    return f(n) if n < 1 else g(n - 1) + f(n)\nassert g({n} % 5) % 7 != {b}",
    "import random\nfor _ in range({n}):\n    z = random.randint(0, 9)\n    assert f(z) != {b} + 3",
)

NUMBERS = st.integers(0, 6)
CHECKS = st.lists(
    st.builds(
        lambda template, a, b, n: template.format(a=a, b=b, n=n),
        st.sampled_from(TEMPLATES),
        NUMBERS,
        NUMBERS,
        NUMBERS,
    ),
    min_size=1,
    max_size=4,
)


def directly(checks: Sequence[str], f: Callable[[Any], Any]) -> list[bool]:
    """Which checks pass, up to the first that does not."""
    scope: dict[str, Any] = {"f": f, "x": 0}
    found: list[bool] = []
    for number, check in enumerate(checks):
        try:
            exec(f"import random\nrandom.seed({number})\n{check}", scope)  # noqa: S102 - our own text
        except (AssertionError, ValueError, NameError):
            return [*found, False]
        found.append(True)
    return found


def by_a_stand_in(checks: Sequence[str], f: Callable[[Any], Any]) -> list[bool]:
    """The same, from runs that are each told what the calls of the run before have come to."""
    ready = instrument(tuple(checks), "f")
    request: dict[str, Any] = {
        "definitions": "x = 0",
        "setup": "",
        "checks": ready.checks,
        "sites": ready.sites,
        "fn_name": "f",
        "calls": [],
        "answers": [],
        "most": 25,
        "all": False,
    }
    while True:
        said = examine(request)
        cases = [case["end"] == "passed" for case in said["cases"]]
        if len(cases) == len(checks) or False in cases:
            return cases
        assert said["calls"], "it goes on, or it is over"
        for call in said["calls"]:
            assert call not in request["calls"]
            try:
                answer = ["value", plain.encode(f(plain.decode(call["args"][0])))]
            except ValueError as error:
                answer = ["raised", "ValueError", str(error)]
            request["calls"].append(call)
            request["answers"].append(answer)


@settings(max_examples=150)
@given(CHECKS, st.integers(1, 9), st.integers(0, 9), st.integers(2, 9), NUMBERS)
def test_assertions_end_as_they_do_with_the_function_itself(
    checks: list[str], factor: int, summand: int, modulus: int, bad: int
) -> None:
    def f(n: int) -> int:
        if n == bad:
            raise ValueError("bad")
        return (n * factor + summand) % modulus

    assert by_a_stand_in(checks, f) == directly(checks, f)


def test_what_an_assertion_expects_is_read_where_it_says_so() -> None:
    forms = {
        "f(1) == 2": Form.LEFT,
        "f(1) is None": Form.LEFT,
        "2 == f(1)": Form.RIGHT,
        "f(1)": Form.TRUE,
        "not f(1)": Form.FALSE,
        "False": Form.NEVER,
        "f(1) < 2": Form.OTHER,
        "g(f(1)) == 2": Form.OTHER,
        "f(1) == 2 == f(2)": Form.OTHER,
    }
    ready = instrument(tuple(f"assert {test}" for test in forms), "f")
    assert {each.text: each.form for each in ready.assertions} == forms
    assert ready.sites == ("1",) * 8 + ("2",)

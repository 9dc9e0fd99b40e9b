"""The checkers that come with the project survive whatever a program may answer."""

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders import task
from places import ROOT
from pytest_selfrepair.core.checker import Acceptance
from pytest_selfrepair.core.task import JsonValue

MEGABYTES = 1_000_000
TEXTS = (
    *("", " \n\t", "0", "-0", "0 0", "-1", "1", "nan", "inf", "1e999", "1.5", "x", "\0", "\ufeff1"),
    *("٣", "²", "1_0", "0x10", "IMPOSSIBLE", "impossible", "None", "[]", "{}", "()", "(a)999"),
    *("9" * MEGABYTES, "1 " * MEGABYTES, "a" * MEGABYTES, "\n" * MEGABYTES, "A\n" * MEGABYTES),
    *(f"({'a' * MEGABYTES})999", "a(" * MEGABYTES, "\U0001f600" * 1000, "\ud800", "0" * MEGABYTES),
)
SCALARS: list[JsonValue] = [None, True, 0, -1, 1.5, float("nan"), 10**5000, "", "x", {"a": 1}]
LISTS: list[list[JsonValue]] = [[], [None], [True], [0.0], [10**5000], [-1], ["1"], [[1]], [1, 0]]
VALUES: list[JsonValue] = [*SCALARS, *LISTS, [-1, 0], [0] * MEGABYTES]


@pytest.fixture
def digits_without_end() -> Iterator[None]:
    """As it is where checkers run."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(before)


def check_of(source: str) -> Callable[[JsonValue, JsonValue, JsonValue], object]:
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102 - the project's own checkers
    check = names["check"]
    assert callable(check)
    return check


def verdict(
    check: Callable[[JsonValue, JsonValue, JsonValue], object], *values: JsonValue
) -> object:
    try:
        return check(*values)
    except AssertionError:
        return False


def own_checkers() -> list[Path]:
    return sorted((ROOT / "apps_tasks").glob("*/*/checker.py"))


@pytest.mark.parametrize("path", own_checkers(), ids=lambda path: path.parent.name)
@pytest.mark.usefixtures("digits_without_end")
def test_the_checkers_of_the_tasks_that_come_with_it(path: Path) -> None:
    check = check_of(path.read_text())
    tests = json.loads((path.parent / "input_output.json").read_text())
    for given, expected in list(zip(tests["inputs"], tests["outputs"], strict=True))[:2]:
        assert verdict(check, given, expected, expected) is True
        for answer in VALUES if "fn_name" in tests else TEXTS:
            said = verdict(check, given, expected, answer)
            assert isinstance(said, bool | str), f"{answer!r:.80}"
            if said is True:
                assert len(str(answer)) <= 2 * len(str(expected)) + 8


@pytest.mark.usefixtures("digits_without_end")
def test_the_example_of_the_documentation() -> None:
    readme = (ROOT / "docs/judging.md").read_text()
    example = re.search(r"```python\n(import re\n+def check.*?)```", readme, re.DOTALL)
    assert example
    check = check_of(example[1])
    assert verdict(check, "12\n", "2\n", "6\n") is True
    for answer in TEXTS:
        assert verdict(check, "12\n", "2\n", answer) is (answer.strip() == "1")


def test_the_example_of_a_conftest() -> None:
    spec = importlib.util.spec_from_file_location("example", ROOT / "conftest_example.py")
    assert spec
    assert spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    of = task(("", "2\n"))
    for answer in (*TEXTS, *VALUES):
        said = example.about(of, of.cases[0], answer)
        assert isinstance(said, Acceptance)
        assert said.accepted == (answer in ["1", "٣", 1, True] and answer is not True)

"""The example conftest.py and the README's promises, run as a user would."""

import re

import pytest

from places import ROOT
from pytest_selfrepair.store import run_names
from scenario_projects import LAMP, write_scenario


@pytest.fixture(autouse=True)
def _with_all_plugins(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    del pytester
    monkeypatch.delenv("PYTEST_ADDOPTS")


def test_the_example_conftest_brings_a_model_a_source_and_tasks(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest((ROOT / "conftest_example.py").read_text())
    (pytester.path / "sums.csv").write_text(
        "first,Print the sum.,1 2,3\n"
        'second,"Print the sum, again.",4 5 6,15\n'
        "third,Print about the sum.,2 3 1,6\n"
    )
    result = pytester.runpytest(
        "sums.csv",
        *("--selfrepair-model", "careless", "--selfrepair-programs", "1"),
        *("--selfrepair-feedback", "reminder", "--selfrepair-feedback", "none"),
    )
    result.stdout.fnmatch_lines(
        [
            "reminder *2*2*100.0%*",
            "none *2*0*0.0%*",
            "tasks: 1 solved at once, 2 only by repair, 0 unsolved*",
            "*1 passed, 2 repaired in*",
        ]
    )


def test_the_example_s_model_plays_and_advises_in_the_second_game(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest((ROOT / "conftest_example.py").read_text())
    write_scenario(pytester.path / LAMP)
    model = ("--selfrepair-model", "stubborn", "--selfrepair-rival", "rule:conceder")
    shape = ("--selfrepair-games", "2", "--selfrepair-rounds", "2")
    result = pytester.runpytest(
        "games", "-k", "seller", *model, *shape, "--selfrepair-feedback", "stubborn"
    )
    result.assert_outcomes(passed=1)
    [record] = run_names.load(".selfrepair/samples.sqlite").games
    prices = [game.price for chain in record.chains for game in chain.games("stubborn")]
    assert prices == [12, 14, 12, 14]


def flags_of_the_table() -> set[str]:
    table = (ROOT / "docs/options.md").read_text()
    return set(re.findall(r"^\| `(--selfrepair-[a-z-]+)", table, re.MULTILINE))


def test_the_table_of_options_names_every_flag_and_no_other(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest("--help").stdout.str()
    offered = set(re.findall(r"^\s+(--selfrepair-[a-z-]+)(?:=|\s|$)", shown, re.MULTILINE))
    assert offered == flags_of_the_table()


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_every_flag_that_a_page_uses_is_offered(page: str) -> None:
    text = (ROOT / page).read_text()
    assert set(re.findall(r"--selfrepair-[a-z][a-z-]*[a-z]", text)) <= flags_of_the_table()

"""What reports say of games: of a run, of two beside each other, and as figures and JSON."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from projects import write_project
from pytest_selfrepair import cli
from pytest_selfrepair.report.data import comparison_from_json, from_json
from scenario_projects import write_scenarios

STORE = ".selfrepair/samples.sqlite"


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    write_scenarios(pytester.path)
    pytester.makeini("[pytest]")
    return pytester.path


def play(pytester: pytest.Pytester, model: str, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(
        *("games", "--selfrepair-model", model, "--selfrepair-rival", "rule:conceder"),
        *("--selfrepair-feedback", "none", "--selfrepair-feedback", "goal"),
        *("--selfrepair-games", "2", *arguments),
    )


@pytest.mark.usefixtures("project")
def test_a_run_of_games_says_who_played_whether_advice_gains_and_which_levels_are_met(
    pytester: pytest.Pytester,
) -> None:
    result = play(pytester, "rule:boulware")
    result.stdout.fnmatch_lines(
        [
            "selfrepair: rule:boulware bargains with rule:conceder, feedback none, goal; 2 games *",
            "seller: rule:boulware against rule:conceder; 2 scenarios, 4 games of 2 rounds",
            "goal, round 2: cannot tell",
            "*surplus share +0.000 in round 2 against none*",
            "arm, round  games *deals *surplus share *",
            "all, 1 * 4 *50.0% *",
            "goal, 2 * 4 *50.0% *",
            "buyer: rule:boulware against rule:conceder; *",
            "surplus share: the improved player's part of the zone of agreement*",
            "price given a deal is descriptive*",
            "C1, seller: *",
            "tokens: 0 generated in 0 samples*",
        ]
    )
    assert "whether repair pays" not in result.stdout.str()


@pytest.mark.usefixtures("project")
def test_quiet_it_is_three_lines(pytester: pytest.Pytester) -> None:
    result = play(pytester, "rule:boulware", "-q")
    lines = result.outlines
    start = next(i for i, line in enumerate(lines) if "self-repair ===" in line)
    assert len(lines[start + 1 : -1]) == 3
    assert lines[start + 3] == "4 items played; 0 tokens"


def test_the_json_of_games_is_spelled_as_documented(
    pytester: pytest.Pytester, project: Path
) -> None:
    play(pytester, "rule:boulware", "--selfrepair-json", "found.json")
    text = (project / "found.json").read_text()
    bargain = json.loads(text)["bargain"]
    first = bargain["rounds"][0]
    assert (first["role"], first["arm"], first["round"], first["games"]) == ("seller", "none", 1, 4)
    assert first["deals"] == 2
    assert {"value", "low", "high"} <= first["surplus"].keys()
    assert first["price_given_deal"] == 16.5
    gain = next(each for each in bargain["gains"] if each["arm"] == "goal")
    assert gain["against"] in {"round 1", "none"}
    assert gain["deal_part"] + gain["price_part"] == pytest.approx(gain["delta"]["value"])
    assert {each["level"] for each in bargain["levels"]} == {"C1", "C2"}
    found = from_json(text).bargain
    assert found is not None
    assert len(found.rounds) == len(bargain["rounds"])


def test_tasks_and_games_stand_in_one_report(pytester: pytest.Pytester, project: Path) -> None:
    write_project(project)
    script = json.loads((project / "script.json").read_text())
    script["tasks"]["*"] = {"reply": "OFFER 12", "advice": "Hold out."}
    (project / "script.json").write_text(json.dumps(script))
    result = pytester.runpytest_inprocess(
        *("tasks", "games", "--selfrepair-model", "scripted:script.json"),
        *("--selfrepair-html", "page.html", "--selfrepair-markdown", "short.md"),
    )
    result.stdout.fnmatch_lines(
        ["self: *", "tasks: 1 solved at once*", "seller: scripted:script.json against *"]
    )
    short = (project / "short.md").read_text()
    assert "### Self-repair: " in short
    assert "### Bargaining: scripted:script.json against rule:boulware, feedback self" in short
    page = (project / "page.html").read_text()
    assert 'id="headline-table"' in page
    assert "Game 0, round 2, self: a deal at 12.0 USD" in page


def test_two_runs_of_games_are_held_against_each_other(
    pytester: pytest.Pytester, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(pytester, "rule:conceder")
    result = play(pytester, "rule:boulware", "--selfrepair-baseline", "last")
    result.stdout.fnmatch_lines(["games: cannot tell whether *(2 scenarios*", "role, arm, round *"])
    out = [("--json", "two.json"), ("--markdown", "two.md"), ("--html", "two.html")]
    files = [each for option, name in out for each in (option, str(project / name))]
    assert cli.main(["compare", f"{STORE}::1", f"{STORE}::2", *files]) == 0
    said = capsys.readouterr().out
    assert "seller, goal, 2 " in said
    assert "pass@t" not in said
    found = comparison_from_json((project / "two.json").read_text())
    [change] = [
        each for each in found.bargain if (each.role, each.arm, each.round) == ("seller", "goal", 2)
    ]
    assert (change.scenarios, change.games) == (2, 4)
    assert change.after > change.before
    assert "| seller, goal, 2 " in (project / "two.md").read_text()
    assert "Games of scenarios" in (project / "two.html").read_text()


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="Matplotlib is an extra")
def test_games_are_drawn_for_papers(pytester: pytest.Pytester, project: Path) -> None:
    play(pytester, "rule:boulware")
    for kind in ("rounds", "risk"):
        out = project / f"{kind}.svg"
        assert cli.main(["plot", STORE, "--kind", kind, "-o", str(out)]) == 0
        text = out.read_text()
        assert "as seller" in text
        assert "as buyer" in text
        assert "goal" in text
        assert "every game as played, no trees drawn" in text


def test_stored_games_go_from_store_to_store_as_lines(
    pytester: pytest.Pytester, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(pytester, "rule:boulware")
    lines = project / "lines.jsonl"
    assert cli.main(["export", STORE, "-o", str(lines), "--what", "all"]) == 0
    capsys.readouterr()
    assert cli.main(["report", str(lines), "-q"]) == 0
    assert "4 items played; 0 tokens" in capsys.readouterr().out
    assert cli.main(["import", str(lines), "--into", str(project / "other.sqlite")]) == 0
    capsys.readouterr()
    assert cli.main(["report", str(project / "other.sqlite"), "-q"]) == 0
    assert "4 items played; 0 tokens" in capsys.readouterr().out

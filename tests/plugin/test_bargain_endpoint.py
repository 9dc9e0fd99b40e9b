"""Games over an endpoint: named models, faults, a kill, and what has been paid for."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from endpoints import Serve
from projects import LEAN
from pytest_selfrepair.bargain.game import GameEnding, all_games
from pytest_selfrepair.store import run_names
from scenario_projects import LAMP, write_scenarios
from warm_processes import python

PLAYS = {
    "reply": [
        {"text": "It is new.\nOFFER 15", "tokens": 8},
        {"text": "Well.\nOFFER 12", "tokens": 8},
        {"text": "Fine.\nACCEPT", "tokens": 6},
    ],
    "advice": {"text": "Open higher.", "tokens": 4},
}
NAMED = (
    *("--selfrepair-model", "gpt-4", "--selfrepair-rival", "gpt-3.5-turbo"),
    *("--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
)
MODES = {"serial": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_scenarios(pytester.path)
    pytester.makeini("[pytest]")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-shown")
    return pytester.path


def stored(store: Path) -> set[str]:
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT task_id, node FROM samples").fetchall()
    return {f"{task_id}#{node}" for task_id, node in rows}


@pytest.mark.parametrize(
    "mode", ["serial", *(pytest.param(mode, marks=pytest.mark.thorough) for mode in ("n0", "n2"))]
)
def test_two_models_bargain_as_naturally_as_one_repairs(
    pytester: pytest.Pytester, project: Path, serve: Serve, mode: str
) -> None:
    with_models = {"models": ["gpt-4", "gpt-3.5-turbo"]}
    server = serve(tasks={"*": PLAYS}, plan={"seed": 3, "share": 0.3}, **with_models)
    url = ("--selfrepair-base-url", server.base_url)
    result = pytester.runpytest("games", *NAMED, *url, *MODES[mode])
    result.assert_outcomes(passed=4)
    found = run_names.load(f"{project}/.selfrepair/samples.sqlite").games
    endings = {game.ending for each in found for *_, game in all_games(each.chains)}
    assert endings == {GameEnding.DEAL}
    assert {each.setup and each.setup.rival for each in found} == {"gpt-3.5-turbo"}
    assert stored(project / ".selfrepair/samples.sqlite") == set(server.requests)
    told = {each.name for record in found for each in record.origins}
    assert told == {"gpt-4", "gpt-3.5-turbo"}
    assert "sk-never-shown" not in result.stdout.str()


def test_a_rival_that_the_endpoint_does_not_know_is_found_before_anything_is_paid(
    pytester: pytest.Pytester, project: Path, serve: Serve
) -> None:
    server = serve(tasks={"*": PLAYS}, models=["gpt-4"])
    url = ("--selfrepair-base-url", server.base_url)
    result = pytester.runpytest("games", *NAMED, *url, "-p", "no:xdist")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "gpt-3.5-turbo" in result.stderr.str() + result.stdout.str()
    assert not server.requests
    assert project.is_dir()


def test_a_rival_that_is_a_slip_of_the_pen_is_refused_by_its_own_option(
    pytester: pytest.Pytester, project: Path
) -> None:
    options = ("--selfrepair-model", "rule:fixed", "--selfrepair-feedback", "none")
    result = pytester.runpytest("games", *options, "--selfrepair-rival", "rules:boulware")
    assert project.is_dir()
    assert "--selfrepair-rival: found 'rules:boulware'" in result.stderr.str()
    assert "did you mean 'rule:boulware'" in result.stderr.str()


def test_games_that_were_killed_go_on_and_pay_for_nothing_twice(
    project: Path, serve: Serve
) -> None:
    slow = [answer | {"seconds": 0.15} for answer in PLAYS["reply"]]  # type: ignore[operator]
    server = serve(tasks={"*": PLAYS | {"reply": slow}})
    command = [
        *python("pytest", "-p", "no:xdist", "-q", LAMP, *NAMED),
        *("--selfrepair-base-url", server.base_url, "--selfrepair-games", "2"),
        *("--selfrepair-rounds", "3", "--selfrepair-concurrency", "2"),
    ]
    environment = {**os.environ, "PYTEST_ADDOPTS": LEAN}
    with subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        while server.requests.total() < 8 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    had = stored(project / ".selfrepair/samples.sqlite")
    before = dict(server.requests)
    assert had
    again = subprocess.run(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    assert again.returncode == 0, again.stdout
    assert all(server.requests[place] == before[place] for place in had)
    [record, other] = run_names.load(f"{project}/.selfrepair/samples.sqlite").games
    assert all(len(chain.games("self")) == 3 for chain in (*record.chains, *other.chains))
    assert record.cost.replayed_tokens + other.cost.replayed_tokens > 0


def test_hostile_talk_is_shown_on_the_page_as_text(
    pytester: pytest.Pytester, project: Path
) -> None:
    talk = "<script>alert(1)</script> \x1b[31m \u202e </table>\nOFFER 12"
    script = {"tasks": {"*": {"reply": talk, "advice": "<img src=x onerror=alert(2)>"}}}
    (project / "script.json").write_text(json.dumps(script))
    pytester.runpytest(
        *(LAMP, "--selfrepair-model", "scripted:script.json", "--selfrepair-html", "page.html"),
        *("--selfrepair-feedback", "self", "--selfrepair-feedback", "none"),
        *("--selfrepair-markdown", "short.md"),
    ).assert_outcomes(passed=2)
    page = (project / "page.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;img src=x" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "offer</th>" in page
    assert "Price against risk" in page
    assert "### Bargaining: scripted:script.json" in (project / "short.md").read_text()

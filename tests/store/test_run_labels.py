"""Names and notes of runs: given at the start or later, listed, and taken for a RUN."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import RECORD
from comparing import SETUP
from projects import write_project
from pytest_selfrepair.cli import main
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.listing import listing
from pytest_selfrepair.store.run_labels import RunLabel, checked_name, labels
from pytest_selfrepair.store.sqlite_store import SqliteStore

STORE = Path(".selfrepair") / "samples.sqlite"
MODES = {"serial": ("-p", "no:xdist"), "n2": ("-n2",)}


def keep(name: str = "", note: str = "", *, n_p: int = 2) -> None:
    STORE.parent.mkdir(exist_ok=True)
    setup = replace(SETUP, plan=replace(SETUP.plan, n_p=n_p))
    with closing(SqliteStore(STORE)) as store:
        store.add_record(store.begin_run(name, note), replace(RECORD, setup=setup))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    assert main(["runs", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("here")
def test_a_name_stands_for_the_latest_run_that_is_called_so() -> None:
    keep("main")
    keep("main")
    keep("other")
    assert run_names.load("main").name == f"{STORE}::2"
    assert run_names.load(f"{STORE}::other").name == f"{STORE}::3"
    assert run_names.load("main").title.startswith(f"main, run 2 of {STORE} (")
    Path("main").write_text("no store\n")
    with pytest.raises(UsageError, match="found main, which begins"):
        run_names.load("main")


@pytest.mark.usefixtures("here")
def test_an_unknown_name_is_answered_by_those_that_there_are() -> None:
    keep("main")
    with pytest.raises(UsageError, match=r"::man; accepted: last, 1, main$"):
        run_names.load(f"{STORE}::man")


@pytest.mark.usefixtures("here")
def test_runs_are_renamed_and_noted_and_the_list_shows_what_tells_them_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep(n_p=2)
    keep(n_p=5)
    head, _, first, second = listed(capsys)
    assert head.split() == ["run", "started", "(UTC)", "model", "sources", "n_p", "tasks", "scored"]
    assert (first.split()[-3], second.split()[-3]) == ("2", "5")
    assert main(["runs", "--rename", "2", "larger", "--note", "last", "five\x1b[31m programs"]) == 0
    assert listed(capsys)[0].split()[:2] == ["run", "name"]
    assert listed(capsys)[3].endswith("five\ufffd[31m programs")
    [_, found] = json.loads("\n".join(listed(capsys, "--json")))
    assert (found["name"], found["settings"]["n_p"]) == ("larger", "5")
    assert main(["runs", "--rename", "larger", ""]) == 0
    assert listed(capsys)[0].split()[:2] == ["run", "started"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rename", "1", "7"], "--rename: found '7'; accepted: up to 60 characters"),
        (["--rename", "1", "a::b"], "--rename: found 'a::b'; accepted: up to 60"),
        (["--note", "1", "x" * 1001], "--note: found 'xxx"),
        (["--rename", "9", "x"], f"RUN: found {STORE.as_posix()}::9; accepted: last, 1"),
    ],
)
def test_what_is_no_name_and_no_run_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep()
    assert main(["runs", *arguments]) == 2
    assert said in capsys.readouterr().err


@given(st.text(max_size=70))
@example(":")
@example("a:")
def test_a_name_that_is_taken_can_be_told_from_every_other_run(name: str) -> None:
    try:
        checked_name(name)
    except ValueError:
        return
    assert name.isprintable()
    assert run_names.split(f"store::{name}") == (Path("store"), name)
    assert not run_names._NUMBER.fullmatch(name)  # noqa: SLF001 - what a number is


@pytest.mark.usefixtures("here")
def test_names_and_notes_travel_with_exported_records(capsys: pytest.CaptureFixture[str]) -> None:
    keep("main", "the standard")
    keep()
    assert main(["export", str(STORE), "--what", "records", "-o", "lines.jsonl"]) == 0
    lines = [json.loads(line) for line in Path("lines.jsonl").read_text("ascii").splitlines()]
    assert {each.get("name") for each in lines[1:]} == {"main", None}
    assert main(["import", "lines.jsonl", "--into", "other.sqlite"]) == 0
    capsys.readouterr()
    with closing(SqliteStore(Path("other.sqlite"))) as store:
        main_run = RunLabel(name="main", note="the standard")
        assert set(labels(store).values()) == {main_run, RunLabel()}
        assert {each.name for each in listing(store)} == {"main", ""}


@pytest.mark.usefixtures("here")
def test_names_stay_where_stores_are_joined() -> None:
    keep("main", "the standard")
    assert main(["merge", str(STORE), "-o", "whole.sqlite"]) == 0
    assert run_names.load("whole.sqlite::main").label == "main"


@pytest.mark.parametrize("mode", MODES)
def test_a_run_is_named_as_it_starts(pytester: pytest.Pytester, mode: str) -> None:
    write_project(pytester.path)
    result = pytester.runpytest(
        *("tasks", *MODES[mode], "--selfrepair-model", "scripted:script.json"),
        *("--selfrepair-run-name", "nightly", "--selfrepair-run-note", "on two cores"),
    )
    assert result.ret != pytest.ExitCode.USAGE_ERROR
    with closing(SqliteStore(pytester.path / STORE)) as store:
        assert labels(store) == {1: RunLabel(name="nightly", note="on two cores")}


def test_a_name_that_is_none_is_refused_before_anything_is_sampled(
    pytester: pytest.Pytester,
) -> None:
    write_project(pytester.path)
    result = pytester.runpytest(
        *("tasks", "-p", "no:xdist", "--selfrepair-model", "scripted:script.json"),
        *("--selfrepair-run-name", "last"),
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --selfrepair-run-name: found 'last'; accepted: up to 60*"])

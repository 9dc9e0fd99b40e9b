"""`selfrepair compare`, and runs beside a baseline, as their users run them."""

import json
import os
import re
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import synthetic
from projects import SCRIPT, SOLVED, UNSOLVED, fenced, write_project
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.estimate.comparison.run_comparison import RunConclusion
from pytest_selfrepair.report.data import comparison_from_json, ranking_from_json
from pytest_selfrepair.store.sqlite_store import SqliteStore
from warm_processes import python

STORE = Path(".selfrepair") / "samples.sqlite"
MODES = {"serial": ("-p", "no:xdist"), "n2": ("-n2",)}


def keep(*runs: list[Record]) -> None:
    """Runs in the default store of this folder, one after the other."""
    STORE.parent.mkdir()
    with closing(SqliteStore(STORE)) as store:
        for records in runs:
            number = store.begin_run()
            for record in records:
                store.add_record(number, record)


def stored(difference: int) -> None:
    """Two runs of 24 tasks; the second has other trees of some, and one task more."""
    before = [synthetic.record(number) for number in range(24)]
    after = [
        replace(each, grown=synthetic.record(number + 60).grown) if number < difference else each
        for number, each in enumerate(before)
    ]
    keep(before, [*after, synthetic.record(30)])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(
        python("pytest_selfrepair", "compare", *arguments),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.usefixtures("here")
def test_two_stored_runs_are_compared_as_text_and_in_three_files() -> None:
    stored(12)
    result = compare("1", "last", "--json", "a/b.json", "--markdown", "b.md", "--html", "b.html")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "only in the run after: 1 task: apps_tasks/introductory/0030" in lines
    assert "settings that differ: none" in lines
    found = comparison_from_json(Path("a/b.json").read_text("ascii"))
    assert lines[0].startswith(str(found.answer))
    assert found.versus.tasks == 24
    assert (found.before.name, found.after.name) == (f"{STORE}::1", f"{STORE}::2")
    for flipped in (found.versus.lost, found.versus.won):
        assert all(each in result.stdout for each in flipped[:10])
        assert all(each in Path("b.html").read_text("utf-8") for each in flipped)
    assert Path("b.md").read_text("utf-8").startswith("### Self-repair: run 2 of ")


@pytest.mark.usefixtures("here")
def test_a_report_on_standard_output_stands_there_alone() -> None:
    stored(0)
    result = compare("1", f"{STORE}::1", "--json", "-")
    assert (result.returncode, result.stderr) == (0, "")
    found = comparison_from_json(result.stdout)
    assert found.answer is RunConclusion.SAME
    assert (found.versus.lost, found.versus.won) == ((), ())


@pytest.mark.usefixtures("here")
def test_three_runs_are_ranked_as_text_and_in_five_files() -> None:
    keep(*[[synthetic.record(number + run) for number in range(12)] for run in (0, 0, 2)])
    kinds = {"json": "b.json", "markdown": "b.md", "html": "b.html", "csv": "b.csv"}
    out = [word for kind, name in kinds.items() for word in (f"--{kind}", name)]
    result = compare("1", "2", "last", *out, "--latex", "b.tex")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "left out: 4 tasks that not every run scored" in lines
    found = ranking_from_json(Path("b.json").read_text("ascii"))
    assert (found.tasks, found.left_out) == (10, 4)
    assert {each.run.name for each in found.runs} == {f"{STORE}::{number}" for number in (1, 2, 3)}
    for name, start in (("b.md", "### Self-repair: 3 runs on 10 tasks"), ("b.csv", "run,rank,")):
        assert Path(name).read_text("utf-8").startswith(start)
    assert "<title>3 runs compared" in Path("b.html").read_text("utf-8")
    assert r"\toprule" in Path("b.tex").read_text("utf-8")


def test_two_runs_have_a_table_for_a_paper_too(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(6)
    assert main(["compare", "1", "2", "--csv", "-"]) == 0
    assert capsys.readouterr().out.startswith("run,rank,name,")
    assert sorted(each.name for each in here.iterdir()) == [".selfrepair"]


def test_quiet_it_prints_three_lines(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(6)
    assert main(["compare", "1", "2", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert re.fullmatch(r"\d lost and \d won: p = [\d.]+", lines[1])
    assert sorted(each.name for each in here.iterdir()) == [".selfrepair"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1", "7"], f"selfrepair: B: RUN: found {STORE}::7; accepted: last, 1, 2"),
        (["1", "2", "9"], f"selfrepair: C: RUN: found {STORE}::9; accepted: last, 1, 2"),
        (["nowhere", "1"], "selfrepair: A: RUN: 'nowhere': No such file or directory"),
        (
            ["1", "2", "--json", "-", "--html", "-"],
            "selfrepair: --json and --html: found `-` for each; accepted: for one of them",
        ),
        (["1", "2", "--html", f"{STORE}/x.html"], f"selfrepair: {STORE}/x.html: File exists; "),
        (["1", "2", "--json", ".selfrepair"], "selfrepair: .selfrepair: Is a directory; "),
    ],
)
def test_what_cannot_be_read_or_written_ends_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(0)
    assert main(["compare", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.out == ""


def test_a_run_with_two_records_of_a_task_is_refused_before_anything_is_sampled(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    keep([synthetic.record(0)])
    assert main(["export", "last", "--what", "records", "-o", "once.jsonl"]) == 0
    header, line = Path("once.jsonl").read_text("ascii").splitlines()
    Path("twice.jsonl").write_text(f"{header}\n{line}\n{line}\n")
    capsys.readouterr()
    said = "the run before has two records of apps_tasks/introductory/0000; accepted: one of each"
    assert main(["compare", "twice.jsonl", "last"]) == 2
    assert capsys.readouterr().err.startswith(f"selfrepair: {said}")
    write_project(pytester.path)
    result = pytester.runpytest(
        *("tasks", "-p", "no:xdist", "--selfrepair-model", "scripted:script.json"),
        *("--selfrepair-baseline", "twice.jsonl"),
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --selfrepair-baseline: {said}*"])


LEARNED = {
    "tasks": {
        **SCRIPT["tasks"],  # type: ignore[dict-item]  # a script's values are any JSON
        SOLVED: {"program": fenced("print(0)"), "repair": fenced("print(1)"), "feedback": "No."},
        UNSOLVED: {"program": fenced("print('a hidden answer')")},
    }
}
"""The script of a model that has forgotten one task and learned another."""


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_run_is_held_against_its_baseline(
    pytester: pytest.Pytester, mode: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    write_project(pytester.path)
    options = ("tasks", "--selfrepair-programs", "2", "--selfrepair-replay", "off")
    before = ("--selfrepair-model", "scripted:script.json", *MODES["serial"])
    first = pytester.runpytest(*options, *before)
    assert first.ret == 1
    (pytester.path / "learned.json").write_text(json.dumps(LEARNED))
    result = pytester.runpytest(
        *(*options, *mode),
        *("--selfrepair-model", "scripted:learned.json", "--selfrepair-baseline", "last"),
        *("--selfrepair-markdown", "run.md", "--selfrepair-html", "run.html"),
    )
    text = " ".join(line.strip() for line in result.outlines)
    assert f"against run 1 of {STORE}" in text
    assert "cannot tell with 3 tasks whether it got better: from 66.7% to 66.7% solved" in text
    assert "pass@1: from 16.7% to 33.3%, +16.7 points" in text
    assert f"  lost: 1 task: {SOLVED}" in result.outlines
    assert f"  won: 1 task: {UNSOLVED}" in result.outlines
    assert "model from scripted:script.json to scripted:learned.json" in text
    markdown = (pytester.path / "run.md").read_text("utf-8")
    assert f"#### Against run 1 of {STORE}" in markdown
    assert f"- won: 1 task: {UNSOLVED}" in markdown
    page = (pytester.path / "run.html").read_text("utf-8")
    assert f'<h2 id="against-title">Against run 1 of {STORE}' in page
    assert f'<a href="#/task/{UNSOLVED}">' in page
    monkeypatch.chdir(pytester.path)
    assert main(["compare", "1", "2", "--json", "both.json"]) == 0
    found = comparison_from_json(Path("both.json").read_text("ascii"))
    assert (found.versus.lost, found.versus.won) == ((SOLVED,), (UNSOLVED,))


def test_quiet_a_run_says_in_one_line_how_it_stands_to_its_baseline(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    write_project(pytester.path)
    options = ("tasks", "-q", "-p", "no:xdist", "--selfrepair-model", "scripted:script.json")
    pytester.runpytest(*options)
    result = pytester.runpytest(*options, "--selfrepair-baseline", "last")
    told = [line for line in result.outlines if line.startswith("baseline: ")]
    assert told == ["baseline: the same on 3 tasks: 66.7%"]

"""What a run leaves when it ends: files, the gate's word as the last line, and the exit status."""

import re
from pathlib import Path

import pytest

from projects import write_project
from pytest_selfrepair.report.data import from_json
from warm_processes import python

SCRIPTED = ("--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2")
MODES = [
    pytest.param(("-p", "no:xdist"), id="serial"),
    pytest.param(("-n0",), id="n0", marks=pytest.mark.slow),
    pytest.param(("-n2",), id="n2"),
]


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with tasks: one is solved, one only by repair, one is not."""
    write_project(pytester.path)
    return pytester


@pytest.mark.parametrize("mode", MODES)
def test_a_run_writes_the_reports_that_were_asked_for(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mode: tuple[str, ...]
) -> None:
    step = project.path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    files = ("--selfrepair-html=out/run.html", "--selfrepair-json=out/run.json")
    result = project.runpytest("tasks", *SCRIPTED, *mode, *files, "--selfrepair-markdown=run.md")
    out = result.stdout.str()
    for line in ("page: out/run.html", "estimates: out/run.json", "markdown: run.md"):
        assert out.count(line) == 1
    assert out.count("pass@t: pass rate by tokens") == 1
    found = from_json((project.path / "out/run.json").read_text())
    assert found.about.scored == 3
    assert found.shapes
    page = (project.path / "out/run.html").read_text()
    assert "<!doctype html>" in page.lower()
    short = (project.path / "run.md").read_text()
    assert short.startswith("### Self-repair")
    assert step.read_text() == f"before\n{short}"


UNDER = r"self-repair gate: failed: pass@t of self is 0\.\d+ \(--selfrepair-fail-under 0\.9\)"


@pytest.mark.parametrize(
    ("mode", "limit", "status", "last"),
    [
        pytest.param(("-p", "no:xdist"), "0.6", 0, "self-repair gate: passed", id="serial-passed"),
        pytest.param(("-p", "no:xdist"), "0.9", 1, UNDER, id="serial-failed"),
        pytest.param(("-n0",), "0.9", 1, UNDER, id="n0", marks=pytest.mark.slow),
        pytest.param(("-n2",), "0.6", 0, "self-repair gate: passed", id="n2-passed"),
        pytest.param(("-n2",), "0.9", 1, UNDER, id="n2-failed", marks=pytest.mark.slow),
    ],
)
def test_a_gate_decides_the_exit_status_in_place_of_unsolved_tasks(
    project: pytest.Pytester, mode: tuple[str, ...], limit: str, status: int, last: str
) -> None:
    result = project.runpytest("tasks", *SCRIPTED, *mode, "--selfrepair-fail-under", limit)
    assert result.ret == status
    result.assert_outcomes(passed=1, failed=1)
    assert re.fullmatch(last, result.outlines[-1])


def test_an_ordinary_test_that_fails_still_counts_beside_a_gate(project: pytest.Pytester) -> None:
    project.makepyfile(test_ordinary="def test_no():\n    assert False\n")
    result = project.runpytest(".", *SCRIPTED, "--selfrepair-fail-under", "0.1")
    assert result.ret == 1
    assert result.outlines[-1] == "self-repair gate: passed, but other tests failed"


def test_a_gate_counts_tasks_that_were_not_scored(project: pytest.Pytester) -> None:
    options = (*SCRIPTED, "--selfrepair-max-tokens-total", "1", "--selfrepair-fail-under", "0.1")
    result = project.runpytest("tasks", *options)
    assert result.ret == 1
    shown = "\n".join(result.outlines[-3:])
    assert "3 of 3 tasks were not scored (--selfrepair-max-unscored 0)" in shown
    assert "no task was scored (--selfrepair-fail-under)" in shown


@pytest.mark.parametrize(
    "mode",
    [("-p", "no:xdist"), pytest.param(("-n2",), marks=pytest.mark.slow)],
    ids=["serial", "n2"],
)
def test_a_replay_of_its_baseline_passes_and_the_limit_is_judged_before_it_runs(
    project: pytest.Pytester, mode: tuple[str, ...]
) -> None:
    project.runpytest("tasks", *SCRIPTED)
    gate = ("--selfrepair-baseline", "last", "--selfrepair-max-regression", "0.1")
    result = project.runpytest("tasks", *SCRIPTED, *mode, *gate, "--selfrepair-markdown", "run.md")
    assert result.ret == 0
    assert result.outlines[-1] == "self-repair gate: passed"
    result.stdout.fnmatch_lines(["gate: 3 tasks in both runs can hold no limit of a regression"])
    text = (project.path / "run.md").read_text("utf-8")
    assert "#### Gate: passed" in text
    assert "- ✓ pass@\u200bt is that of the baseline" in text
    assert "**Unsolved: 1 task of 3.** tasks/competition/0003" in text
    refused = project.runpytest("tasks", *SCRIPTED, *mode, *gate, "--selfrepair-discordance", "0.1")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    said = "--selfrepair-max-regression: found 0.1; accepted: no limit, as 3 tasks in both runs"
    assert said in "\n".join([*refused.errlines, *refused.outlines])


def test_annotations_mark_the_gate_and_each_task_that_is_unsolved_or_lost(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    project.runpytest("tasks", *SCRIPTED)
    options = ("--selfrepair-annotations", "github", "--selfrepair-fail-under", "0.9")
    result = project.runpytest("tasks", *SCRIPTED, *options, "--selfrepair-baseline", "last")
    commands = [line for line in result.outlines if line.startswith("::")]
    assert commands[0].startswith("::error title=self-repair gate%3A failed::pass@t of self is 0.")
    assert commands[1].startswith(
        "::warning title=task unsolved,file=tasks/competition/0003/question.txt::"
        "tasks/competition/0003: unsolved: 2 programs and "
    )
    assert len(commands) == 2
    assert result.outlines[-1].startswith("self-repair gate: failed: ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--selfrepair-max-regression", "0.1"), "*accepted: with --selfrepair-baseline RUN*"),
        (("--selfrepair-baseline", "7"), "*--selfrepair-baseline: *samples.sqlite*"),
        (("--selfrepair-fail-under", "66"), "*found '66'; accepted: a number from 0 to 1*"),
    ],
)
def test_a_gate_that_cannot_be_is_refused_before_anything_is_sampled(
    project: pytest.Pytester, options: tuple[str, ...], said: str
) -> None:
    result = project.runpytest_inprocess("tasks", *SCRIPTED, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])
    assert not (project.path / ".selfrepair").exists()


def test_a_report_that_cannot_be_written_is_said_and_loses_nothing(
    project: pytest.Pytester,
) -> None:
    (project.path / "taken").write_text("a file, not a folder")
    result = project.runpytest("tasks", *SCRIPTED, "--selfrepair-json=taken/run.json")
    result.stdout.fnmatch_lines(["estimates not written: taken/run.json: *"])
    assert (project.path / ".selfrepair/samples.sqlite").exists()


def test_a_stored_run_is_reported_again_by_a_command(project: pytest.Pytester) -> None:
    project.runpytest("tasks", *SCRIPTED, "--selfrepair-json=run.json")
    command = python("pytest_selfrepair")
    again = project.run(*command, "report", "last", "--json", "-")
    first = from_json((project.path / "run.json").read_text())
    second = from_json(again.stdout.str())
    assert second.shapes == first.shapes
    assert second.headline == first.headline
    text = project.run(*command, "report", "1", "-q")
    assert text.outlines[0].startswith("run 1 of .selfrepair/samples.sqlite")
    drawn = project.run(*command, "plot", "last", "--kind", "sources", "-o", "a.svg")
    assert drawn.ret == 0
    assert "<svg" in Path(project.path / "a.svg").read_text()

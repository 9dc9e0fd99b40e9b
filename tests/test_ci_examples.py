"""Examples of continuous integration: what they use is offered, and the action's script works."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from places import ROOT
from projects import write_project
from pytest_selfrepair.cli import main
from pytest_selfrepair.plugin.flags import OPTIONS

FLAGS = {option.flag for option in OPTIONS}
EXAMPLES = ["action.yml", *(f"examples/{name}" for name in ("github-actions.yml", "gitlab-ci.yml"))]
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC")


def parsed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", [*EXAMPLES, "examples/Jenkinsfile"])
def test_an_example_uses_flags_that_are_offered_and_holds_no_key(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    used = set(re.findall(r"--selfrepair-[a-z-]*[a-z]", text))
    assert used
    assert used <= FLAGS
    assert not re.search(r"sk-|api_key\s*[:=]\s*\w", text)


def test_every_workflow_runs_pytest_with_a_gate_on_changes_and_at_night() -> None:
    github = parsed("examples/github-actions.yml")["jobs"]
    gitlab = parsed("examples/gitlab-ci.yml")
    scripts = [" ".join(step.get("run", "") for step in job["steps"]) for job in github.values()]
    scripts += [" ".join(job["script"]) for job in gitlab.values() if "script" in job]
    scripts += (ROOT / "examples/Jenkinsfile").read_text(encoding="utf-8").split("stage('nightly')")
    gates = ["--selfrepair-fail-under", "--selfrepair-max-regression"] * 3
    for script, gate in zip(scripts, gates, strict=True):
        assert "pytest apps_tasks" in script
        assert gate in script


def test_the_jenkinsfile_closes_what_it_opens() -> None:
    lines = (ROOT / "examples/Jenkinsfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("//"))
    for opened, closed in ("{}", "()"):
        assert text.count(opened) == text.count(closed)
    assert text.count("'") % 2 == 0


def test_the_action_passes_every_input_on_and_none_into_the_text_of_a_script() -> None:
    action = parsed("action.yml")
    steps = action["runs"]["steps"]
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(steps)))
    assert used == set(action["inputs"])
    for step in steps:
        assert "${{" not in step.get("run", "")


@pytest.mark.slow  # CI replays the examples in a step of its own
def test_the_action_replays_a_recording_to_the_same_reports_every_time(
    tmp_path: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(pytester.path)
    model = ("--selfrepair-model", "scripted:script.json", "--selfrepair-programs", "2")
    pytester.runpytest("tasks", "-n0", *model)
    lines = pytester.path / "recordings.jsonl"
    main(["export", str(pytester.path / ".selfrepair/samples.sqlite"), "-o", str(lines)])
    monkeypatch.chdir(tmp_path)
    found = [replayed(tmp_path / name, lines) for name in ("first", "second")]
    assert found[0] == found[1]
    for said in ("Gate: failed", "Unsolved: 1 task of 3", "tasks/competition/0003"):
        assert said in found[0]["report.md"]


def replayed(folder: Path, recordings: Path) -> dict[str, str]:
    """What the action's script writes, but for times."""
    write_project(folder)
    action = parsed("action.yml")
    [step] = [each for each in action["runs"]["steps"] if each.get("name") == "Run"]
    given = {
        "model": "scripted:script.json",
        "tasks": "tasks",
        "recordings": str(recordings),
        "fail-under": "0.9",
        "arguments": "-p no:cacheprovider -n 0 --selfrepair-programs '2'",
    }
    inputs = {name: each.get("default", "") for name, each in action["inputs"].items()} | given
    env = {
        name: inputs[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1]]  # type: ignore[index]
        for name, value in step["env"].items()
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    summary = folder / "summary.md"
    done = subprocess.run(
        [
            shutil.which("bash") or "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            step["run"],
        ],
        cwd=folder,
        env=os.environ | env | {"PATH": path, "GITHUB_STEP_SUMMARY": str(summary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "::error title=self-repair gate%3A failed::" in done.stdout
    reports = folder / "selfrepair-report"
    assert (reports / "junit.xml").exists()
    texts = {name: (reports / name).read_text() for name in ("report.md", "report.json")}
    assert summary.read_text() == texts["report.md"]
    return {name: TIME.sub("", text) for name, text in texts.items()}

"""Data sets of the hub: fetched once, then read like any file; or why they cannot be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import hub

ROW = {
    "problem_id": 7,
    "question": "Add.",
    "difficulty": "interview",
    "input_output": json.dumps({"inputs": ["1 2"], "outputs": ["3"]}),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a data set as the library takes it for one of the hub, and no network."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CACHE_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "owner/sums").mkdir(parents=True)
    (tmp_path / "owner/sums/test.jsonl").write_text(json.dumps(ROW) + "\n")
    return tmp_path


def tasks(*names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest_selfrepair", "tasks", *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def hide(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "hidden").mkdir()
    (here / "hidden/datasets.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(here / "hidden"), prepend=os.pathsep)


@pytest.mark.usefixtures("here")
def test_a_data_set_is_fetched_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    first = tasks("hub:owner/sums[test]", "--json")
    assert json.loads(first.stdout)["tasks"] == 1
    hide(here, monkeypatch)
    again = tasks("hub:owner/sums[test]", "--json")
    assert json.loads(again.stdout)["tasks"] == 1
    missing = tasks("hub:owner/sums[train]")
    assert missing.returncode == 1
    assert "library: found no library datasets; accepted: pip install" in missing.stdout


@pytest.mark.usefixtures("here")
def test_what_the_hub_does_not_give_is_one_error() -> None:
    pytest.importorskip("datasets")
    found = tasks("hub:codeparrot/apps[test]", "hub:owner/sums[nope]")
    assert found.returncode == 1
    offline, unknown = found.stdout.splitlines()[-2:]
    assert "hub:codeparrot/apps[test]: hub: found ConnectionError: " in offline
    assert 'Unknown split "nope"' in unknown


@pytest.mark.parametrize("name", ["hub:codeparrot/apps", "hub:[test]", "hub:a/b/c[test]"])
def test_a_name_says_which_split(name: str) -> None:
    with pytest.raises(TaskError, match=r"accepted: hub:OWNER/NAME\[SPLIT\]"):
        hub.fetched(name)


def test_pytest_takes_names_of_the_hub_for_paths_and_in_ids(
    pytester: pytest.Pytester, here: Path
) -> None:
    cache = here / "XDG_CACHE_HOME/pytest-selfrepair/hub"
    cache.mkdir(parents=True)
    name = "hub:owner/sums[test]"
    (cache / "owner--sums--test.jsonl").write_text(json.dumps(ROW) + "\n{\n")
    entry = {"program": "```\nprint(3)\n```"}
    script = pytester.path / "script.json"
    script.write_text(json.dumps({"tasks": {f"{name}::0007": entry}}))
    pytester.makeini("[pytest]")
    os.chdir(pytester.path)
    model = ("--selfrepair-model", f"scripted:{script}", "--selfrepair-programs", "1")
    result = pytester.runpytest(name, *model, "-v")
    result.stdout.fnmatch_lines(["hub:owner/sums[[]test]::0007::selfrepair PASSED*"])
    result.stdout.fnmatch_lines(
        ["owner--sums--test.jsonl:2: content: found*", "*1 passed, 1 error*"]
    )
    one = pytester.runpytest(f"{name}::0007::selfrepair", *model, "-n2")
    one.stdout.fnmatch_lines(["*1 passed in*"])
    result = pytester.runpytest("hub:owner/sums", *model)
    result.stderr.fnmatch_lines(["ERROR: hub:owner/sums: name: found *; accepted: hub:OWNER/*"])

"""`selfrepair tasks`: what there is, and what is wrong with which."""

import json
from pathlib import Path

import pytest

from projects import write_project, write_task
from pytest_selfrepair.cli import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    write_task(tmp_path / "tasks/interview/0008", difficulty="hard", inputs=[], outputs=[])
    write_task(tmp_path / "tasks/interview/0009", difficulty="interview", inputs=[], outputs=[])
    metadata = {"difficulty": "interview", "topics": ["sums", "strings"], "public_cases": []}
    (tmp_path / "tasks/interview/0009/metadata.json").write_text(json.dumps(metadata))
    return tmp_path


@pytest.mark.usefixtures("here")
def test_tasks_are_counted_and_the_broken_ones_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "tasks"]) == 1
    lines = capsys.readouterr().out.splitlines()
    rows = {words[0]: words[1:4] for line in lines if (words := line.split())}
    assert rows["introductory"] == ["1", "1", "0"]
    assert rows["interview"] == ["2", "1", "1"]
    assert rows["all"] == ["4", "3", "1"]
    assert "topics: sums 1, strings 1" in lines
    assert "without cases, to be skipped: 1 (tasks/interview/0009)" in lines
    assert lines[-2] == "in error: 1"
    assert lines[-1].startswith("  tasks/interview/0008: difficulty: found 'hard'; accepted: ")


@pytest.mark.usefixtures("here")
def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "tasks", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["tasks"] == 4
    assert found["difficulty"] == {"introductory": 1, "interview": 2, "competition": 1}
    assert found["kind"] == {"stdin": 3, "call_based": 1}
    assert found["topic"] == {"sums": 1, "strings": 1}
    assert found["cases"] == {"total": 5, "least": 0, "median": 1.5, "most": 2}
    assert found["statement_tokens"]["most"] >= 4
    assert found["without_cases"] == ["tasks/interview/0009"]
    assert [error["field"] for error in found["errors"]] == ["difficulty"]


@pytest.mark.usefixtures("here")
def test_where_all_is_well_the_status_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "tasks/introductory", "tasks/competition"]) == 0
    assert "in error" not in capsys.readouterr().out

"""Any path → tasks: folders, trees of folders, JSON Lines, and what is none of these."""

import json
from pathlib import Path

import pytest

from projects import write_task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.task_paths import FoundTask, find


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b/0002", "a/0001", "a/.hidden/0009"):
        write_task(tmp_path / "tasks" / name, difficulty="interview", inputs=["1"], outputs=["2"])
    (tmp_path / "tasks/a/0001/inner").mkdir()
    (tmp_path / "tasks/a/0001/inner/question.txt").write_text("This belongs to the task.")
    return tmp_path


def row(**fields: object) -> str:
    cases = json.dumps({"inputs": ["1"], "outputs": ["2"]})
    known = {"question": "Add.", "difficulty": "interview", "input_output": cases}
    return json.dumps(known | fields) + "\n"


def ids(*paths: Path) -> list[str]:
    return [each.id if isinstance(each, FoundTask) else str(each) for each in find(paths)]


def test_a_tree_holds_its_task_folders_in_order(here: Path) -> None:
    assert ids(here / "tasks") == ["tasks/a/0001", "tasks/b/0002"]


def test_a_folder_may_be_the_task_itself(here: Path) -> None:
    (found,) = find([here / "tasks/b/0002"])
    assert isinstance(found, FoundTask)
    assert found.load().id == found.id == "tasks/b/0002"


def test_a_path_from_elsewhere_keeps_all_its_parts(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here / "tasks/a")
    assert ids(here / "tasks/b") == [(here / "tasks/b/0002").as_posix()]


def test_links_are_followed_and_a_circle_of_them_is_an_error(here: Path) -> None:
    (here / "linked/d").mkdir(parents=True)
    (here / "linked/c").symlink_to(here / "tasks/b")
    (here / "linked/circle").symlink_to(here / "linked")
    (here / "linked/d/there").symlink_to(here / "back")
    (here / "back").mkdir()
    (here / "back/again").symlink_to(here / "linked/d")
    circle = "path: found a link to a folder above it; accepted: links to other folders"
    assert ids(here / "linked") == [
        f"linked/circle: {circle}",
        "linked/c/0002",
        f"linked/d/there/again: {circle}",
    ]


def test_lines_are_tasks_and_a_broken_one_spoils_no_other(here: Path) -> None:
    lines = [row(problem_id=7), "{", row(problem_id=7), row(problem_id="x")]
    (here / "tasks.jsonl").write_text("\n".join(lines))
    first, broken, twice, last = ids(here / "tasks.jsonl")
    assert (first, last) == ("tasks.jsonl::0007", "tasks.jsonl::x")
    assert broken.startswith("tasks.jsonl:3: content: found")
    assert "which line 1 has too" in twice


@pytest.mark.parametrize(
    ("name", "found"),
    [("nowhere", "no such file"), ("notes.txt", "another file"), ("empty", "no task")],
)
def test_what_holds_no_task_is_an_error_in_its_place(here: Path, name: str, found: str) -> None:
    (here / "notes.txt").touch()
    (here / "empty").mkdir()
    error, task = find([here / name, here / "tasks/b"])
    assert isinstance(error, TaskError)
    assert found in str(error)
    assert isinstance(task, FoundTask)

"""The tasks of `apps_tasks/` are complete, well-formed and proved sound by their generator."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from places import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "apps_tasks").glob("*/*/question.txt"))
NAMES = [folder.relative_to(ROOT / "apps_tasks").as_posix() for folder in FOLDERS]
each_task = pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)


def read_json(folder: Path, file: str) -> dict[str, object]:
    document = json.loads((folder / file).read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def fn_name(folder: Path) -> object:
    return read_json(folder, "input_output.json").get("fn_name")


def test_there_are_sixty_tasks_in_the_papers_proportions() -> None:
    found = Counter(folder.parent.name for folder in FOLDERS)
    assert found == {"introductory": 12, "interview": 36, "competition": 12}


def test_about_a_third_of_the_tasks_is_call_based() -> None:
    assert 0.25 <= len([folder for folder in FOLDERS if fn_name(folder)]) / len(FOLDERS) <= 0.45


def test_every_statement_is_unique() -> None:
    statements = {(folder / "question.txt").read_text("utf-8") for folder in FOLDERS}
    assert len(statements) == len(FOLDERS)


@each_task
def test_the_folder_holds_the_files_of_its_kind(folder: Path) -> None:
    expected = {"input_output.json", "metadata.json", "question.txt", "solutions.json"}
    if fn_name(folder):
        expected.add("starter_code.py")
    assert {path.name for path in folder.iterdir()} - {"checker.py"} == expected


@each_task
def test_the_difficulty_is_the_name_of_the_parent_folder(folder: Path) -> None:
    assert read_json(folder, "metadata.json")["difficulty"] == folder.parent.name


@each_task
def test_the_metadata_names_topics_and_source(folder: Path) -> None:
    metadata = read_json(folder, "metadata.json")
    assert set(metadata) == {"difficulty", "source", "topics"}
    assert metadata["source"] == "pytest-selfrepair"
    assert metadata["topics"]


@each_task
def test_every_case_has_an_input_and_an_output(folder: Path) -> None:
    cases = read_json(folder, "input_output.json")
    inputs, outputs = cases["inputs"], cases["outputs"]
    assert isinstance(inputs, list)
    assert isinstance(outputs, list)
    assert 20 <= len(inputs) == len(outputs) <= 60


@each_task
def test_the_cases_are_of_the_tasks_kind(folder: Path) -> None:
    cases = read_json(folder, "input_output.json")
    inputs, outputs = cases["inputs"], cases["outputs"]
    assert isinstance(inputs, list)
    assert isinstance(outputs, list)
    if fn_name(folder):
        assert all(isinstance(arguments, list) for arguments in inputs)
    else:
        assert all(text.endswith("\n") for text in [*inputs, *outputs])


@each_task
def test_there_are_two_different_solutions_or_more(folder: Path) -> None:
    solutions = json.loads((folder / "solutions.json").read_text("utf-8"))
    assert len(set(solutions)) == len(solutions) >= 2


@each_task
def test_the_starter_code_opens_the_body_of_the_function(folder: Path) -> None:
    if name := fn_name(folder):
        starter = (folder / "starter_code.py").read_text("utf-8")
        compile(f"from typing import List\n{starter}pass\n", "starter_code.py", "exec")
        assert f"def {name}(" in starter


def make_tasks(*options: str) -> None:
    command = [sys.executable, "-B", str(ROOT / "tools" / "make_tasks.py"), *options]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow  # CI's proof of the tasks compares their files as well
def test_every_file_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    make_tasks("--to", str(tmp_path))
    assert contents(tmp_path) == contents(ROOT / "apps_tasks")


@pytest.mark.slow
def test_every_task_is_proved_sound() -> None:
    make_tasks("--check")

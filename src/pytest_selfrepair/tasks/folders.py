"""Tasks in the folder layout of APPS: one folder a task."""

from pathlib import Path

from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.tasks.apps import Source, brief, read_json, read_task, read_text

STATEMENT = "question.txt"
CASES = "input_output.json"
METADATA = "metadata.json"
SOLUTIONS = "solutions.json"
STARTER = "starter_code.py"
CHECKER = "checker.py"


def is_task_folder(path: Path) -> bool:
    """True where a folder holds a task, even a broken one."""
    return (path / STATEMENT).is_file() or (path / CASES).is_file()


def read_folder(path: Path, task_id: str) -> Task:
    """Read one task.

    Raises:
        TaskError: A file is missing or malformed; the error names it.
    """

    def source(name: str) -> Source:
        return Source(file=f"{task_id}/{name}")

    def text(name: str) -> str:
        return read_text(path / name, source(name))

    def parsed(name: str) -> JsonValue:
        return read_json(text(name), source(name)) if (path / name).exists() else None

    metadata = read_json(text(METADATA), source(METADATA))
    if not isinstance(metadata, dict):
        raise source(METADATA).error("content", brief(metadata), "an object with a difficulty")
    fields: dict[str, JsonValue] = {
        "question": text(STATEMENT),
        "difficulty": metadata.get("difficulty"),
        "input_output": parsed(CASES),
        "solutions": parsed(SOLUTIONS),
        "starter_code": text(STARTER) if (path / STARTER).exists() else "",
        "checker": text(CHECKER) if (path / CHECKER).exists() else None,
    }
    return read_task(task_id, fields, Source(file=task_id))

"""Read tasks in the folder layout of APPS, one folder per task."""

import errno
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.tasks import apps_fields
from pytest_selfrepair.tasks.outline import READ_AT_ONCE, Outline
from pytest_selfrepair.tasks.source import Source, brief, check_size, read_json, read_text

STATEMENT = "question.txt"
CASES = "input_output.json"
METADATA = "metadata.json"
SOLUTIONS = "solutions.json"
STARTER = "starter_code.py"
CHECKER = "checker.py"
CONFTEST = "conftest.py"
"""Not a file of the task: pytest hooks for this task alone."""

_FILES = (STATEMENT, CASES, METADATA, SOLUTIONS, STARTER, CHECKER, CONFTEST)

_END = 4_096
"""Bytes inspected at either end of a large file of cases."""

_NAMED_FIRST = re.compile(rb'\s*\{\s*"fn_name"\s*:\s*(null|"[^"\\]*")\s*[,}]')
_NAMED_LAST = re.compile(rb'[,{]\s*"fn_name"\s*:\s*(null|"[^"\\]*")\s*\}\s*\Z')
_ANYWHERE = b'"fn_name"'


def is_task_folder(path: Path) -> bool:
    """Whether a folder holds a task, even a malformed one."""
    return (path / STATEMENT).is_file() or (path / CASES).is_file()


def files_of(folder: str) -> dict[str, int]:
    """The names and sizes of a task's files in a folder; empty where it is not a task's."""
    found: dict[str, int] = {}
    for name in _FILES:
        try:
            found[name] = os.stat(f"{folder}/{name}").st_size  # noqa: PTH116 - thousands of them
        except OSError as error:
            if error.errno == errno.ELOOP:  # reading the task reports the error
                found[name] = 0
        if name == CASES and STATEMENT not in found and CASES not in found:
            return {}
    return found


def read_folder(path: Path | str, task_id: str) -> Task:
    """Read one task.

    Raises:
        TaskError: A file is missing or malformed; the error names it.
    """
    folder = os.fspath(path)
    fields = _fields(folder, task_id, files_of(folder))
    return apps_fields.read(task_id, fields, Source(file=task_id))


def outline_folder(folder: str, task_id: str, files: Mapping[str, int]) -> Outline:
    """Outline a task; one of ordinary size is read in full.

    Args:
        folder: The folder's path.
        task_id: The task's name in errors.
        files: The result of `files_of` for the folder.

    Raises:
        TaskError: A file is missing or malformed.
    """
    large: set[str] = set()
    for name, size in files.items():
        if size > READ_AT_ONCE:
            check_size(size, Source(file=f"{task_id}/{name}"))
            large.add(name)
    fields = _fields(folder, task_id, files, leave_out=large & {STATEMENT, CASES, SOLUTIONS})
    outline = apps_fields.check(fields, Source(file=task_id))
    if CASES not in large:
        return outline
    kind = _kind_of(f"{folder}/{CASES}", Source(file=f"{task_id}/{CASES}"), STARTER in files)
    return Outline(difficulty=outline.difficulty, kind=kind, cases=None)


def _fields(
    folder: str, task_id: str, files: Collection[str], leave_out: Collection[str] = ()
) -> dict[str, JsonValue]:
    def source(name: str) -> Source:
        return Source(file=f"{task_id}/{name}")

    def text(name: str) -> str:
        return "large" if name in leave_out else read_text(f"{folder}/{name}", source(name))

    def parsed(name: str) -> JsonValue:
        if name not in files or name in leave_out:
            return None
        return read_json(text(name), source(name))

    metadata = read_json(text(METADATA), source(METADATA))
    if not isinstance(metadata, dict):
        raise source(METADATA).error("content", brief(metadata), "an object with a difficulty")
    return {
        "question": text(STATEMENT),
        "difficulty": metadata.get("difficulty"),
        "input_output": parsed(CASES),
        "solutions": parsed(SOLUTIONS),
        "starter_code": text(STARTER) if STARTER in files else "",
        "checker": text(CHECKER) if CHECKER in files else None,
        "public_cases": None if CASES in leave_out else metadata.get("public_cases"),
        "topics": metadata.get("topics"),
        "limits": metadata.get("limits"),
        "url": metadata.get("url"),
    }


def _kind_of(path: str, source: Source, has_starter: bool) -> TaskKind:
    """The kind of a task with a large file of cases.

    A function's name usually comes first or last in that file, where it is distinguished from
    similar text. Otherwise the whole file is searched, but only for a task with starter code, as
    call-based ones have.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            if named := _NAMED_FIRST.match(file.read(_END)):
                return _kind(named[1])
            file.seek(-_END, os.SEEK_END)
            if named := _NAMED_LAST.search(file.read(_END)):
                return _kind(named[1])
    except OSError as error:
        raise source.error("file", error.strerror or str(error), "a readable file") from error
    if has_starter and _ANYWHERE in (text := read_text(path, source)).encode():
        tests = read_json(text, source)
        if isinstance(tests, dict) and tests.get("fn_name") is not None:
            return TaskKind.CALL_BASED
    return TaskKind.STDIN


def _kind(fn_name: bytes) -> TaskKind:
    return TaskKind.STDIN if fn_name == b"null" else TaskKind.CALL_BASED

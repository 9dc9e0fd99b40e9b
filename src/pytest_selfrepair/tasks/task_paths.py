"""Find tasks at a path: a task's folder, a tree of folders, or JSON Lines."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import hub, jsonl
from pytest_selfrepair.tasks.folders import files_of, read_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTask:
    """A task that is read on demand.

    Attributes:
        id: Its id in the plugin: ``tasks/0007``, or ``tasks.jsonl::0007`` for a line of a file.
        load: Reads it; raises TaskError where it is malformed.
    """

    id: str
    load: Callable[[], Task]


def find(paths: Iterable[Path]) -> Iterator[FoundTask | TaskError]:
    """The tasks of every path, in order of their names, with errors in place of malformed ones."""
    for path in paths:
        try:
            yield from _find(path)
        except TaskError as error:
            yield error


def load_tasks(*paths: str | Path) -> list[Task]:
    """Read every task at some paths.

    Args:
        paths: Each a task's folder, a tree of such folders, a .jsonl or .jsonl.gz file, or
            ``hub:NAME[split]``.

    Returns:
        The tasks, in order of their names; those of an earlier path come first.

    Raises:
        TaskError: One is malformed, or there is none; the error names file, field and value.
    """
    tasks: list[Task] = []
    for found in find(map(Path, paths)):
        if isinstance(found, TaskError):
            raise found
        tasks.append(replace(found.load(), id=found.id))
    return tasks


def _find(path: Path) -> Iterator[FoundTask | TaskError]:
    if hub.is_hub(str(path)):
        yield from _lines(hub.fetched(str(path)), str(path))
    elif path.is_dir():
        yield from _folders(path)
    elif jsonl.is_lines(path):
        yield from _lines(path, shown(path))
    else:
        found = "another file" if path.exists() else "no such file or folder"
        accepted = (
            "a task's folder, a folder of such folders, a .jsonl or .jsonl.gz file, hub:NAME[split]"
        )
        raise TaskError(file=str(path), field="path", found=found, accepted=accepted)


def _lines(path: Path, base: str) -> Iterator[FoundTask | TaskError]:
    for line, name in jsonl.named(path):
        if isinstance(name, TaskError):
            yield name
        else:
            task_id = f"{base}::{name}"
            yield FoundTask(id=task_id, load=partial(line.task, task_id))


def _folders(top: Path) -> Iterator[FoundTask | TaskError]:
    found_any = False
    for name, inner, _ in os.walk(top, followlinks=True):
        folder = Path(name)
        if files_of(name):
            inner.clear()  # folders in a task's folder hold no further tasks
            found_any = True
            task_id = shown(folder)
            yield FoundTask(id=task_id, load=partial(read_folder, folder, task_id))
            continue
        inner[:] = sorted(each for each in inner if not each.startswith("."))
        for each in [each for each in inner if is_circle(f"{name}/{each}")]:
            inner.remove(each)
            yield circle_error(shown(folder / each))
    if not found_any:
        accepted = "folders with a question.txt or an input_output.json"
        raise TaskError(file=str(top), field="path", found="no task", accepted=accepted)


def is_circle(path: str) -> bool:
    """Whether a path links to a folder above it, so that following it would never end."""
    if not os.path.islink(path):  # noqa: PTH114 - faster, for thousands of folders
        return False
    target = os.path.realpath(path)
    way = Path(os.path.abspath(path)).parents  # noqa: PTH100 - links keep the names they were given
    return target in map(os.path.realpath, way)


def circle_error(path: str) -> TaskError:
    """The error for such a link."""
    return TaskError(
        file=path,
        field="path",
        found="a link to a folder above it",
        accepted="links to other folders",
    )


def shown(path: Path) -> str:
    """A path relative to the current folder, if below it; with slashes on every system."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - links keep the names they were given
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()

"""Collect folders and files that hold tasks.

An item is made from a task's outline; the task is read just before the item runs. A folder of task
folders yields their items itself: a collector for each of ten thousand would take seconds.
"""

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import SelfRepairError, TaskError
from pytest_selfrepair.plugin import GAME_NAMES, ITEM_NAME
from pytest_selfrepair.plugin.items import TaskItem
from pytest_selfrepair.plugin.task_runner import UpcomingTask
from pytest_selfrepair.tasks import folders, hub, jsonl
from pytest_selfrepair.tasks.outline import Outline
from pytest_selfrepair.tasks.scenarios import SCENARIO, is_scenario_folder
from pytest_selfrepair.tasks.task_paths import circle_error, is_circle

HUB = pytest.StashKey[dict[Path, str]]()
"""Stash key: the files behind names of the hub."""

_READER = "pytest_selfrepair_tasks"
"""The hook that reads tasks in a user's own format."""


def _same(task: Task) -> Task:
    return task


def _as_outlined(load: Callable[[], Task], outline: Outline) -> Task:
    """Read a task, which must have the difficulty and kind it was selected by.

    Raises:
        TaskError: It is malformed, or no longer matches its outline.
    """
    task = load()
    for field, found, collected in (
        ("difficulty", task.difficulty, outline.difficulty),
        ("kind", task.kind, outline.kind),
    ):
        if found != collected:
            accepted = f"{collected}, as when it was collected"
            if field == "kind":
                accepted += "; in a large file fn_name comes first or last"
            raise TaskError(file=task.id, field=field, found=found, accepted=accepted)
    return task


def locate(config: pytest.Config) -> None:
    """Replace arguments that pytest does not take as paths: names of the hub, a folder's item.

    Raises:
        TaskError: A data set of the hub cannot be loaded.
    """
    names = config.stash.setdefault(HUB, {})
    for i, given in enumerate(config.args):
        arg = given.removesuffix(f"::{ITEM_NAME}")  # pytest accepts no `::` after a folder
        folder, _, role = arg.rpartition("::")
        if role in GAME_NAMES and is_scenario_folder(config.invocation_params.dir / folder):
            arg = f"{folder}/{SCENARIO}::{role}"
        if hub.is_hub(arg):
            name, *parts = arg.split("::", 1)
            path = hub.fetched(name)
            names[path] = name
            arg = "::".join([str(path), *parts])
        config.args[i] = arg


def path_id(path: Path, config: pytest.Config) -> str:
    """A path relative to pytest's root, or a name of the hub, so that all ids differ."""
    if (name := config.stash[HUB].get(path)) is not None:
        return name
    return Path(os.path.relpath(path, config.rootpath)).as_posix()


def _kind_of(entry: os.DirEntry[str]) -> tuple[bool, bool]:
    """Whether a path is a folder, and whether it is a file; a circular link is neither."""
    try:
        return entry.is_dir(), entry.is_file()
    except OSError:
        return False, False


class OneLineCollector(pytest.Collector):
    """Base of collectors: an error is one line rather than a traceback."""

    def repr_failure(  # type: ignore[override]  # pytest's own collectors leave `style` out too
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """A task's error as one line; pytest's own output for everything else."""
        if isinstance(excinfo.value, SelfRepairError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def broken(
        self, name: str, task_id: str, error: TaskError, path: Path | None = None
    ) -> "Broken":
        """The node for a malformed task or scenario."""
        return Broken.from_parent(self, name=name, nodeid=task_id, error=error, path=path)


class _Collector(OneLineCollector):
    """Base of collectors of tasks."""

    def task_in(
        self, path: Path, name: str, task_id: str, files: Mapping[str, int]
    ) -> "TaskItem | Broken":
        """The node for a task's folder, given the files in it."""
        folder = os.fspath(path)
        try:
            outline = folders.outline_folder(folder, task_id, files)
        except TaskError as error:
            return self.broken(name, task_id, error, path=path)
        load = partial(folders.read_folder, folder, task_id)
        return self.item(name, task_id, outline, load, path=path)

    def item(
        self,
        name: str,
        task_id: str,
        outline: Outline,
        load: Callable[[], Task],
        path: Path | None = None,
    ) -> "TaskItem":
        """The item of a task."""
        upcoming = UpcomingTask(task_id=task_id, load=partial(_as_outlined, load, outline))
        return TaskItem.from_parent(self, name=name, upcoming=upcoming, outline=outline, path=path)


class Broken(OneLineCollector):
    """A malformed task or scenario, which alone becomes an error."""

    def __init__(self, *, error: TaskError, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._error = error

    def collect(self) -> Iterator["TaskItem"]:
        """Raise the error."""
        raise self._error


class TaskFolder(_Collector, pytest.Directory):
    """A folder in the layout of APPS: one task.

    Made where the parent is not a `Folder`, or where the folder has a conftest.py.
    """

    def collect(self) -> Iterator["TaskItem | Broken"]:
        """Collect the task."""
        files = folders.files_of(os.fspath(self.path))
        yield self.task_in(self.path, ITEM_NAME, path_id(self.path, self.config), files)


class Folder(_Collector, pytest.Directory):
    """A folder: what pytest would collect there, and the tasks in its subfolders."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Collect everything in the order of names, as pytest's folders do."""
        session, hooks, config = self.session, self.ihook, self.config
        all_asked_for = any(map(session.isinitpath, (self.path, *self.path.parents)))
        base = path_id(self.path, config)
        base = "" if base == "." else f"{base}/"
        with os.scandir(self.path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        surely_kept = _surely_kept(config)
        for entry in entries:
            path = self.path / entry.name
            is_folder, is_file = _kind_of(entry)
            if not is_folder and not is_file:
                continue
            asked_for = session.isinitpath(path, with_parents=is_folder)
            if is_folder and not asked_for and not all_asked_for:
                continue  # only the folders named are collected
            files = _files_alone(entry.path) if is_folder else {}
            if not asked_for:
                kept = files and surely_kept(entry.name)
                if not kept and hooks.pytest_ignore_collect(collection_path=path, config=config):
                    continue
            task_id = f"{base}{entry.name}"
            if is_file:
                yield from hooks.pytest_collect_file(file_path=path, parent=self)
            elif entry.is_symlink() and is_circle(entry.path):
                yield self.broken(entry.name, task_id, circle_error(task_id), path=path)
            elif files:
                yield self.task_in(path, entry.name, task_id, files)
            elif (inner := hooks.pytest_collect_directory(path=path, parent=self)) is not None:
                yield inner


def _files_alone(folder: str) -> Mapping[str, int]:
    """The files of a task; none where there is no task, or one with its own conftest.py."""
    files = folders.files_of(folder)
    return {} if folders.CONFTEST in files else files


def _surely_kept(config: pytest.Config) -> Callable[[str], bool]:
    """Make a predicate, by name alone, for task folders that are certainly not ignored.

    Asking pytest takes longer than reading a task, so it is skipped where nothing can ignore a
    folder: no options, lists in a conftest.py, hooks of others, or matching `norecursedirs`.
    """
    hook = config.pluginmanager.hook.pytest_ignore_collect
    asked = [each.function.__module__ for each in hook.get_hookimpls()]
    lists = ("collect_ignore", "collect_ignore_glob")
    if (
        asked != ["_pytest.main"]
        or config.getoption("ignore")
        or config.getoption("ignore_glob")
        or any(hasattr(each, name) for each in config.pluginmanager.get_plugins() for name in lists)
    ):
        return lambda _: False
    patterns = config.getini("norecursedirs")
    if any("/" in pattern or os.sep in pattern for pattern in patterns):
        return lambda _: False
    ignored = re.compile("|".join(map(fnmatch.translate, patterns)) or r"\Z.")
    return lambda name: ignored.match(name) is None and name != "__pycache__"


class JsonLinesFile(_Collector, pytest.File):
    """A file in JSON Lines: one task a line."""

    def collect(self) -> Iterator["TaskItem | Broken"]:
        """Collect the tasks by their names."""
        base = path_id(self.path, self.config)
        for line, name, outline in jsonl.outlined(self.path):
            if isinstance(name, TaskError):
                place = f"line {line.number}"
                yield self.broken(place, f"{base}::{place}", name)
            elif isinstance(outline, Outline):
                task_id = f"{base}::{name}"
                yield self.item(name, task_id, outline, partial(line.task, task_id))
            elif outline is not None:
                yield self.broken(name, f"{base}::{name}", outline)


class HookFile(_Collector, pytest.File):
    """A file whose tasks a conftest.py reads."""

    def __init__(self, *, tasks: Iterable[Task], **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._tasks = tasks

    def collect(self) -> Iterator["TaskItem | Broken"]:
        """Collect the tasks by their own ids."""
        base = path_id(self.path, self.config)
        seen: set[str] = set()
        for task in self._read():
            if isinstance(task, TaskError):
                yield self.broken(_READER, f"{base}::{_READER}", task)
                return
            task_id = f"{base}::{task.id}"
            if task.id in seen:
                twice = TaskError(
                    file=base,
                    field="id",
                    found=f"{task.id!r}, which another task has too",
                    accepted="an id of its own",
                )
                yield self.broken(task.id, task_id, twice)
            else:
                seen.add(task.id)
                yield self.item(task.id, task_id, Outline.of(task), partial(_same, task))

    def _read(self) -> Iterator[Task | TaskError]:
        """The tasks, followed by what their reader raised, if anything."""
        try:
            for task in self._tasks:
                if not isinstance(task, Task):
                    raise TypeError(f"found {task!r}; accepted: a Task")  # noqa: TRY301 - as below
                yield task
        except TaskError as error:
            yield error
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the tasks read before are run
            yield _unread(path_id(self.path, self.config), error)


def _unread(file: str, error: BaseException) -> TaskError:
    """The error of a file whose reader raised an exception."""
    return TaskError(
        file=file,
        field=_READER,
        found=f"{described(error, 'the task reader')} ({place(error)})",
        accepted="tasks",
    )


def collector_for(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a file that holds tasks."""
    try:
        tasks = parent.config.hook.pytest_selfrepair_tasks(path=path, config=parent.config)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the other files are read
        own = (
            error if isinstance(error, TaskError) else _unread(path_id(path, parent.config), error)
        )
        return Broken.from_parent(parent, name=path.name, path=path, error=own)
    if tasks is not None:
        return HookFile.from_parent(parent, path=path, tasks=tasks)
    if jsonl.is_lines(path) and parent.session.isinitpath(path):
        return JsonLinesFile.from_parent(parent, path=path, nodeid=path_id(path, parent.config))
    return None

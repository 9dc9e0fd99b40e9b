"""Tasks as pytest sees them: folders and files that hold them, and one item each."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import SelfRepairError, TaskError
from pytest_selfrepair.estimate.compare import TaskOutcome, task_outcome
from pytest_selfrepair.plugin.session import Runner
from pytest_selfrepair.report.data import properties
from pytest_selfrepair.report.item import unsolved_text
from pytest_selfrepair.tasks import folders, jsonl

RUNNER = pytest.StashKey[Runner]()
"""Where a session keeps what runs its tasks."""

RECORD = pytest.StashKey[Record]()
"""Where an item keeps its record."""

ITEM_NAME = "selfrepair"


class UnscoredError(Exception):
    """A task that could not be scored: pytest's error, never a failure."""


class UnsolvedError(Exception):
    """A task that neither a program nor a repair solved."""


def _same(task: Task) -> Task:
    return task


class _Collector(pytest.Collector):
    """What the collectors of tasks share: an error is one line, not a traceback of ours."""

    def repr_failure(  # type: ignore[override]  # pytest's own collectors leave `style` out too
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """One line for what is wrong with a task, pytest's own words for all else."""
        if isinstance(excinfo.value, SelfRepairError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def item(self, task: Task, load: Callable[[], Task], name: str) -> "TaskItem":
        return TaskItem.from_parent(self, name=name, task=task, load=load)


class TaskFolder(_Collector, pytest.Directory):
    """A folder in the layout of APPS: one task."""

    def collect(self) -> Iterator["TaskItem"]:
        """The one task; it is read here to find what is wrong with it, and again to be run."""
        load = partial(folders.read_folder, self.path, self.nodeid)
        yield self.item(load(), load, ITEM_NAME)


class JsonLinesFile(_Collector, pytest.File):
    """A file in the format of the hub's export: one task a line."""

    def collect(self) -> Iterator["TaskItem | BrokenLine"]:
        """The tasks, named by their `problem_id`."""
        for line, name in jsonl.named(self.path):
            try:
                if isinstance(name, TaskError):
                    raise name
                load = partial(line.task, f"{self.nodeid}::{name}")
                yield self.item(load(), load, name)
            except TaskError as error:
                yield BrokenLine.from_parent(self, name=f"line {line.number}", error=error)


class BrokenLine(_Collector):
    """A line that holds no task: a collection error of its own, which spoils no other line."""

    def __init__(self, *, error: TaskError, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._error = error

    def collect(self) -> Iterable[pytest.Item]:
        """Raise what is wrong with the line."""
        raise self._error


class HookFile(_Collector, pytest.File):
    """A file whose tasks a conftest.py reads."""

    def __init__(self, *, tasks: Iterable[Task], **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._tasks = tasks

    def collect(self) -> Iterator["TaskItem"]:
        """The tasks, named by their own ids."""
        for task in self._tasks:
            yield self.item(task, partial(_same, task), task.id)


class TaskItem(pytest.Item):
    """One task: grown while it is set up, judged solved or not when it is called.

    So an endpoint or a sandbox that fails is pytest's error, and an unsolved task its failure.
    """

    def __init__(
        self, *, name: str, parent: pytest.Collector, task: Task, load: Callable[[], Task]
    ) -> None:
        super().__init__(name, parent)
        self.task_id = self.nodeid.removesuffix(f"::{ITEM_NAME}")
        self._load = load
        self.has_cases = bool(task.cases)
        self.add_marker(task.difficulty.value)
        self.add_marker(task.kind.value)

    def setup(self) -> None:
        """Grow the task's trees.

        Raises:
            UnscoredError: No verdict could be reached.
        """
        if not self.has_cases:
            pytest.skip(f"{self.task_id} has no cases")
        record = self.config.stash[RUNNER].run(self.task_id, self._load)
        self.stash[RECORD] = record
        self.user_properties += properties(record)
        if record.quarantined:
            pytest.skip(f"{self.task_id}: {record.unscored}")
        if record.unscored is not None:
            raise UnscoredError(record.unscored)

    def runtest(self) -> None:
        """Pass where a program or a repair solved the task.

        Raises:
            UnsolvedError: None did.
        """
        if task_outcome(self.stash[RECORD]) is TaskOutcome.UNSOLVED:
            raise UnsolvedError

    def repr_failure(  # type: ignore[override]  # as above
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """The failing case and the last feedback: no traceback of ours."""
        if isinstance(excinfo.value, UnsolvedError):
            return unsolved_text(self.stash[RECORD])
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where pytest says the item is."""
        return self.path, None, self.task_id


def collector_for(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a file, where it holds tasks."""
    tasks = parent.config.hook.pytest_selfrepair_tasks(path=path, config=parent.config)
    if tasks is not None:
        return HookFile.from_parent(parent, path=path, tasks=tasks)
    if path.suffix == ".jsonl" and parent.session.isinitpath(path):
        return JsonLinesFile.from_parent(parent, path=path)
    return None

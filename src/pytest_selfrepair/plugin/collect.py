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
from pytest_selfrepair.plugin import ITEM_NAME
from pytest_selfrepair.plugin.engine import Engine, Upcoming
from pytest_selfrepair.report.data import properties
from pytest_selfrepair.report.item import unsolved_text
from pytest_selfrepair.tasks import folders, jsonl

ENGINE = pytest.StashKey[Engine]()
"""Where a session keeps what runs its tasks."""

RECORD = pytest.StashKey[Record]()
"""Where an item keeps its record."""


class UnscoredError(Exception):
    """A task that could not be scored: pytest's error, never a failure."""


class UnsolvedError(Exception):
    """A task that neither a program nor a repair solved."""


def _same(task: Task) -> Task:
    return task


def _refuse(error: TaskError) -> Task:
    raise error


class _Collector(pytest.Collector):
    """What the collectors of tasks share: an error is one line, not a traceback of ours."""

    def repr_failure(  # type: ignore[override]  # pytest's own collectors leave `style` out too
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """One line for what is wrong with a task, pytest's own words for all else."""
        if isinstance(excinfo.value, SelfRepairError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def items(self, load: Callable[[], Task]) -> Iterator["TaskItem"]:
        """The item of a task, which is read here to find what is wrong, and again to be run."""
        yield TaskItem.from_parent(self, name=ITEM_NAME, task=load(), load=load)


class TaskFolder(_Collector, pytest.Directory):
    """A folder in the layout of APPS: one task."""

    def collect(self) -> Iterator["TaskItem"]:
        """The one task."""
        return self.items(partial(folders.read_folder, self.path, self.nodeid))


class TaskInFile(_Collector):
    """One of the tasks in a file: an error in it is its own, and spoils no other."""

    def __init__(self, *, load: Callable[[], Task], **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._load = load

    def collect(self) -> Iterator["TaskItem"]:
        """The one task."""
        return self.items(self._load)


class JsonLinesFile(_Collector, pytest.File):
    """A file in the format of the hub's export: one task a line."""

    def collect(self) -> Iterator[TaskInFile]:
        """The tasks, named by their `problem_id`."""
        for line, name in jsonl.named(self.path):
            if isinstance(name, TaskError):
                yield self._one(f"line {line.number}", partial(_refuse, name))
            else:
                yield self._one(name, partial(line.task, f"{self.nodeid}::{name}"))

    def _one(self, name: str, load: Callable[[], Task]) -> TaskInFile:
        return TaskInFile.from_parent(self, name=name, load=load)


class HookFile(_Collector, pytest.File):
    """A file whose tasks a conftest.py reads."""

    def __init__(self, *, tasks: Iterable[Task], **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._tasks = tasks

    def collect(self) -> Iterator[TaskInFile]:
        """The tasks, named by their own ids."""
        for task in self._tasks:
            yield TaskInFile.from_parent(self, name=task.id, load=partial(_same, task))


class TaskItem(pytest.Item):
    """One task: grown while it is set up, judged solved or not when it is called.

    So an endpoint or a sandbox that fails is pytest's error, and an unsolved task its failure.
    """

    def __init__(
        self, *, name: str, parent: pytest.Collector, task: Task, load: Callable[[], Task]
    ) -> None:
        super().__init__(name, parent)
        self.task_id = self.nodeid.removesuffix(f"::{ITEM_NAME}")
        self.upcoming = Upcoming(task_id=self.task_id, load=load)
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
        record = self.config.stash[ENGINE].record(self.upcoming)
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
        """The task's tree, in short or with -v in full: no traceback of ours."""
        if isinstance(excinfo.value, UnsolvedError):
            return unsolved_text(self.stash[RECORD], verbose=self.config.get_verbosity() > 0)
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

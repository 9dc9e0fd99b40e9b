"""The items: run in setup, passed or failed in the call phase."""

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pluggy
import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr
from _pytest.outcomes import Failed

from pytest_selfrepair.core.record import NO_CASES, Record
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, task_outcome
from pytest_selfrepair.plugin import ITEM_NAME
from pytest_selfrepair.plugin.engine import Engine
from pytest_selfrepair.plugin.runners import Upcoming
from pytest_selfrepair.plugin.task_runner import UpcomingTask
from pytest_selfrepair.report.item import unsolved_text
from pytest_selfrepair.report.junit import properties
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.tasks.outline import Outline

ENGINE = pytest.StashKey[Engine]()
"""Stash key of a session's engine."""

RECORD = pytest.StashKey[AnyRecord]()
"""Stash key of an item's record."""


_KEYWORDS = {ITEM_NAME}
"""Keywords of every item for `-k`, besides the names of its task and of the folders above."""


class UnscoredError(Failed):
    """An item that could not be scored: a pytest error, never a failure.

    Derived from pytest's own exception, which needs no traceback: formatting one that is not shown
    would take a tenth of a second for each of possibly thousands of tasks.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, pytrace=False)


class UnsolvedError(Exception):
    """Neither a program nor a repair solved the task."""


@cache
def _mark(name: str) -> pytest.Mark:
    mark: pytest.Mark = getattr(pytest.mark, name).mark
    return mark


class RunItem(pytest.Item):
    """An item that the engine runs: a task, or a scenario with one of its roles improved.

    It runs in setup and is judged in the call phase, so a failing endpoint or sandbox is a pytest
    error, and an unsolved task or a broken rule a failure.
    """

    upcoming: Upcoming
    task_id: str

    @property
    def group(self) -> StrEnum:
        """The group that a bounded run is balanced over."""
        raise NotImplementedError

    @property
    def is_runnable(self) -> bool:
        """Whether there is anything to run."""
        return True

    @property
    def ihook(self) -> pluggy.HookRelay:
        """The hooks of the folder above: a task has none of its own."""
        above = self.parent
        assert above is not None  # noqa: S101 - only a session has none
        return above.ihook

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The item's location in reports."""
        return self.path, None, self.task_id

    def ran(self) -> AnyRecord:
        """Wait for the item's record, and keep it."""
        record = self.config.stash[ENGINE].record(self.upcoming)
        self.stash[RECORD] = record
        return record

    def mark(self, *markers: str) -> None:
        """Add markers."""
        for marker in markers:
            self.own_markers.append(_mark(marker))
            self.keywords[marker] = _mark(marker)


class TaskItem(RunItem):
    """One task: its trees are grown; it passes where a program or a repair solves it."""

    upcoming: UpcomingTask

    def __init__(
        self,
        *,
        name: str,
        parent: pytest.Collector,
        upcoming: UpcomingTask,
        outline: Outline,
        path: Path | None,
    ) -> None:
        super().__init__(
            name,
            parent,
            nodeid=f"{upcoming.task_id}::{ITEM_NAME}",
            path=path,
        )
        self.task_id = upcoming.task_id
        self.upcoming = upcoming
        self.has_cases = outline.cases != 0
        self.difficulty = outline.difficulty
        self.extra_keyword_matches = _KEYWORDS
        self.mark(outline.difficulty.value, outline.kind.value)

    @property
    def group(self) -> StrEnum:
        """Its difficulty."""
        return self.difficulty

    @property
    def is_runnable(self) -> bool:
        """Whether it has cases."""
        return self.has_cases

    def setup(self) -> None:
        """Grow the task's trees.

        Raises:
            UnscoredError: The task could not be judged.
        """
        if not self.has_cases:
            pytest.skip(f"{self.task_id} has no cases")
        record = self._kept(self.ran())
        self.user_properties += properties(record)
        if record.quarantined or record.unscored == NO_CASES:
            pytest.skip(f"{self.task_id}: {record.unscored}")
        if record.unscored is not None:
            raise UnscoredError(record.unscored)

    def runtest(self) -> None:
        """Pass where a program or a repair solved the task.

        Raises:
            UnsolvedError: None did.
        """
        if task_outcome(self._kept(self.stash[RECORD])) is TaskOutcome.UNSOLVED:
            raise UnsolvedError

    def repr_failure(  # type: ignore[override]  # as above
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """The task's tree, in short or with -v in full, without a traceback."""
        if isinstance(excinfo.value, UnsolvedError):
            record = self._kept(self.stash[RECORD])
            return unsolved_text(record, verbose=self.config.get_verbosity() > 0)
        return super().repr_failure(excinfo)

    @staticmethod
    def _kept(record: AnyRecord) -> Record:
        assert isinstance(record, Record)  # noqa: S101 - a task's record is one
        return record


def runnable(items: Iterable[pytest.Item | None]) -> Iterator[RunItem]:
    """The items that the engine can run."""
    return (item for item in items if isinstance(item, RunItem) and item.is_runnable)


def tasks_of(items: Iterable[pytest.Item | None]) -> Iterator[TaskItem]:
    """The runnable items that are tasks."""
    return (item for item in runnable(items) if isinstance(item, TaskItem))

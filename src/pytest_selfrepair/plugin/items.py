"""The item of a task: grown while it is set up, passed or failed when it is called."""

import os
from collections.abc import Iterable, Iterator
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
from pytest_selfrepair.plugin.task_runner import Upcoming
from pytest_selfrepair.report.item import unsolved_text
from pytest_selfrepair.report.junit import properties
from pytest_selfrepair.tasks.outline import Outline

ENGINE = pytest.StashKey[Engine]()
"""Where a session keeps what runs its tasks."""

RECORD = pytest.StashKey[Record]()
"""Where an item keeps its record."""


_KEYWORDS = {ITEM_NAME}
"""What `-k` finds every item by, beside the names of its task and of the folders above."""


class UnscoredError(Failed):
    """A task that could not be scored: pytest's error, never a failure.

    Of pytest's own kind, which can do without a traceback: to lay out one that is not shown would
    cost a tenth of a second for each of what may be thousands of tasks.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, pytrace=False)


class UnsolvedError(Exception):
    """A task that neither a program nor a repair solved."""


@cache
def _mark(name: str) -> pytest.Mark:
    mark: pytest.Mark = getattr(pytest.mark, name).mark
    return mark


class TaskItem(pytest.Item):
    """One task: grown while it is set up, judged solved or not when it is called.

    So an endpoint or a sandbox that fails is pytest's error, and an unsolved task its failure.
    """

    def __init__(
        self,
        *,
        name: str,
        parent: pytest.Collector,
        upcoming: Upcoming,
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
        for marker in (outline.difficulty.value, outline.kind.value):
            self.own_markers.append(_mark(marker))
            self.keywords[marker] = _mark(marker)

    @property
    def ihook(self) -> pluggy.HookRelay:
        """The hooks that hold in the folder above: a task's own has none."""
        above = self.parent
        assert above is not None  # noqa: S101 - only a session has none
        return above.ihook

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
        if record.quarantined or record.unscored == NO_CASES:
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


def tasks_of(items: Iterable[pytest.Item | None]) -> Iterator[TaskItem]:
    """The items that are tasks and can be run."""
    return (item for item in items if isinstance(item, TaskItem) and item.has_cases)

"""What a conftest.py may implement: another model, feedback source, source of tasks or checker."""

from __future__ import annotations  # the types are not imported: this loads in every session

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_selfrepair.core.checker import Checker
    from pytest_selfrepair.core.feedback import FeedbackSource
    from pytest_selfrepair.core.sample import Model
    from pytest_selfrepair.core.task import Task


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_model(name: str, config: pytest.Config) -> Model | None:
    """Make the model that a user calls `name`, or return None to leave it to others.

    Called once for `--selfrepair-model` and for every feedback source that is a model's name.
    """


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_feedback_source(name: str, config: pytest.Config) -> FeedbackSource | None:
    """Make the feedback source that a user calls `name`, or return None to leave it to others."""


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_tasks(path: Path, config: pytest.Config) -> Iterable[Task] | None:
    """Read the tasks of a file in a format of your own, or return None for any other file.

    Called for every file that pytest comes across. A task's id is made unique by the file's path:
    it needs to be unique within the file alone. Raise `pytest_selfrepair.errors.TaskError` for a
    malformed file: it becomes a collection error.
    """


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_checker(task: Task, config: pytest.Config) -> Checker | None:
    """Give a task a checker of its own, or return None to leave it to the others.

    It is called with the task, a case and the answer of a program, and returns a
    `pytest_selfrepair.Acceptance`; it may be called in several threads at once. It stands in for
    the task's `checker.py` and for `--selfrepair-checker`, but for `apps`. An exception that it
    raises makes the task an error: it never counts as a wrong program.
    """

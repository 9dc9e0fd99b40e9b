"""The hooks of a conftest.py: models, feedback sources, tasks and checkers of the user's own."""

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
    """Return the model named `name`, or None to leave it to others.

    Called once for `--selfrepair-model`, and once for every feedback source that is a model's name.
    """


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_feedback_source(name: str, config: pytest.Config) -> FeedbackSource | None:
    """Return the feedback source named `name`, or None to leave it to others."""


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_tasks(path: Path, config: pytest.Config) -> Iterable[Task] | None:
    """Read the tasks of a file in your own format, or return None for any other file.

    Called for every file that pytest visits. A task's id needs to be unique within the file only;
    the file's path is prepended. Raise `pytest_selfrepair.errors.TaskError` for a malformed file:
    it becomes a collection error.
    """


@pytest.hookspec(firstresult=True)
def pytest_selfrepair_checker(task: Task, config: pytest.Config) -> Checker | None:
    """Return a checker for a task, or None to leave it to the others.

    The checker is called with the task, a case and the answer of a program, and returns a
    `pytest_selfrepair.Acceptance`; it may be called in several threads at once. It replaces the
    task's `checker.py` and `--selfrepair-checker`, except `apps`. An exception in it makes the task
    an error, never a wrong program.
    """

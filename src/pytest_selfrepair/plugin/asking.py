"""Call hooks of conftest.py files: an exception becomes one line that names hook and place."""

from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfrepair.core.checker import Acceptance, Checker
from pytest_selfrepair.core.foreign import described, place
from pytest_selfrepair.core.task import Case, JsonValue, Task
from pytest_selfrepair.errors import CheckerError, SelfRepairError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_PASS = (SelfRepairError, pytest.UsageError, pytest.exit.Exception)
"""Exceptions that a hook may raise on purpose."""


def from_hook(config: pytest.Config, hook: str, **given: object) -> Any:
    """Return a hook's result.

    Raises:
        UsageError: The hook raised another exception.
    """
    return _asked(config, hook, UsageError, given)


def checker_of(config: pytest.Config, task: Task) -> Checker | None:
    """A task's checker from its hook; an exception there does not end the run.

    Raises:
        CheckerError: The hook raised something.
    """
    hook = "pytest_selfrepair_checker"
    checker: Checker | None = _asked(config, hook, CheckerError, {"task": task})
    if checker is None:
        return None

    def check(task: Task, case: Case, actual: JsonValue) -> Acceptance:
        try:
            return checker(task, case, actual)
        except (SystemExit, KeyboardInterrupt) as error:  # they would end the run from its thread
            raise RuntimeError(f"{type(error).__name__}: {error}") from error

    return check


def _asked(
    config: pytest.Config, hook: str, kind: type[SelfRepairError], given: dict[str, object]
) -> Any:
    ask: Callable[..., Any] = getattr(config.hook, hook)
    try:
        return ask(**given, config=config)
    except _PASS:
        raise
    except (Exception, SystemExit) as error:
        raise kind(f"{described(error, f'the hook {hook}')} ({place(error)})") from error

"""A judge pool: where programs are judged, in this process or on a cluster."""

from typing import Protocol

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.limits import Limits


class JudgePool(Judge, Protocol):
    """Judges programs, many at once.

    Who has programs hands them in as they come, up to `at_once` of them; a pool gathers what
    belongs together by itself. It may be used from several event loops.
    """

    @property
    def at_once(self) -> int:
        """How many programs are worth handing in before a verdict is waited for."""
        ...

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        ...

    @property
    def notices(self) -> list[str]:
        """What the user should know of judging, a line each."""
        ...

    def open(self) -> None:
        """Start or join what programs are judged by; called once, before the first of them.

        Raises:
            UsageError: What was asked for is not to be had.
            SandboxError: Nothing there can judge.
        """
        ...

    def limits_of(self, task: Task) -> Limits:
        """What a case of a task may use."""
        ...

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        ...

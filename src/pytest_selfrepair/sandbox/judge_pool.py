"""The protocol of judge pools, in this process or on a cluster."""

from typing import Protocol

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.limits import Limits


class JudgePool(Judge, Protocol):
    """Judges programs, many at once.

    Callers hand in programs as they come, up to `at_once` of them; the pool batches them itself. It
    may be used from several event loops.
    """

    @property
    def at_once(self) -> int:
        """The number of programs to hand in before waiting for a verdict."""
        ...

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        ...

    @property
    def notices(self) -> list[str]:
        """Notices to the user on judging, a line each."""
        ...

    def open(self) -> None:
        """Start or join the judges; called once, before the first program.

        Raises:
            UsageError: The requested pool is not available.
            SandboxError: Nothing in it can judge.
        """
        ...

    def limits_of(self, task: Task) -> Limits:
        """The limits of a task's cases."""
        ...

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        ...

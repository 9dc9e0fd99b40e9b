"""The user's settings of judging, and the judge made from them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_selfrepair.core.checker import CHECKERS, COUNTERPARTS, Checker
from pytest_selfrepair.core.pool_name import PoolKind
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdicts import Terms
from pytest_selfrepair.sandbox.calibration import scale_to
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.limits import MEGABYTE, Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """The settings of judging.

    Attributes:
        checker: The checker of answers: ``tolerant``, ``strict``, ``unordered`` or ``apps``.
        timeout: The CPU seconds allowed for a case, unless its task sets a limit.
        memory: The memory allowed for a program, in MB, unless its task sets a limit.
        packages: The installed distributions that programs may use; None: those of a task's source.
        sandbox: ``auto``: the strongest isolation found; ``strict``: bubblewrap or nothing;
            ``limits``: resource limits alone.
        all_cases: Whether to run all cases, rather than stop at the first that fails.
        jobs: The number of programs run at once; None: one for each processor.
        pool: The judge pool: ``local``, ``dask``, ``dask://HOST:PORT`` or
            ``dask:FILE.json``.
        mixed_isolation: Whether the workers of a pool may have different isolation.
        reference_speed: Milliseconds of CPU time of the calibration (`selfrepair doctor`) on the
            machine that time limits refer to; None: this machine or, where several judge, the
            fastest.
    """

    checker: str = "tolerant"
    timeout: float = 4.0
    memory: int = 1024
    packages: tuple[str, ...] | None = None
    sandbox: str = "auto"
    all_cases: bool = False
    jobs: int | None = None
    pool: str = PoolKind.LOCAL
    mixed_isolation: bool = False
    reference_speed: float | None = None

    @property
    def limits(self) -> Limits:
        """The limits of a case on the machine that they refer to."""
        return Limits(cpu_seconds=self.timeout, memory_bytes=self.memory * MEGABYTE)

    @property
    def other(self) -> str:
        """The checker whose verdicts are compared with those of `checker`; empty for none."""
        return COUNTERPARTS.get(self.checker, "")

    @property
    def terms(self) -> Terms:
        """The terms of verdicts, for a store."""
        return Terms(
            checker=self.checker,
            other=self.other,
            limits=self.limits.as_terms(),
            packages=self.packages,
            all_cases=self.all_cases,
        )

    def judge(
        self,
        isolation: Isolation,
        packages: Packages | None,
        *,
        concurrency: int,
        checker_of: Callable[[Task], Checker | None] = lambda _: None,
    ) -> SandboxJudge:
        """A judge with these settings, in this process.

        Args:
            isolation: The isolation of programs from this machine.
            packages: The distributions of `packages`; None: those of tasks' sources.
            concurrency: The number of programs run at once.
            checker_of: Finds a checker that overrides a task's own and the settings'.
        """
        return SandboxJudge(
            isolation=isolation,
            limits=replace(self.limits, scale=scale_to(self.reference_speed)),
            checker=CHECKERS[self.checker],
            other=CHECKERS.get(self.other),
            all_cases=self.all_cases,
            checker_of=checker_of,
            packages=packages,
            concurrency=concurrency,
        )

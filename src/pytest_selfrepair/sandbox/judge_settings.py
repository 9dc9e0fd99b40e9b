"""How programs are judged: what a user chooses, and the judge that is made of it."""

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
    """How programs are judged.

    Attributes:
        checker: How answers are compared: ``tolerant``, ``strict``, ``unordered`` or ``apps``.
        timeout: CPU seconds that a program may take for one case, unless its task sets a limit.
        memory: Memory that a program may use, in MB, likewise.
        packages: The installed distributions that programs may use; None: those of a task's source.
        sandbox: ``auto``: the strongest isolation found; ``strict``: bubblewrap or nothing;
            ``limits``: resource limits alone.
        all_cases: Whether every case is run, rather than those up to the first that fails.
        jobs: Programs that run at once; None: one for each processor.
        pool: Where programs are judged: ``local``, ``dask``, ``dask://HOST:PORT`` or
            ``dask:FILE.json``.
        mixed_isolation: Whether the workers of a pool may differ in how they keep programs apart
            from their machines.
        reference_speed: Milliseconds of CPU time that the calibration (`selfrepair doctor`) takes
            on the machine by whose speed time limits are meant; None: on whichever programs run,
            or, where several machines judge, on the fastest of them.
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
        """What one case may use on a machine of the speed by which limits are meant."""
        return Limits(cpu_seconds=self.timeout, memory_bytes=self.memory * MEGABYTE)

    @property
    def other(self) -> str:
        """The checker whose verdicts are compared with those of `checker`; empty: none."""
        return COUNTERPARTS.get(self.checker, "")

    @property
    def terms(self) -> Terms:
        """What decides verdicts, for a store that keeps them."""
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
            isolation: How programs are kept apart from this machine.
            packages: The distributions that its `packages` names; None: those of tasks' sources.
            concurrency: Programs that run at once.
            checker_of: Finds a checker that stands in for a task's own and the settings'.
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

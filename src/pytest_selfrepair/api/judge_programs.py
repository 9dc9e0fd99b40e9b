"""Programs that were sampled elsewhere, judged in the sandbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from pytest_selfrepair.core.checker import CHECKERS, COUNTERPARTS, Checker
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import CaseFailure, Judge, Outcome, Verdict
from pytest_selfrepair.core.verdicts import Terms
from pytest_selfrepair.errors import InfrastructureError, UsageError
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
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
    """

    checker: str = "tolerant"
    timeout: float = 4.0
    memory: int = 1024
    packages: tuple[str, ...] | None = None
    sandbox: str = "auto"
    all_cases: bool = False
    jobs: int | None = None

    @property
    def limits(self) -> Limits:
        """What one case may use."""
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
        """A judge with these settings.

        Args:
            isolation: How programs are kept apart from this machine.
            packages: The distributions that its `packages` names; None: those of tasks' sources.
            concurrency: Programs that run at once.
            checker_of: Finds a checker that stands in for a task's own and the settings'.
        """
        return SandboxJudge(
            isolation=isolation,
            limits=self.limits,
            checker=CHECKERS[self.checker],
            other=CHECKERS.get(self.other),
            all_cases=self.all_cases,
            checker_of=checker_of,
            packages=packages,
            concurrency=concurrency,
        )


@contextlib.asynccontextmanager
async def opened_judge(
    settings: JudgeSettings, *, packages_by: str = "packages"
) -> AsyncIterator[SandboxJudge]:
    """A judge, closed at the end.

    Args:
        settings: How it judges.
        packages_by: What named the packages, for errors.

    Raises:
        UsageError: A setting is not accepted, or the machine has not what it asks for.
        SandboxError: This machine has no isolation at all.
    """
    if settings.checker not in CHECKERS:
        raise UsageError(f"checker: found {settings.checker!r}; accepted: {', '.join(CHECKERS)}")
    named = settings.packages
    judge = settings.judge(
        await asyncio.to_thread(find_isolation, settings.sandbox),
        None if named is None else find_packages(named, packages_by),
        concurrency=settings.jobs or usable_processors(),
    )
    try:
        yield judge
    finally:
        await judge.aclose()


async def judge_programs(
    programs: Iterable[tuple[Task, str]], settings: JudgeSettings | None = None
) -> list[Verdict]:
    """Judge programs on the cases of their tasks, in the sandbox, several at a time.

    Args:
        programs: Each with its task.
        settings: How they are judged; None: `JudgeSettings()`.

    Returns:
        A verdict for each program, in order. Where the sandbox failed, its outcome is
        `Outcome.SANDBOX_ERROR` and nothing is known about the program.

    Raises:
        UsageError: A setting is not accepted, or the machine has not what it asks for.
        SandboxError: This machine has no isolation at all.
    """
    async with opened_judge(settings or JudgeSettings()) as judge, asyncio.TaskGroup() as group:
        verdicts = [
            group.create_task(verdict_or_trouble(judge, task, program))
            for task, program in programs
        ]
    return [each.result() for each in verdicts]


async def verdict_or_trouble(judge: Judge, task: Task, program: str) -> Verdict:
    """The verdict of a program, or in its place what went wrong with the sandbox or the checker."""
    try:
        return await judge.judge(task, program)
    except InfrastructureError as error:
        failure = CaseFailure(error=str(error))
        return Verdict(outcome=Outcome.SANDBOX_ERROR, cases_run=0, cases_passed=0, failure=failure)

"""Judge programs in a sandbox: the zygote runs them on inputs, and answers are compared here."""

import asyncio
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from pytest_selfrepair.core.checker import Checker, tolerant
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.verdict import Outcome, Ran, Verdict
from pytest_selfrepair.sandbox.grader import Grader
from pytest_selfrepair.sandbox.installed_packages import Packages, packages_for
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.judge_threads import ATTEMPTS, JudgeThreads, attempted
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.packaged_zygotes import PackagedZygotes
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.processor import Processors
from pytest_selfrepair.sandbox.single_run import run_once
from pytest_selfrepair.sandbox.verdict_of import NO_PROGRAM, verdict_of
from pytest_selfrepair.sandbox.zygotes import Lease


class SandboxJudge:
    """Judges programs in zygotes, which are started on demand and kept.

    They end with :meth:`aclose`, with the judge, or with this process.

    Args:
        isolation: The isolation of programs from this machine.
        limits: The limits of a case, unless its task sets its own.
        checker: Compares answers with expected outputs.
        concurrency: The number of programs run at once; by default the number of cores.
        other: A checker whose verdict is compared with that of `checker`, or None.
        all_cases: Whether to run all cases, rather than stop at the first that fails.
        checker_of: Finds a task's own checker other than its `checker.py`, if it has one.
        packages: The distributions that programs may use; None: those of their task's source, as
            far as they are installed.

    It is the pool `local`, a `JudgePool`.

    Attributes:
        at_once: The number of programs run at once.
    """

    def __init__(
        self,
        isolation: Isolation,
        limits: Limits | None = None,
        checker: Checker = tolerant,
        concurrency: int | None = None,
        *,
        other: Checker | None = None,
        all_cases: bool = False,
        checker_of: Callable[[Task], Checker | None] = lambda _: None,
        packages: Packages | None = None,
    ) -> None:
        self._isolation, self._packages = isolation, packages
        self._limits = limits or Limits()
        self.at_once = concurrency or usable_processors()
        self._threads = JudgeThreads(self.at_once)
        self._grader = Grader(isolation, checker, other, checker_of, all_cases=all_cases)
        # Each program has a processor to itself, so that its time depends on it alone.
        self._processors = Processors()
        self._zygotes = PackagedZygotes(isolation, self._processors)
        self._close = weakref.finalize(self, _close, self._grader, self._zygotes)

    @property
    def isolation(self) -> str:
        """The isolation of programs from this machine, in a few words."""
        return self._isolation.description

    @property
    def notices(self) -> list[str]:
        """Notices to the user on judging: none."""
        return []

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        return None if self._packages is None else self._packages.versions

    @property
    def scale(self) -> float:
        """The `scale` of its limits."""
        return self._limits.scale

    @scale.setter
    def scale(self, scale: float) -> None:
        self._limits = replace(self._limits, scale=scale)

    def limits_of(self, task: Task) -> Limits:
        """The limits of a task's cases."""
        return self._limits.of(task)

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        return packages_for(task.packages, self._packages)

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Try to make a program the only one judged on this machine within the block."""
        return self._processors.alone()

    def open(self) -> None:
        """Do nothing: zygotes are started on demand."""

    async def aclose(self) -> None:
        """End the zygotes; no more programs can be judged."""
        await asyncio.to_thread(self._close)
        self._threads.close()

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: The sandbox failed again and again; nothing is known about the program.
            CheckerError: The task's own checker is broken.
        """
        if not program.strip():
            return NO_PROGRAM
        return await self._threads.run(lambda lease: self._judge(task, program, lease))

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, which need be none of the task's; nothing is compared.

        Args:
            task: The task, which decides how programs run: as a script, or by calling a function.
            program: The program.
            given: Standard input, or the list of arguments.

        Raises:
            SandboxError: The sandbox failed again and again; nothing is known about the program.
        """
        if not program.strip():
            return Ran(outcome=Outcome.NO_PROGRAM, error="there is nothing to run")

        def once(zygote: ZygoteProcess) -> Ran:
            return run_once(zygote, task, program, given, self._limits)

        zygotes = self._zygotes.of(self.packages_of(task), program)
        unknown = self._unknown(task)
        return await self._threads.run(
            lambda lease: attempted(zygotes, lease, lambda: once, unknown)
        )

    def _judge(self, task: Task, program: str, lease: Lease) -> Verdict:
        started = time.perf_counter()
        packages = self.packages_of(task)

        def prepared() -> Callable[[ZygoteProcess], Verdict]:
            graded = self._grader.prepare(task, program, self._limits, lease)

            def judged(zygote: ZygoteProcess) -> Verdict:
                results = graded(zygote)
                seconds = time.perf_counter() - started
                return verdict_of(task, program, results, packages, seconds)

            return judged

        zygotes = self._zygotes.of(packages, program)
        return attempted(zygotes, lease, prepared, self._unknown(task))

    def _unknown(self, task: Task) -> str:
        """The message on a program without a verdict."""
        return f"{task.id}: no verdict after {ATTEMPTS} attempts in {self.isolation}"


def _close(grader: Grader, zygotes: PackagedZygotes) -> None:
    grader.close()
    zygotes.close()

"""Judges programs in a sandbox: the zygote runs them on the inputs, answers are compared here."""

import asyncio
import contextlib
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from pytest_selfrepair.core.checker import Checker, tolerant
from pytest_selfrepair.core.processors import usable_processors
from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Ran, Verdict
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.sandbox.assertion_judge import Examination
from pytest_selfrepair.sandbox.case_results import CaseResults, JudgedCase
from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.child_reports import (
    Answer,
    NoAnswer,
    line_of,
    lines_of,
    read_case,
    read_uncompiled,
    same_answer,
    unstable,
)
from pytest_selfrepair.sandbox.examiner import Examiner
from pytest_selfrepair.sandbox.installed_packages import Packages, lacking, packages_for, without
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.own import OwnChecker
from pytest_selfrepair.sandbox.process import BrokenZygoteError, ZygoteProcess
from pytest_selfrepair.sandbox.processor import Processors
from pytest_selfrepair.sandbox.referee import Referee, as_text
from pytest_selfrepair.sandbox.session import Session, Standing, Work, run_again, run_apart
from pytest_selfrepair.sandbox.shared import Shared
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes

_T = TypeVar("_T")
Judging = Callable[[ZygoteProcess, CaseResults], None]
"""Runs a program in a zygote and tells a tally of each case."""

_ALONE_WITHIN = 5.0
"""Seconds after which a program that is to be alone does without: somebody else holds on."""

ATTEMPTS = 3
"""How often a program is run at most where the sandbox itself fails."""


class SandboxJudge:
    """Judges programs in zygotes, which it starts when they are needed and keeps.

    They end with :meth:`aclose`, with the judge, or with this process.

    Args:
        isolation: How programs are kept apart from this machine.
        limits: What one case may use, unless its task says otherwise.
        checker: Compares answers with what is expected.
        concurrency: Programs that run at once; by default as many as there are cores.
        other: A checker whose verdict is compared with that of `checker`; None: none is.
        all_cases: Whether every case is run, rather than those up to the first that fails.
        checker_of: Finds a task's own checker other than its `checker.py`, if it has one.
        packages: The distributions that programs may use; None: those of their task's source, as
            far as they are installed.

    Where a task's cases are assertions, these decide, and no checker is asked. It is the pool
    `local`, a `JudgePool`.

    Attributes:
        at_once: Programs that run at once.
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
        self._isolation = isolation
        self._limits = limits or Limits()
        self._checker = checker
        self._other = other
        self._all_cases = all_cases
        self._checker_of = checker_of
        self._packages = packages
        self.at_once = concurrency or usable_processors()
        # A thread for every program that runs: bound to no event loop, since a judge may outlive
        # one, and kept, since bubblewrap ends with the thread that started it.
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="selfrepair-judge")
        # Those that hear what is expected are never lent to a program, which shares their memory.
        self._checkers = Zygotes(isolation.command, isolation.environment)
        # A program has a processor for itself: only then its time is its own.
        self._processors = Processors()
        self._zygotes: dict[tuple[str, ...], Zygotes] = {}
        self._lock = threading.Lock()
        self._examiner = Examiner(self._checkers, self._limits)
        self._close = weakref.finalize(self, _close, self._checkers, self._zygotes)

    @property
    def isolation(self) -> str:
        """How programs are kept apart from this machine, in a few words."""
        return self._isolation.description

    @property
    def notices(self) -> list[str]:
        """What the user should know of judging: nothing."""
        return []

    @property
    def scale(self) -> float:
        """The `scale` of its limits."""
        return self._limits.scale

    @scale.setter
    def scale(self, scale: float) -> None:
        if scale != self._limits.scale:
            self._limits = self._examiner.limits = replace(self._limits, scale=scale)

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let one program be the only one that is judged on this machine, or wait in vain."""
        ends = time.monotonic() + _ALONE_WITHIN
        taken = await asyncio.to_thread(
            self._processors.claim_others, lambda: time.monotonic() > ends
        )
        try:
            yield
        finally:
            for number in taken:
                self._processors.give_back(number)

    def open(self) -> None:
        """Nothing: zygotes are started when they are needed."""

    async def aclose(self) -> None:
        """End the zygotes; nothing can be judged any more."""
        await asyncio.to_thread(self._close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: The sandbox failed again and again; nothing is known about the program.
            CheckerError: The task's own checker is broken.
        """
        if not program.strip():
            return Verdict(
                outcome=Outcome.NO_PROGRAM,
                cases_run=0,
                cases_passed=0,
                failure=CaseFailure(error="there is nothing to run"),
            )
        lease = Lease()
        return await self._submitted(lease, lambda: self._judge(task, program, lease))

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, which need be none of the task's; nothing is compared.

        Args:
            task: Says how programs are run: as a script, or by calling which function.
            program: The program.
            given: Standard input, or the list of arguments.

        Raises:
            SandboxError: The sandbox failed again and again; nothing is known about the program.
        """
        if not program.strip():
            return Ran(outcome=Outcome.NO_PROGRAM, error="there is nothing to run")
        lease = Lease()

        def once(zygote: ZygoteProcess) -> Ran:
            return _run_once(zygote, task, program, given, self._limits.of(task))

        zygotes = self._zygotes_of(task, program)
        return await self._submitted(
            lease, lambda: self._attempted(task, zygotes, lease, lambda: once)
        )

    async def _submitted(self, lease: Lease, run: Callable[[], _T]) -> _T:
        """Do the work in a thread; where nobody waits for it any more, it is ended."""
        work = self._threads.submit(run)
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            lease.cancel()
            if not work.cancel():  # it has begun; what it started must be dead before we go on
                await asyncio.gather(asyncio.wrap_future(work), return_exceptions=True)
            raise

    def _judge(self, task: Task, program: str, lease: Lease) -> Verdict:
        started = time.perf_counter()

        def prepared() -> Callable[[ZygoteProcess], Verdict]:
            work = self._work(task, program, lease)
            return lambda zygote: self._run(zygote, task, program, work, started)

        return self._attempted(task, self._zygotes_of(task, program), lease, prepared)

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        return None if self._packages is None else self._packages.versions

    def limits_of(self, task: Task) -> Limits:
        """What a case of a task may use."""
        return self._limits.of(task)

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        return packages_for(task.packages, self._packages)

    def _zygotes_of(self, task: Task, program: str) -> Zygotes:
        """Those that have what programs of a task may use, and at hand what this one speaks of."""
        packages = self.packages_of(task)
        ready = packages.mentioned(program)
        command = self._isolation.with_packages(packages, ready)
        with self._lock:
            if command not in self._zygotes:
                environment = self._isolation.environment
                self._zygotes[command] = Zygotes(command, environment, self._processors)
            return self._zygotes[command]

    def _attempted(
        self,
        task: Task,
        zygotes: Zygotes,
        lease: Lease,
        prepared: Callable[[], Callable[[ZygoteProcess], _T]],
    ) -> _T:
        """Do what is prepared anew for each attempt, once there is a zygote for it."""
        problems: list[str] = []
        while len(problems) < ATTEMPTS and not lease.cancelled:
            try:
                run = prepared()
                with zygotes.lent(lease) as zygote:
                    return run(zygote)
            except BrokenZygoteError as error:
                problems.append(str(error))
        raise SandboxError(
            f"{task.id}: no verdict after {ATTEMPTS} attempts in {self.isolation}: "
            + "; then ".join(dict.fromkeys(problems))
        )

    def _work(self, task: Task, program: str, lease: Lease) -> Judging:
        """What judges the program, once it has a zygote."""
        if task.assertions is None:
            return partial(self._compare, task, program, self._referee(task, lease))
        everything = self._all_cases
        return Examination(self._examiner, lease, task, program, everything=everything).run

    def _referee(self, task: Task, lease: Lease) -> Referee:
        own = self._checker_of(task)
        if own is None and task.checker is not None:
            own = OwnChecker(self._checkers, lease, self._limits)
        return Referee(task, self._checker, self._other, own)

    def _run(
        self, zygote: ZygoteProcess, task: Task, program: str, work: Judging, started: float
    ) -> Verdict:
        tally = CaseResults(all_cases=self._all_cases, scale=self._limits.scale)
        work(zygote, tally)
        return Verdict(
            outcome=tally.outcome,
            cases_run=tally.cases_run,
            cases_passed=tally.cases_passed,
            rule=tally.rule,
            failure=self._failure(task, program, tally),
            seconds=time.perf_counter() - started,
            flips=tally.flips,
            lacks=self._lacks(task, tally.trouble),
            cpu_seconds=tally.cpu_seconds,
            slowest=tally.slowest,
        )

    def _lacks(self, task: Task, trouble: NoAnswer | None) -> str | None:
        """The module that a program wanted and may not have, where that is why it failed."""
        return lacking(trouble.error, self.packages_of(task)) if trouble else None

    def _failure(self, task: Task, program: str, tally: CaseResults) -> CaseFailure | None:
        trouble = tally.trouble
        if trouble is None:
            return None
        if trouble.error is not None and self._lacks(task, trouble) is not None:
            trouble = replace(trouble, error=without(trouble.error, self.packages_of(task)))
        return _failure(task, program, tally.failed, trouble)

    def _compare(
        self, task: Task, program: str, referee: Referee, zygote: ZygoteProcess, tally: CaseResults
    ) -> None:
        """Run the cases and compare their answers with what is expected.

        They share a process where the program can keep nothing from one to the next. Each case has
        one answer.
        """
        work = _work(task, program, [case.input for case in task.cases], self._limits)
        comparing = _Comparison(task, work, referee, tally)
        comparing.together(zygote)
        while not comparing.over:
            comparing.apart(zygote)


class _Comparison:
    """The answers of one program, as they come."""

    def __init__(self, task: Task, work: Work, referee: Referee, tally: CaseResults) -> None:
        self._task, self._work, self._referee, self._tally = task, work, referee, tally
        self._lines = len(lines_of(work.program))

    @property
    def over(self) -> bool:
        return self._tally.decided or self._tally.position == len(self._task.cases)

    def together(self, zygote: ZygoteProcess) -> None:
        """Take the answers of cases that share a process, as far as there are any."""
        shared = Shared(zygote, self._work)
        failed: tuple[CaseReport, JudgedCase] | None = None
        with contextlib.closing(shared.reports()) as reports:
            for report in reports:
                failed = self._noted(self._tally.position, report)
                if failed is not None or self.over:
                    break
        if failed is not None and self._in_time(failed[0]):
            self._fail(failed, self._again_together(zygote, self._tally.position))
        if shared.uncompiled is not None:
            self._tally.add_uncompiled(read_uncompiled(shared.uncompiled))

    def _in_time(self, report: CaseReport) -> bool:
        """Whether a case had its time; else its program is to have a process of its own."""
        return report.cpu_seconds <= self._work.limits.allowed_seconds

    def _again_together(self, zygote: ZygoteProcess, index: int) -> CaseReport | None:
        work = replace(self._work, inputs=[self._work.inputs[index]], again=True)
        with contextlib.closing(Shared(zygote, work).reports()) as reports:
            again = next(reports, None)
        return again or run_again(zygote, self._work, index)

    def apart(self, zygote: ZygoteProcess) -> None:
        """Run the cases that follow, each in a process of its own, as far as one session can."""
        failed: tuple[CaseReport, JudgedCase] | None = None
        again: CaseReport | None = None
        with Session(zygote, self._work) as session:
            began = self._tally.position
            if session.standing is Standing.UNCOMPILED:
                self._tally.add_uncompiled(read_uncompiled(session.uncompiled))
            while failed is None and not self.over and session.standing is Standing.APART:
                index = self._tally.position
                report = session.case(index, last=index == len(self._task.cases) - 1)
                if report is not None:
                    failed = self._noted(index, report)
                elif index == began:
                    raise BrokenZygoteError("no process for a case could begin")
            if failed is not None and session.standing is Standing.APART and _varies(failed):
                again = session.case(self._tally.position, last=True, again=True)
        if failed is not None:
            if again is None and _varies(failed):
                again = run_again(zygote, self._work, self._tally.position)
            self._fail(failed, again)

    def _noted(self, index: int, report: CaseReport) -> tuple[CaseReport, JudgedCase] | None:
        """Note a case, or return it where it is the first one that fails."""
        tally = self._tally
        tally.spend(report.cpu_seconds)
        answer = read_case(report, self._task.kind, self._work.limits, self._lines)
        judged = self._referee.judge(self._task.cases[index], answer)
        if judged.trouble is not None and tally.trouble is None:
            return report, judged
        tally.add(judged)
        return None

    def _fail(self, failed: tuple[CaseReport, JudgedCase], again: CaseReport | None) -> None:
        """Note the first failure; its case has been run once more to see what may be said of it.

        It stands in prompts, and is to be the same everywhere. Whatever came then, it has failed.
        """
        report, judged = failed
        trouble = judged.trouble
        assert trouble is not None  # noqa: S101 - it failed
        if _varies(failed) and (again is None or not same_answer(report, again)):
            trouble = unstable(trouble)
        self._tally.add(replace(judged, trouble=trouble))


def _varies(failed: tuple[CaseReport, JudgedCase]) -> bool:
    """Whether what is said of a failure may be something else in another run."""
    trouble = failed[1].trouble
    return trouble is not None and trouble.outcome in {
        Outcome.WRONG_ANSWER,
        Outcome.RUNTIME_ERROR,
    }


def _close(checkers: Zygotes, zygotes: dict[tuple[str, ...], Zygotes]) -> None:
    for each in (checkers, *zygotes.values()):
        each.close()


def _run_once(
    zygote: ZygoteProcess, task: Task, program: str, given: JsonValue, limits: Limits
) -> Ran:
    work = _work(task, program, [given], limits)
    for case, report in run_apart(zygote, work):
        answer = (
            read_uncompiled(report)
            if case is None
            else read_case(report, task.kind, work.limits, len(lines_of(program)))
        )
        if isinstance(answer, Answer):
            return Ran(output=answer.value, printed=report.stdout, seconds=report.cpu_seconds)
        return Ran(
            outcome=answer.outcome,
            printed=report.stdout,
            error=answer.error or answer.actual,
            line_number=answer.line_number,
            seconds=report.cpu_seconds,
        )
    raise BrokenZygoteError("the zygote ended its run before any case")


def _work(task: Task, program: str, inputs: list[JsonValue], limits: Limits) -> Work:
    return Work(
        program=program,
        fn_name=task.fn_name,
        inputs=[_given(task, each) for each in inputs],
        in_place=task.in_place,
        limits=limits.of(task),
    )


def _given(task: Task, given: JsonValue) -> JsonValue:
    if task.kind is TaskKind.CALL_BASED or isinstance(given, str):
        return given
    return render(given)


def _failure(task: Task, program: str, index: int | None, trouble: NoAnswer) -> CaseFailure:
    case = None if index is None or task.assertions else task.cases[index]
    error = trouble.error
    if trouble.outcome is Outcome.MISSING_FUNCTION:
        error = f"there is no function {task.fn_name}, and no such method of a class Solution"
    return CaseFailure(
        index=index,
        input=as_text(task.kind, case.input) if case else trouble.input,
        expected=as_text(task.kind, case.expected) if case else trouble.expected,
        actual=trouble.actual,
        error=error,
        line_number=trouble.line_number,
        line=line_of(program, trouble.line_number),
        unstable=trouble.unstable,
    )

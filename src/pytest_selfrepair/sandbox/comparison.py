"""Judge a program by comparing its answers with expected outputs, outside of the sandbox."""

import contextlib
from dataclasses import replace

import msgspec

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.case_results import CaseResults, JudgedCase
from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.child_reports import (
    lines_of,
    read_case,
    read_uncompiled,
    same_answer,
    unstable,
)
from pytest_selfrepair.sandbox.compiling import Standing
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.referee import Referee
from pytest_selfrepair.sandbox.session import Session, run_again
from pytest_selfrepair.sandbox.shared import Shared
from pytest_selfrepair.sandbox.work import work_of
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError


class Comparison:
    """The judging of one program by comparing its answers as they come.

    Cases share a process if the program can keep no state between them. Each has one answer.

    Args:
        task: The task.
        program: The program.
        limits: The limits of a case, unless the task sets its own.
        referee: Decides whether an answer is right.
        results: Collects the results of cases.
    """

    def __init__(
        self, task: Task, program: str, limits: Limits, referee: Referee, results: CaseResults
    ) -> None:
        self._task, self._referee, self._results = task, referee, results
        self._work = work_of(task, program, [case.input for case in task.cases], limits)
        self._lines = len(lines_of(program))

    def run(self, zygote: ZygoteProcess) -> None:
        """Judge the program.

        Raises:
            BrokenZygoteError: The sandbox is broken.
            CheckerError: The task's own checker is broken.
        """
        self._run_together(zygote)
        while not self._over:
            self._run_apart(zygote)

    @property
    def _over(self) -> bool:
        return self._results.decided or self._results.position == len(self._task.cases)

    def _run_together(self, zygote: ZygoteProcess) -> None:
        """Take the answers of cases that share a process, if any."""
        shared = Shared(zygote, self._work)
        failed: tuple[CaseReport, JudgedCase] | None = None
        with contextlib.closing(shared.reports()) as reports:
            for report in reports:
                failed = self._note_case(self._results.position, report)
                if failed is not None or self._over:
                    break
        if failed is not None and self._in_time(failed[0]):
            self._fail(failed, self._again_together(zygote, self._results.position))
        if shared.uncompiled is not None:
            self._results.add_uncompiled(read_uncompiled(shared.uncompiled))

    def _in_time(self, report: CaseReport) -> bool:
        """Whether a case stayed within its time; otherwise it is rerun in a process of its own."""
        return report.cpu_seconds <= self._work.limits.allowed_seconds

    def _again_together(self, zygote: ZygoteProcess, index: int) -> CaseReport | None:
        work = replace(self._work, inputs=[self._work.inputs[index]], again=True)
        with contextlib.closing(Shared(zygote, work).reports()) as reports:
            again = next(reports, None)
        return again or run_again(zygote, self._work, index)

    def _run_apart(self, zygote: ZygoteProcess) -> None:
        """Run the next cases, each in a process of its own, as far as one session can."""
        failed: tuple[CaseReport, JudgedCase] | None = None
        again: CaseReport | None = None
        with Session(zygote, self._work) as session:
            began = self._results.position
            if session.standing is Standing.UNCOMPILED:
                self._results.add_uncompiled(read_uncompiled(session.uncompiled))
            while failed is None and not self._over and session.standing is Standing.APART:
                index = self._results.position
                report = session.case(index, last=index == len(self._task.cases) - 1)
                if report is not None:
                    failed = self._note_case(index, report)
                elif index == began:
                    raise BrokenZygoteError("no process for a case could begin")
            if failed is not None and session.standing is Standing.APART and _varies(failed):
                again = session.case(self._results.position, last=True, again=True)
        if failed is not None:
            if again is None and _varies(failed):
                again = run_again(zygote, self._work, self._results.position)
            self._fail(failed, again)

    def _note_case(self, index: int, report: CaseReport) -> tuple[CaseReport, JudgedCase] | None:
        """Note a case, or return it if it is the first that fails."""
        results = self._results
        results.spend(report.cpu_seconds)
        answer = read_case(report, self._task.kind, self._work.limits, self._lines)
        judged = self._referee.judge(self._task.cases[index], answer)
        if judged.trouble is not None and results.trouble is None:
            return report, judged
        results.add(judged)
        return None

    def _fail(self, failed: tuple[CaseReport, JudgedCase], again: CaseReport | None) -> None:
        """Note the first failure, whose case has been rerun to see which details are stable.

        It appears in prompts and must be the same everywhere. The rerun never changes the outcome.
        """
        report, judged = failed
        trouble = judged.trouble
        assert trouble is not None  # noqa: S101 - it failed
        if _varies(failed) and (again is None or not same_answer(report, again)):
            trouble = unstable(trouble)
        self._results.add(msgspec.structs.replace(judged, trouble=trouble))


def _varies(failed: tuple[CaseReport, JudgedCase]) -> bool:
    """Whether the details of a failure may differ in another run."""
    trouble = failed[1].trouble
    return trouble is not None and trouble.outcome in {
        Outcome.WRONG_ANSWER,
        Outcome.RUNTIME_ERROR,
    }

"""Make a verdict from the results of a program's cases."""

from dataclasses import replace

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.sandbox.case_results import CaseResults
from pytest_selfrepair.sandbox.child_reports import NoAnswer, line_of
from pytest_selfrepair.sandbox.installed_packages import Packages, lacking, without
from pytest_selfrepair.sandbox.referee import as_text

NO_PROGRAM = Verdict(
    outcome=Outcome.NO_PROGRAM,
    cases_run=0,
    cases_passed=0,
    failure=CaseFailure(error="there is nothing to run"),
)
"""The verdict on a text without a program."""


def verdict_of(
    task: Task, program: str, results: CaseResults, packages: Packages, seconds: float
) -> Verdict:
    """Make the verdict on a program.

    Args:
        task: Its task.
        program: The program.
        results: The results of its cases.
        packages: The packages that it may use.
        seconds: The seconds of judging.
    """
    trouble = results.trouble
    lacks = lacking(trouble.error, packages) if trouble else None
    if trouble is not None and trouble.error is not None and lacks is not None:
        trouble = replace(trouble, error=without(trouble.error, packages))
    return Verdict(
        outcome=results.outcome,
        cases_run=results.cases_run,
        cases_passed=results.cases_passed,
        rule=results.rule,
        failure=None if trouble is None else _failure(task, program, results.failed, trouble),
        seconds=seconds,
        flips=results.flips,
        lacks=lacks,
        cpu_seconds=results.cpu_seconds,
        slowest=results.slowest,
    )


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

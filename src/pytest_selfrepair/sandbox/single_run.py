"""Run a program on a single input."""

from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import Ran
from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.child_reports import (
    MOST_LINES,
    Answer,
    NoAnswer,
    lines_of,
    read_case,
    read_uncompiled,
)
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.session import run_apart
from pytest_selfrepair.sandbox.work import Work, work_of


def run_once(
    zygote: ZygoteProcess, task: Task, program: str, given: JsonValue, limits: Limits
) -> Ran:
    """Run a program on one input, of its task or not, without judging it.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    work = work_of(task, program, [given], limits)
    report, answer = run_single(zygote, work, len(lines_of(program)))
    if isinstance(answer, Answer):
        return Ran(output=answer.value, printed=report.stdout, seconds=report.cpu_seconds)
    return Ran(
        outcome=answer.outcome,
        printed=report.stdout,
        error=answer.error or answer.actual,
        line_number=answer.line_number,
        seconds=report.cpu_seconds,
    )


def run_single(
    zygote: ZygoteProcess, work: Work, lines: int = MOST_LINES
) -> tuple[CaseReport, Answer | NoAnswer]:
    """Run a program with one input; return the facts on the run, and the answer.

    Args:
        zygote: The zygote that runs it.
        work: The program with its input.
        lines: The number of lines of the program, beyond which no failure can be.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    ((case, report),) = run_apart(zygote, work)
    if case is None:
        return report, read_uncompiled(report)
    kind = TaskKind.CALL_BASED if work.calls else TaskKind.STDIN
    return report, read_case(report, kind, work.limits, lines)

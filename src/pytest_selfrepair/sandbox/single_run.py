"""Run a program on one input, without judging it."""

from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.verdict import Ran
from pytest_selfrepair.sandbox.child_reports import Answer, lines_of, read_case, read_uncompiled
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.session import run_apart
from pytest_selfrepair.sandbox.work import work_of
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError


def run_once(
    zygote: ZygoteProcess, task: Task, program: str, given: JsonValue, limits: Limits
) -> Ran:
    """Run a program on one input, of its task or not.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    work = work_of(task, program, [given], limits)
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

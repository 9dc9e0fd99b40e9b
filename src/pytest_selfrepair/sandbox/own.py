"""Run a task's own checker, its `checker.py`, in the sandbox on one answer at a time."""

from pytest_selfrepair.core.checker import Acceptance, AcceptanceRule
from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import CHECK_FUNCTION, Case, JsonValue, Task
from pytest_selfrepair.errors import CheckerError
from pytest_selfrepair.sandbox.child_reports import NoAnswer
from pytest_selfrepair.sandbox.inside.ways import CallStyle
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.single_run import run_single
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes

ACCEPTED = "True, False, a text that says what is wrong, or a failing assert"


class OwnChecker:
    """Runs the checker of a task in a process separate from programs.

    Expected outputs enter only that process. A checker accepts an answer by returning True, and
    rejects it by returning False or a text with the reason, or by a failing ``assert``. Anything
    else counts as broken; a broken checker does not decide a verdict.

    Args:
        zygotes: The zygotes for its processes.
        lease: The right to use them.
        limits: The limits for one answer.
    """

    def __init__(self, zygotes: Zygotes, lease: Lease, limits: Limits) -> None:
        self._zygotes, self._lease, self._limits = zygotes, lease, limits

    def __call__(self, task: Task, case: Case, actual: JsonValue) -> Acceptance:
        """Decide whether ``actual`` is right.

        Raises:
            CheckerError: The checker is broken.
            BrokenZygoteError: The sandbox is.
        """
        assert task.checker is not None  # noqa: S101 - called for such tasks only
        with self._zygotes.leased(self._lease) as zygote:
            work = Work(
                program=task.checker,
                fn_name=CHECK_FUNCTION,
                inputs=[[case.input, case.expected, actual]],
                way=CallStyle.CHECK,
                limits=self._limits,
            )
            _, answer = run_single(zygote, work)
        match answer if isinstance(answer, NoAnswer) else answer.value:
            case True:
                return Acceptance(accepted=True, rule=AcceptanceRule.OWN)
            case False:
                return Acceptance(accepted=False)
            case str(reason) if reason.strip():
                return Acceptance(accepted=False, reason=shorten(reason))
            case NoAnswer(error=str(error)) if error.partition(":")[0] == AssertionError.__name__:
                return Acceptance(accepted=False, reason=error.partition(": ")[2] or None)
            case NoAnswer() as trouble:
                where = f" on line {trouble.line_number}" if trouble.line_number else ""
                found = f"{trouble.error or trouble.actual or trouble.outcome}{where}"
            case other:
                found = f"the result {render(other)}"
        raise CheckerError(f"{task.id}: checker.py: found {found}; accepted: {ACCEPTED}")

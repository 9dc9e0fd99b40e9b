"""Grade programs: by their task's assertions, or by comparing answers with expected outputs."""

from collections.abc import Callable

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.sandbox.assertion_judge import Examination
from pytest_selfrepair.sandbox.case_results import CaseResults
from pytest_selfrepair.sandbox.comparison import Comparison
from pytest_selfrepair.sandbox.examiner import Examiner
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.own import OwnChecker
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.referee import Referee
from pytest_selfrepair.sandbox.zygotes import Lease, Zygotes


class Grader:
    """Grades programs, each run in a zygote lent for it.

    Where a task's cases are assertions, these decide, and no checker is used.

    Args:
        isolation: The isolation of assertions and of tasks' own checkers from this machine.
        checker: Compares answers with expected outputs.
        other: A checker whose verdict is compared with that of `checker`, or None.
        checker_of: Finds a task's own checker other than its `checker.py`, if it has one.
        all_cases: Whether to run all cases, rather than stop at the first that fails.
    """

    def __init__(
        self,
        isolation: Isolation,
        checker: Checker,
        other: Checker | None,
        checker_of: Callable[[Task], Checker | None],
        *,
        all_cases: bool,
    ) -> None:
        self._checker, self._other, self._checker_of = checker, other, checker_of
        self._all_cases = all_cases
        # Zygotes that see expected outputs are never lent to programs, as programs share their
        # memory.
        self._zygotes = Zygotes(isolation.command, isolation.environment)
        self._examiner = Examiner(self._zygotes)

    def prepare(
        self, task: Task, program: str, limits: Limits, lease: Lease
    ) -> Callable[[ZygoteProcess], CaseResults]:
        """Prepare the grading of a program, to be run once.

        Args:
            task: The task.
            program: The program.
            limits: The limits of a case, unless the task sets its own.
            lease: The right to use zygotes for assertions and checkers.

        Returns:
            Grades the program in a zygote. It raises BrokenZygoteError if the sandbox is broken,
            and CheckerError if the task's own checker is.

        Raises:
            BrokenZygoteError: The sandbox is broken.
            CheckerError: The task's assertions break or fail even without a program.
        """
        results = CaseResults(all_cases=self._all_cases, scale=limits.scale)
        grading: Examination | Comparison
        if task.assertions is not None:
            grading = Examination(
                self._examiner, lease, task, program, limits=limits, results=results
            )
        else:
            own = self._checker_of(task)
            if own is None and task.checker is not None:
                own = OwnChecker(self._zygotes, lease, limits)
            referee = Referee(task, self._checker, self._other, own)
            grading = Comparison(task, program, limits, referee, results)

        def graded(zygote: ZygoteProcess) -> CaseResults:
            grading.run(zygote)
            return results

        return graded

    def close(self) -> None:
        """End its zygotes."""
        self._zygotes.close()

"""Requests to judge a program, each with one answer from one or more executions."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import Ran, Verdict
from pytest_selfrepair.errors import InfrastructureError

Answer = Verdict | Ran | InfrastructureError
"""The result of one program, or why nothing is known about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A task as sent to workers.

    Attributes:
        digest: The SHA-256 of `data`, by which workers recognise it.
        task_id: The task.
        data: The pickled task.
        seconds: The time limit of a case.
    """

    digest: str
    task_id: str
    data: bytes
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeJob:
    """One program to run.

    Attributes:
        program: The program.
        given: The single input, if it is not judged.
        judged: Whether to judge it by the task's cases.
        alone: Whether no other program may be judged on the machine at the same time.
    """

    program: str
    given: JsonValue = None
    judged: bool = True
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The result of one execution of a program.

    Attributes:
        answer: The answer.
        seconds: The duration in seconds.
    """

    answer: Answer
    seconds: float


class JudgeRequest:
    """A job with a waiting caller.

    A program is executed again if its worker does not answer in time. Its answer is then held until
    the other executions have ended or time is up. Contradictory verdicts do not count: the program
    is judged once more, alone, and that verdict is flagged `unstable`.

    Args:
        cases: Its task.
        job: The program to run.
        answer: Receives the answer.

    Attributes:
        cases: Its task.
        job: The program to run.
        dropped: Whether the caller no longer waits.
        contradiction: Two contradictory verdicts, or None.
    """

    def __init__(self, *, cases: Cases, job: JudgeJob, answer: Callable[[Answer], None]) -> None:
        self.cases, self.job = cases, job
        self.dropped = False
        self.contradiction: tuple[Verdict, Verdict] | None = None
        self._answer = answer
        self._executions = 0
        self._found: Answer | None = None
        self._settled = False

    @property
    def open(self) -> bool:
        """Whether an execution is still needed."""
        return self._found is None and not self.dropped

    @property
    def held(self) -> bool:
        """Whether an answer is held until other executions end."""
        return self._found is not None and not self._settled

    def begin(self) -> None:
        """Note an execution given to a worker."""
        self._executions += 1

    def end(self, answer: Answer | None, *, alone: bool = False) -> None:
        """Note the end of an execution.

        Args:
            answer: Its answer; None without one.
            alone: Whether the program was judged again, alone, after contradictory verdicts.
        """
        self._executions -= 1
        if answer is not None:
            self._take(answer, alone=alone)
        if self.held and self._executions == 0:
            self.settle()

    def settle(self, answer: Answer | None = None) -> None:
        """Answer now, with this answer or the one held, even if executions are under way."""
        self._found = answer or self._found
        if self._found is not None and not self._settled:
            self._settled = True
            if not self.dropped:
                self._answer(self._found)

    def _take(self, answer: Answer, *, alone: bool) -> None:
        if self._settled:
            self._note(self._found, answer)
        elif self.job.alone:  # only the verdict of the program judged alone counts now
            if alone:
                if isinstance(answer, Verdict):
                    answer = replace(answer, unstable=True)
                self.settle(answer)
        elif self._note(self._found, answer):
            self._found, self.job = None, replace(self.job, alone=True)
        elif not isinstance(self._found, Verdict | Ran):  # a verdict replaces a failure
            self._found = answer

    def _note(self, first: Answer | None, second: Answer) -> bool:
        """Note a contradiction; return whether there is one."""
        if not (isinstance(first, Verdict) and isinstance(second, Verdict)):
            return False
        if _decided(first) == _decided(second):
            return False
        self.contradiction = first, second
        return True


def _decided(verdict: Verdict) -> tuple[object, ...]:
    """The facts on which two executions of a program must agree."""
    return verdict.outcome, verdict.cases_run, verdict.cases_passed, verdict.flips

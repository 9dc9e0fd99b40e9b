"""A program that somebody waits for, and the one answer that comes of its executions."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import Ran, Verdict
from pytest_selfrepair.errors import InfrastructureError

Answer = Verdict | Ran | InfrastructureError
"""What became of one program, or why nothing is known about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A task as it is sent to workers.

    Attributes:
        digest: The SHA-256 of `data`, by which a worker knows it again.
        task_id: The task.
        data: The pickled task.
        seconds: The longest that a case may take.
    """

    digest: str
    task_id: str
    data: bytes
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeJob:
    """One program that is to be run.

    Attributes:
        program: The program.
        given: The one input that it is run on where it is not judged.
        judged: Whether it is judged by the task's cases.
        alone: Whether no other program may be judged on the machine meanwhile.
    """

    program: str
    given: JsonValue = None
    judged: bool = True
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What came of one execution of a program.

    Attributes:
        answer: What became of the program.
        seconds: What the execution took.
    """

    answer: Answer
    seconds: float


class JudgeRequest:
    """A job that somebody waits for.

    A program is executed more than once where a worker does not answer in time. Then its answer is
    held until the other executions have ended, or are waited for no longer. Verdicts that
    contradict each other do not count: the program is judged once more, alone, and that verdict
    is flagged `unstable`.

    Args:
        cases: Its task.
        job: What is to be run.
        answer: Takes the answer.

    Attributes:
        cases: Its task.
        job: What is to be run.
        dropped: Whether nobody waits for it any more.
        contradiction: Two verdicts that contradict each other; None: there are none.
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
        """Whether an execution is still wanted."""
        return self._found is None and not self.dropped

    @property
    def held(self) -> bool:
        """Whether there is an answer that waits for other executions to end."""
        return self._found is not None and not self._settled

    def begin(self) -> None:
        """An execution has been given to a worker."""
        self._executions += 1

    def end(self, answer: Answer | None, *, alone: bool = False) -> None:
        """An execution has ended.

        Args:
            answer: What came of it; None: nothing.
            alone: Whether the program was judged again, alone, for verdicts contradicted.
        """
        self._executions -= 1
        if answer is not None:
            self._take(answer, alone=alone)
        if self.held and self._executions == 0:
            self.settle()

    def settle(self, answer: Answer | None = None) -> None:
        """Answer now, whatever executions are left: with this answer, or with the one held."""
        self._found = answer or self._found
        if self._found is not None and not self._settled:
            self._settled = True
            if not self.dropped:
                self._answer(self._found)

    def _take(self, answer: Answer, *, alone: bool) -> None:
        if self._settled:
            self._note(self._found, answer)
        elif self.job.alone:  # nothing but the execution that is alone decides any more
            if alone:
                if isinstance(answer, Verdict):
                    answer = replace(answer, unstable=True)
                self.settle(answer)
        elif self._note(self._found, answer):
            self._found, self.job = None, replace(self.job, alone=True)
        elif not isinstance(self._found, Verdict | Ran):  # an infrastructure failure decides last
            self._found = answer

    def _note(self, first: Answer | None, second: Answer) -> bool:
        """Note a contradiction; true where there is one."""
        if not (isinstance(first, Verdict) and isinstance(second, Verdict)):
            return False
        if _decided(first) == _decided(second):
            return False
        self.contradiction = first, second
        return True


def _decided(verdict: Verdict) -> tuple[object, ...]:
    """What two executions of a program are to agree on."""
    return verdict.outcome, verdict.cases_run, verdict.cases_passed, verdict.flips

"""A task tried by its own reference solutions: whether they pass, and whether they agree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.record import References
from pytest_selfrepair.core.task import Task, Wrapping
from pytest_selfrepair.core.verdict import Judge, Outcome, Verdict


class TaskStanding(StrEnum):
    """Whether a task's verdicts can be believed.

    Attributes:
        VALID: A reference solution passes, and none answers otherwise.
        AMBIGUOUS: One passes, and another, which ends as it should, gives an answer that is not
            accepted beside it: several answers may be right.
        QUARANTINED: None passes.
        UNTRIED: There was none to try, or no case.
    """

    VALID = "valid"
    AMBIGUOUS = "ambiguous"
    QUARANTINED = "quarantined"
    UNTRIED = "untried"


MOST_SOLUTIONS = 20
"""Reference solutions of a task that are tried at most, unless more are asked for."""

QUARANTINE = "quarantined: none of its reference solutions passes (see selfrepair validate)"
"""Why a quarantined task is not scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One reference solution.

    Attributes:
        index: Its position among the task's solutions, from 0.
        verdict: What became of it.
        error: Why it does not pass, in words; None where it does.
    """

    index: int
    verdict: Verdict
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a task's own solutions say of it.

    Attributes:
        task_id: The task.
        cases: How many cases it has.
        solutions: How many reference solutions it has, tried or not.
        trials: Those that were tried, in order.
        wrapped: Whether its source wraps every expected value in a list, which was taken off.
    """

    task_id: str
    cases: int
    solutions: int
    trials: tuple[Trial, ...] = ()
    wrapped: bool = False

    @property
    def passed(self) -> int:
        """How many of the tried solutions pass."""
        return sum(trial.verdict.passed for trial in self.trials)

    @property
    def answering_otherwise(self) -> tuple[int, ...]:
        """The solutions that run as they should and give an answer that is not accepted."""
        return tuple(
            trial.index for trial in self.trials if trial.verdict.outcome is Outcome.WRONG_ANSWER
        )

    @property
    def standing(self) -> TaskStanding:
        """What the trials say."""
        if not self.trials:
            return TaskStanding.UNTRIED
        if not self.passed:
            return TaskStanding.QUARANTINED
        return TaskStanding.AMBIGUOUS if self.answering_otherwise else TaskStanding.VALID

    @property
    def references(self) -> References:
        """The same as a record keeps it."""
        return References(
            tried=len(self.trials), passed=self.passed, otherwise=len(self.answering_otherwise)
        )

    @property
    def rules(self) -> Mapping[str, int]:
        """How many solutions passed by each rule of the checker, the most frequent first."""
        rules = Counter(str(trial.verdict.rule) for trial in self.trials if trial.verdict.passed)
        return dict(rules.most_common())


async def validate(task: Task, judge: Judge, *, most: int = MOST_SOLUTIONS) -> Validation:
    """Try a task's reference solutions, one after another.

    That one is accepted and another gives another answer means that the task has several right
    answers and its checker knows one, or that what its source calls a solution is none.

    Args:
        task: The task.
        judge: Runs programs.
        most: Solutions that are tried at most, in their order; more only where none of these
            passes.

    Raises:
        SandboxError: The sandbox could not run a solution.
    """
    trials: list[Trial] = []
    for index, program in enumerate(task.solutions if task.cases else ()):
        if index >= most and any(trial.verdict.passed for trial in trials):
            break
        verdict = await judge.judge(task, program)
        error = None if verdict.passed else error_sentence(task, verdict)
        trials.append(Trial(index=index, verdict=verdict, error=error))
    return Validation(
        task_id=task.id,
        cases=len(task.cases),
        solutions=len(task.solutions),
        trials=tuple(trials),
        wrapped=task.wrapping is Wrapping.WRAPPED,
    )

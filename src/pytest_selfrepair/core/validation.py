"""Validate a task by its reference solutions: whether they pass, and agree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.record import References
from pytest_selfrepair.core.task import Task, Wrapping
from pytest_selfrepair.core.verdict import Judge, Outcome, Verdict


class TaskStanding(StrEnum):
    """Whether a task's verdicts can be trusted.

    Attributes:
        VALID: A reference solution passes, and none gives a wrong answer.
        AMBIGUOUS: One passes, and another runs without error but gives an answer that is not
            accepted: several answers may be right.
        QUARANTINED: None passes.
        UNTRIED: The task has no solutions, or no cases.
    """

    VALID = "valid"
    AMBIGUOUS = "ambiguous"
    QUARANTINED = "quarantined"
    UNTRIED = "untried"


MOST_SOLUTIONS = 20
"""The most reference solutions of a task that are tried, by default."""

QUARANTINE = "quarantined: none of its reference solutions passes (see selfrepair validate)"
"""The reason for an unscored quarantined task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The trial of one reference solution.

    Attributes:
        index: Its position among the task's solutions, from 0.
        verdict: Its verdict.
        error: Why it fails, in words; None where it passes.
    """

    index: int
    verdict: Verdict
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The results of a task's reference solutions.

    Attributes:
        task_id: The task.
        cases: The number of its cases.
        solutions: The number of its reference solutions, tried or not.
        trials: The trials, in order.
        wrapped: Whether its source wraps every expected value in a list, removed on loading.
    """

    task_id: str
    cases: int
    solutions: int
    trials: tuple[Trial, ...] = ()
    wrapped: bool = False

    @property
    def passed(self) -> int:
        """The number of tried solutions that pass."""
        return sum(trial.verdict.passed for trial in self.trials)

    @property
    def answering_otherwise(self) -> tuple[int, ...]:
        """The indices of solutions that run without error but give a wrong answer."""
        return tuple(
            trial.index for trial in self.trials if trial.verdict.outcome is Outcome.WRONG_ANSWER
        )

    @property
    def standing(self) -> TaskStanding:
        """The standing that the trials show."""
        if not self.trials:
            return TaskStanding.UNTRIED
        if not self.passed:
            return TaskStanding.QUARANTINED
        return TaskStanding.AMBIGUOUS if self.answering_otherwise else TaskStanding.VALID

    @property
    def references(self) -> References:
        """The summary for records."""
        return References(
            tried=len(self.trials), passed=self.passed, otherwise=len(self.answering_otherwise)
        )

    @property
    def rules(self) -> Mapping[str, int]:
        """The number of solutions passed by each rule of the checker, the most frequent first."""
        rules = Counter(str(trial.verdict.rule) for trial in self.trials if trial.verdict.passed)
        return dict(rules.most_common())


async def validate(task: Task, judge: Judge, *, most: int = MOST_SOLUTIONS) -> Validation:
    """Try a task's reference solutions one by one.

    If one is accepted and another gives a different answer, either the task has several right
    answers of which its checker knows one, or one of its solutions is wrong.

    Args:
        task: The task.
        judge: Runs programs.
        most: The most solutions tried, in order; further ones are tried only if none of these
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

"""A task tried by its own reference solutions: where none passes, the task is quarantined."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.task import Task, Wrapping
from pytest_selfrepair.core.verdict import Judge, Verdict


class Standing(StrEnum):
    """Whether a task's verdicts can be believed."""

    VALID = "valid"
    QUARANTINED = "quarantined"
    UNTRIED = "untried"


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
    def standing(self) -> Standing:
        """Valid where a solution passes; untried where there was none to try, or no case."""
        if not self.trials:
            return Standing.UNTRIED
        return Standing.VALID if self.passed else Standing.QUARANTINED

    @property
    def rules(self) -> Mapping[str, int]:
        """How many solutions passed by each rule of the checker, the most frequent first."""
        rules = Counter(str(trial.verdict.rule) for trial in self.trials if trial.verdict.passed)
        return dict(rules.most_common())


async def validate(task: Task, judge: Judge, *, first_only: bool = False) -> Validation:
    """Try a task's reference solutions, one after another.

    Args:
        task: The task.
        judge: Runs programs.
        first_only: Stop at the first that passes, which is enough to believe the task.

    Raises:
        SandboxError: The sandbox could not run a solution.
    """
    trials: list[Trial] = []
    for index, program in enumerate(task.solutions if task.cases else ()):
        verdict = await judge.judge(task, program)
        error = None if verdict.passed else error_sentence(task, verdict)
        trials.append(Trial(index=index, verdict=verdict, error=error))
        if first_only and verdict.passed:
            break
    return Validation(
        task_id=task.id,
        cases=len(task.cases),
        solutions=len(task.solutions),
        trials=tuple(trials),
        wrapped=task.wrapping is Wrapping.WRAPPED,
    )

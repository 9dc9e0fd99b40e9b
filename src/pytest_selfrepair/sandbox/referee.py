"""Decide whether an answer is right, by the run's checker or the task's own."""

from pytest_selfrepair.core.checker import Acceptance, AcceptanceRule, Checker, apps
from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import Case, JsonValue, Task, TaskKind
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.errors import CheckerError
from pytest_selfrepair.sandbox.case_results import JudgedCase
from pytest_selfrepair.sandbox.child_reports import Answer, NoAnswer, masked
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError

CHECKER_BROKE = "the task's checker broke on it"
"""The start of the reason for a wrong answer on which only the task's own checker broke."""


class Referee:
    """Judges the answers of one program.

    A task's own checker replaces all others but `apps`, which ignores it. If it breaks on an
    answer, the answer is wrong if the checker accepts the expected output; otherwise the checker
    itself is broken, and nothing is known.

    Args:
        task: The task.
        checker: The run's checker.
        other: A checker whose verdict is compared with its, or None.
        own: The task's own checker, or None.
    """

    def __init__(
        self, task: Task, checker: Checker, other: Checker | None, own: Checker | None
    ) -> None:
        self._task = task
        self._checker = checker if own is None or checker is apps else own
        self._other = other if own is None or other in (None, apps) else own
        self._explains = self._checker is own

    def judge(self, case: Case, answer: Answer | NoAnswer) -> JudgedCase:
        """Judge a case by its answer, or by the failure in its place.

        Raises:
            CheckerError: The task's own checker is broken, as it does not accept the expected
                output either.
        """
        if isinstance(answer, NoAnswer):
            return JudgedCase(trouble=answer, other=None if self._other is None else False)
        acceptance = self._acceptance(self._checker, case, answer.value)
        other = None
        if self._other is self._checker:
            other = acceptance.accepted
        elif self._other is not None:
            other = self._acceptance(self._other, case, answer.value).accepted
        trouble = None
        if not acceptance.accepted:
            trouble = answer.if_wrong or NoAnswer(
                outcome=Outcome.WRONG_ANSWER,
                error=acceptance.reason if self._explains else None,
                actual=_shown(self._task.kind, answer.value),
            )
        rule = acceptance.rule or (AcceptanceRule.OWN if acceptance.accepted else None)
        return JudgedCase(rule=rule, trouble=trouble, other=other)

    def _acceptance(self, checker: Checker, case: Case, actual: JsonValue) -> Acceptance:
        try:
            return self._checked(checker, case, actual)
        except CheckerError as error:
            try:
                sound = self._checked(checker, case, case.expected).accepted
            except CheckerError:
                sound = False
            if not sound:
                raise
            found = str(error).removeprefix(f"{self._task.id}: ")
            return Acceptance(accepted=False, reason=shorten(f"{CHECKER_BROKE}: {found}"))

    def _checked(self, checker: Checker, case: Case, actual: JsonValue) -> Acceptance:
        try:
            said: object = checker(self._task, case, actual)
        except (CheckerError, BrokenZygoteError):
            raise
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
            raise CheckerError(f"{self._task.id}: its checker raised {found}") from error
        if not isinstance(said, Acceptance):
            found = f"{said!r}; accepted: an Acceptance"
            raise CheckerError(f"{self._task.id}: its checker: found {found}")
        return said


def _shown(kind: TaskKind, answer: JsonValue) -> str:
    return masked(as_text(kind, masked(answer) if isinstance(answer, str) else answer))


def as_text(kind: TaskKind, value: JsonValue) -> str:
    """Format an input or an output for a verdict."""
    return shorten(value) if kind is TaskKind.STDIN and isinstance(value, str) else render(value)

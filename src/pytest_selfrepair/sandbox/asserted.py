"""Describe a program's failure from a run of assertions."""

from collections.abc import Sequence
from dataclasses import replace

from pytest_selfrepair.core.checker import AcceptanceRule
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.case_results import JudgedCase
from pytest_selfrepair.sandbox.child_reports import Answer, NoAnswer
from pytest_selfrepair.sandbox.instrument import Assertion, Form

Fields = dict[str, JsonValue]

_LONGEST_ASSERTION = 200  # characters


def read_asserted(
    case: Fields, assertions: Sequence[Assertion], answers: Sequence[Answer | NoAnswer]
) -> JudgedCase:
    """Read the result of a case from a run of assertions.

    Args:
        case: One of the cases returned by `standin.examine`.
        assertions: The assertions of the task.
        answers: The program's answer to each call.
    """
    if case.get("end") == "passed":
        return JudgedCase(rule=AcceptanceRule.OWN)
    number = case.get("assertion")
    assertion = assertions[number] if isinstance(number, int) else None
    trouble = _trouble(case, assertion, answers)
    given = _text(case, "input")
    return JudgedCase(trouble=replace(trouble, input=None if given is None else shorten(given)))


def _trouble(
    case: Fields, assertion: Assertion | None, answers: Sequence[Answer | NoAnswer]
) -> NoAnswer:
    text = shorten(assertion.text, _LONGEST_ASSERTION) if assertion else None
    test = f"`{text}`" if text else "the test"
    match case:
        case {"end": "no_answer", "why": "garbled"}:
            error = "it wrote into the report on its own run"
            return NoAnswer(outcome=Outcome.TAMPERED, error=error)
        case {"end": "no_answer", "call": int(index)}:
            answer = answers[index]
            assert isinstance(answer, NoAnswer)  # noqa: S101 - values are answers
            if answer.outcome is Outcome.WRONG_ANSWER:
                return replace(answer, error=f"{test} takes plain data alone")
            return answer
        case {"end": "failed"}:
            return _failed(case, assertion.form if assertion else Form.OTHER, test)
    error = f"{test} raised {_with_message(case, str(case.get('type')))}"
    return NoAnswer(
        outcome=Outcome.WRONG_ANSWER, error=shorten(error), actual=_shortened(case, "actual")
    )


def _failed(case: Fields, form: Form, test: str) -> NoAnswer:
    """Describe a result by its failing assertion."""
    actual, expected = _shortened(case, "actual"), None
    left, right = _shortened(case, "left"), _shortened(case, "right")
    match form:
        case Form.LEFT if left is not None:
            actual, expected = left, right
        case Form.RIGHT if right is not None:
            actual, expected = right, left
        case Form.TRUE:
            expected = "True" if actual == "False" else "a true value"
        case Form.FALSE:
            expected = "False" if actual == "True" else "a false value"
    error = None
    if expected is None or actual is None:
        what = "the test reached `assert False`" if form is Form.NEVER else f"{test} does not hold"
        error = shorten(_with_message(case, what))
    return NoAnswer(outcome=Outcome.WRONG_ANSWER, error=error, actual=actual, expected=expected)


def unfinished(trouble: NoAnswer) -> NoAnswer:
    """The failure of a program whose results prevent the assertions from finishing."""
    why = trouble.error or trouble.actual or trouble.outcome
    error = f"the test could not be finished with what was returned: {why}"
    return NoAnswer(outcome=Outcome.WRONG_ANSWER, error=shorten(error))


def _with_message(case: Fields, text: str) -> str:
    message = _text(case, "message")
    return f"{text}: {message}" if message else text


def _text(case: Fields, name: str) -> str | None:
    found = case.get(name)
    return found if isinstance(found, str) else None


def _shortened(case: Fields, name: str) -> str | None:
    found = _text(case, name)
    return None if found is None else shorten(found)

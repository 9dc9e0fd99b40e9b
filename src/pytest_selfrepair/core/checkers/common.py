"""What all checkers share: the rules of acceptance, and the result for one answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import Case, JsonValue, Task

SHOWN = 60
"""The most characters of a token or value that are shown in a reason."""


class AcceptanceRule(StrEnum):
    """The rule by which an answer was accepted, from the strongest to the weakest.

    Attributes:
        EXACT: The answer equals the expected one.
        WHITESPACE: The same except for insignificant white space.
        FLOAT: The same except for real numbers within the tolerance of `tolerant`.
        LINE_ORDER: The same lines in another order.
        TOKEN_ORDER: The same lines, some with their tokens in another order.
        ELEMENT_ORDER: The same result with the elements of lists in another order.
        PYTHON_EQUALITY: A result equal to the expected one by Python's ``==``: 1 for true.
        WRAPPING: The expected result in the list that the task's file wraps it in, or the first
            element of an expected list.
        LOOSE_FLOAT: One number a line, each within 1e-5 of the expected one.
        TOKEN_SETS: The same set of lines as sets of tokens: order and repetition are ignored.
        ROUNDED_SETS: The same with numbers rounded to three decimal places.
        OWN: The task's own checker accepts the answer, or the task's assertions hold.
    """

    EXACT = "exact"
    WHITESPACE = "whitespace"
    FLOAT = "float"
    LINE_ORDER = "line_order"
    TOKEN_ORDER = "token_order"  # noqa: S105 - a token of output, not of a session
    ELEMENT_ORDER = "element_order"
    PYTHON_EQUALITY = "python_equality"
    WRAPPING = "wrapping"
    LOOSE_FLOAT = "loose_float"
    TOKEN_SETS = "token_sets"  # noqa: S105 - as above
    ROUNDED_SETS = "rounded_sets"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The decision of a checker on one answer.

    Attributes:
        accepted: Whether the answer is right.
        rule: The rule that accepted it; None for a wrong answer.
        reason: The first difference, in words; None for a right answer.
    """

    accepted: bool
    rule: AcceptanceRule | None = None
    reason: str | None = None


class Checker(Protocol):
    """Compares one answer with the expected one; pure, and raises nothing, whatever the answer."""

    def __call__(self, task: Task, case: Case, actual: JsonValue) -> Acceptance:
        """Decide whether ``actual`` is right.

        Args:
            task: The task; its kind decides what is compared.
            case: The case, with the input and the expected answer.
            actual: Standard input: the printed text. Call-based: the result, as JSON.
        """
        ...


def weakest(rules: Iterable[AcceptanceRule | None]) -> AcceptanceRule | None:
    """The weakest rule by which any case of a program was accepted; None without one."""
    order = list(AcceptanceRule)
    return max((rule for rule in rules if rule is not None), key=order.index, default=None)


def as_text(value: JsonValue) -> str:
    """Convert standard output to one text with plain line ends."""
    if isinstance(value, list):
        value = "\n".join(as_text(line) for line in value)
    return value.replace("\r\n", "\n") if isinstance(value, str) else render(value)


def brief(text: str) -> str:
    """Shorten a text for a reason."""
    return repr(shorten(text, SHOWN))


def wrong(where: str, expected: str, found: str) -> Acceptance:
    """Reject an answer, with its first difference as the reason."""
    return Acceptance(accepted=False, reason=f"{where}: expected {expected}, found {found}")

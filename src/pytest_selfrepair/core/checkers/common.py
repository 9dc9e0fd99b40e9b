"""What checkers share: the rules, and what a checker says of an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import Case, JsonValue, Task

SHOWN = 60
"""Characters of a token or value in a reason."""


class AcceptanceRule(StrEnum):
    """By what an answer was accepted, from the strongest to the weakest.

    Attributes:
        EXACT: It is what is expected.
        WHITESPACE: The same but for white space that carries nothing.
        FLOAT: The same but for real numbers within the tolerance of `tolerant`.
        LINE_ORDER: The same lines in another order.
        TOKEN_ORDER: The same lines, in some of which the tokens have another order.
        ELEMENT_ORDER: A result whose lists have another order.
        PYTHON_EQUALITY: A result that Python's ``==`` takes for the expected one: 1 for true.
        WRAPPING: A result that is the expected one in the list that the file has, or its first
            element.
        LOOSE_FLOAT: One number a line, each within 1e-5 of the expected one.
        TOKEN_SETS: The same set of lines as sets of tokens: orders and repetitions are ignored.
        ROUNDED_SETS: The same as sets of numbers, rounded to three places.
        OWN: The task's own checker says so, or its assertions hold.
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
    """What a checker says of one answer.

    Attributes:
        accepted: Whether the answer is right.
        rule: What accepted it; None for a wrong answer.
        reason: The first difference, in words; None for a right answer.
    """

    accepted: bool
    rule: AcceptanceRule | None = None
    reason: str | None = None


class Checker(Protocol):
    """Compares one answer with what is expected; pure, and never raises on any answer."""

    def __call__(self, task: Task, case: Case, actual: JsonValue) -> Acceptance:
        """Say whether ``actual`` is right.

        Args:
            task: The task; its kind says what is compared.
            case: What was given, and what is expected.
            actual: Standard input: the text that was printed. Call-based: the result, as JSON.
        """
        ...


def weakest(rules: Iterable[AcceptanceRule | None]) -> AcceptanceRule | None:
    """The weakest of the rules by which the cases of a program were accepted; None for none."""
    order = list(AcceptanceRule)
    return max((rule for rule in rules if rule is not None), key=order.index, default=None)


def as_text(value: JsonValue) -> str:
    """Standard output as one text with plain line ends."""
    if isinstance(value, list):
        value = "\n".join(as_text(line) for line in value)
    return value.replace("\r\n", "\n") if isinstance(value, str) else render(value)


def brief(text: str) -> str:
    """A text as a reason shows it."""
    return repr(shorten(text, SHOWN))


def wrong(where: str, expected: str, found: str) -> Acceptance:
    """A wrong answer and its first difference."""
    return Acceptance(accepted=False, reason=f"{where}: expected {expected}, found {found}")

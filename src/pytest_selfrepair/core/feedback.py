"""Feedback on a failing program: the error sentence and the feedback sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import Task, TaskKind
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict

LONGEST_SENTENCE = 2_000
"""The longest error sentence in characters; longer ones lose their middle."""

LONGEST_EVIDENCE = 3 * LONGEST_SENTENCE
"""The longest evidence in place of an error sentence, in characters; longer is cut likewise."""

REFERENCE = "reference"
"""The name of the source of hints from the reference solution."""


class FeedbackCases(StrEnum):
    """The cases that feedback and repair may see.

    Attributes:
        ALL: All, as in arXiv 2306.09896.
        PUBLIC: Those shown by the task's source or its statement.
    """

    ALL = "all"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failing program, as a feedback source sees it.

    Attributes:
        task: The task, with the cases that feedback may see.
        program: The failing program.
        verdict: Its verdict.
        error: The error sentence: its first failing case in words.
    """

    task: Task
    program: str
    verdict: Verdict
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Feedback on one failing program.

    Attributes:
        text: What is wrong with it; empty where the source has nothing to say.
        cost: The cost of the text alone: zero where no completion was drawn for it, and for further
            repairs on the same text, which is paid for once.
        finish_reason: Why the model stopped; `CONTEXT_LIMIT` where the prompt was too long.
        evidence: Whether the text replaces the error sentence, as evidence of the failure, rather
            than following it as an explanation.
        author: The author, if a person.
        seconds: Seconds of the author's work or the model's request, where known.
        first_byte: Seconds until the first byte of the model's answer, where streamed.
    """

    text: str
    cost: Cost = field(default_factory=Cost)
    finish_reason: str = "stop"
    evidence: bool = False
    author: str | None = None
    seconds: float | None = None
    first_byte: float | None = None


class FeedbackSource(Protocol):
    """A source of feedback; one without texts on some programs is `Selective`.

    Attributes:
        name: Its name in reports.
        joint: Whether the code model writes feedback and repair in ONE completion; `feedback` is
            then never called.
        max_tokens: The most tokens generated for one feedback; 0 for none.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above

    @property
    def joint(self) -> bool: ...  # noqa: D102 - described above

    @property
    def max_tokens(self) -> int: ...  # noqa: D102 - described above

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Explain what is wrong with a failing program.

        Args:
            failure: The program and its verdict.
            node: The feedback's node in the task's trees, which distinguishes repeated draws.

        Raises:
            InfrastructureError: No feedback could be obtained.
        """
        ...


@runtime_checkable
class Selective(FeedbackSource, Protocol):
    """A source with texts on some programs only."""

    def texts(self, failure: Failure) -> int | None:
        """The number of texts on a failing program.

        Returns:
            0: none, and the program is not repaired. None: as many as requested. Else that many,
            each with as many repairs as the plan says.
        """
        ...


def leaks(source: str) -> bool:
    """Whether a source, by its name, reveals something of the solution to the repairing model."""
    return source.partition(":")[0] == REFERENCE


def public_first(task: Task) -> tuple[Task, tuple[int, ...]]:
    """The task with public cases first, and each case's original position."""
    public = task.public_cases or ()
    order = (*public, *(i for i in range(len(task.cases)) if i not in set(public)))
    cases = tuple(task.cases[i] for i in order)
    return replace(task, cases=cases, public_cases=tuple(range(len(public)))), order


def shown_failure(task: Task, program: str, verdict: Verdict, cases: FeedbackCases) -> Failure:
    """The part of a failure that feedback may see.

    If the first failing case is hidden, the error sentence gives only that fact and its outcome.

    Args:
        task: The task.
        program: The program.
        verdict: Its verdict; if it fails a public case, on the first such case.
        cases: The cases that feedback may see.

    Raises:
        ValueError: The program passed.
    """
    error = error_sentence(task, verdict)
    if cases is FeedbackCases.ALL:
        return Failure(task=task, program=program, verdict=verdict, error=error)
    public = task.public_cases or ()
    shown = replace(
        task,
        cases=tuple(task.cases[i] for i in public),
        public_cases=tuple(range(len(public))),
    )
    failure = verdict.failure or CaseFailure()
    if failure.index is None:  # failed before any case
        return Failure(task=shown, program=program, verdict=verdict, error=error)
    if failure.index in public:
        failure = replace(failure, index=public.index(failure.index))
    else:
        passes = "Every public test passes, but a" if public else "A"
        error = f"{passes} hidden test fails: {verdict.outcome.replace('_', ' ')}."
        failure = CaseFailure(error=error)
    return Failure(
        task=shown, program=program, verdict=replace(verdict, failure=failure), error=error
    )


def error_sentence(task: Task, verdict: Verdict) -> str:
    """Describe the first failing case to a model or a person.

    Raises:
        ValueError: The program passed.
    """
    if verdict.passed:
        raise ValueError("a program that passed has no error sentence")
    failure = verdict.failure or CaseFailure()
    sentences = [
        *_given(task, failure),
        _failure_in_words(task, verdict.outcome, failure),
        *_where(failure),
    ]
    return shorten(" ".join(sentences), LONGEST_SENTENCE)


def _given(task: Task, failure: CaseFailure) -> list[str]:
    if failure.input is None:
        return []
    if task.kind is TaskKind.STDIN:
        return [f"The input was {failure.input!r}."]
    return [f"The arguments were {failure.input}."]


_PHRASES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.RUNTIME_ERROR: "The program raised",
        Outcome.TIME_LIMIT: "The program ran out of time:",
        Outcome.MEMORY_LIMIT: "The program ran out of memory:",
        Outcome.OUTPUT_LIMIT: "The program printed too much:",
        Outcome.SYNTAX_ERROR: "The program is not valid Python:",
        Outcome.MISSING_FUNCTION: "The program does not define what the tests call:",
        Outcome.NO_PROGRAM: "The reply held no program:",
        Outcome.CUT_OFF: "The reply held no program:",
        Outcome.FILTERED: "The reply held no program:",
        Outcome.TAMPERED: "The program disturbed its own test:",
    }
)


def _failure_in_words(task: Task, outcome: Outcome, failure: CaseFailure) -> str:
    if outcome is not Outcome.WRONG_ANSWER:
        return f"{_PHRASES[outcome]} {failure.error or outcome.replace('_', ' ')}"
    if failure.actual is None:
        return failure.error or "The answer was wrong."
    if task.kind is TaskKind.STDIN:
        came = f"The output was {failure.actual!r}"
    elif task.in_place:
        came = f"The first argument was left as {failure.actual}"
    else:
        came = f"The result was {failure.actual}"
    if failure.error is not None:
        return f"{came}, which is wrong: {failure.error}"
    expected = repr(failure.expected) if task.kind is TaskKind.STDIN else failure.expected
    if task.checker is not None:
        return f"{came}, which is wrong; {expected} would be right."
    return f"{came}, expected {expected}."


def _where(failure: CaseFailure) -> list[str]:
    if failure.line_number is None:
        return []
    text = f": {failure.line.strip()}" if failure.line else ""
    return [f"on line {failure.line_number}{text}"]

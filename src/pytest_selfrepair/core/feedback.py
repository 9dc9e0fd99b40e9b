"""What is said of a failing program: the error sentence, and the sources of feedback."""

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
"""Characters of an error sentence; a longer one is cut in the middle."""

LONGEST_EVIDENCE = 3 * LONGEST_SENTENCE
"""Characters of what stands in place of an error sentence; longer evidence is cut likewise."""

REFERENCE = "reference"
"""The name of the source whose hints are made from the reference solution."""


class FeedbackCases(StrEnum):
    """The cases that feedback and repair may see.

    Attributes:
        ALL: Every one, as in arXiv 2306.09896.
        PUBLIC: Those that the task's source, or its statement, shows.
    """

    ALL = "all"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failing program, as a feedback source sees it.

    Attributes:
        task: The task, with the cases that feedback may see.
        program: The program that fails.
        verdict: What became of it.
        error: The error sentence: its first failing case in words.
    """

    task: Task
    program: str
    verdict: Verdict
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Words about one failing program.

    Attributes:
        text: What is wrong with it; empty where the source says nothing.
        cost: What the text alone cost; nothing where no completion was drawn for it, and nothing
            either at further repairs on the same text: it is paid for once.
        finish_reason: Why the model stopped; `CONTEXT_LIMIT` where it could not be asked.
        evidence: Whether the text says what happened, in place of the error sentence, rather than
            what is wrong, beside it.
        author: Who wrote it, where a person did.
        seconds: How long that took, or a model's request, where known.
        first_byte: Seconds until the first byte of a model's answer, where it came as a stream.
    """

    text: str
    cost: Cost = field(default_factory=Cost)
    finish_reason: str = "stop"
    evidence: bool = False
    author: str | None = None
    seconds: float | None = None
    first_byte: float | None = None


class FeedbackSource(Protocol):
    """Where feedback comes from; a source that cannot speak of every program is `Selective`.

    Attributes:
        name: What reports call it.
        joint: True where the code model writes feedback and repair in ONE completion; `feedback` is
            then never called.
        max_tokens: The most tokens that one feedback may generate; 0 where it generates none.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above

    @property
    def joint(self) -> bool: ...  # noqa: D102 - described above

    @property
    def max_tokens(self) -> int: ...  # noqa: D102 - described above

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Say what is wrong with a failing program.

        Args:
            failure: The program and what became of it.
            node: Where in the task's trees the feedback belongs; tells repeated draws apart.

        Raises:
            InfrastructureError: No feedback could be had.
        """
        ...


@runtime_checkable
class Selective(FeedbackSource, Protocol):
    """A source that has something to say of some programs only."""

    def texts(self, failure: Failure) -> int | None:
        """How many texts there are about a failing program.

        Returns:
            0: none, and the program is not repaired; None: as many as are asked for; else that
            many, each of which is repaired on as often as the plan says.
        """
        ...


def leaks(source: str) -> bool:
    """Whether a source, by its name, shows the repairing model something of the solution."""
    return source.partition(":")[0] == REFERENCE


def public_first(task: Task) -> tuple[Task, tuple[int, ...]]:
    """A task whose public cases come first, and the position that each case has in the source."""
    public = task.public_cases or ()
    order = (*public, *(i for i in range(len(task.cases)) if i not in set(public)))
    cases = tuple(task.cases[i] for i in order)
    return replace(task, cases=cases, public_cases=tuple(range(len(public)))), order


def seen(task: Task, program: str, verdict: Verdict, cases: FeedbackCases) -> Failure:
    """A failing program, as far as feedback may see.

    Where a hidden case is the first to fail, no more is said than that, and how.

    Args:
        task: The task.
        program: The program.
        verdict: What became of it; of a program that fails a public case, the first of those.
        cases: What may be seen.

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
    if failure.index is None:  # it failed before any case
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
    """The first failing case in words, for a model or a person.

    Raises:
        ValueError: The program passed.
    """
    if verdict.passed:
        raise ValueError("a program that passed has no error sentence")
    failure = verdict.failure or CaseFailure()
    sentences = [
        *_given(task, failure),
        _happened(task, verdict.outcome, failure),
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


def _happened(task: Task, outcome: Outcome, failure: CaseFailure) -> str:
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

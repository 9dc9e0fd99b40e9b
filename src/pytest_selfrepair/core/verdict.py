"""Verdicts: the results of programs on the cases of their tasks."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.core.task import JsonValue, Task


class Outcome(StrEnum):
    """The kind of a verdict. `SANDBOX_ERROR` is never a wrong program.

    Three outcomes are for replies without a program: `NO_PROGRAM`, `CUT_OFF` (within a thought, by
    the token limit) and `FILTERED` (by the endpoint).
    """

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    SYNTAX_ERROR = "syntax_error"
    MISSING_FUNCTION = "missing_function"
    NO_PROGRAM = "no_program"
    CUT_OFF = "cut_off"
    FILTERED = "filtered"
    TAMPERED = "tampered"
    SANDBOX_ERROR = "sandbox_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFailure:
    """The first case that a program fails; texts are shortened for readers.

    Attributes:
        index: The position of the case in the task, from 0; None for a failure before any.
        input: The input as text (call-based: the arguments in Python's notation).
        expected: The expected output, as text.
        actual: The actual output, as text; None without any.
        error: An exception's type and message, or another cause in words; None for a wrong answer,
            unless the task's own checker or an assertion explains it.
        line_number: The line of the program, from 1, where it failed; None where unknown.
        line: The text of that line; None where unknown.
        unstable: Whether the output differs between runs; it is then not shown.
    """

    index: int | None = None
    input: str | None = None
    expected: str | None = None
    actual: str | None = None
    error: str | None = None
    line_number: int | None = None
    line: str | None = None
    unstable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of a program.

    Attributes:
        outcome: The outcome of the first failing case, or passed.
        cases_run: The number of cases run: up to and including the first failing one, or all.
        cases_passed: The number of cases that the checker accepted.
        rule: The weakest rule by which the checker accepted a case (e.g. ``exact``), or None.
        failure: The first failing case; None for a program that passed.
        seconds: Wall-clock seconds of judging.
        flips: Whether the other of the checkers `tolerant` and `apps` would decide differently;
            None where unknown.
        cpu_seconds: The CPU seconds of all cases and reruns.
        slowest: The CPU seconds of the slowest case; 0 where unknown.
        lacks: The unavailable module whose import failed, if that is the cause.
        unstable: Whether another execution led to a different verdict; this one is from a program
            running alone.
    """

    outcome: Outcome
    cases_run: int
    cases_passed: int
    rule: str | None = None
    failure: CaseFailure | None = None
    seconds: float = 0.0
    flips: bool | None = None
    cpu_seconds: float = 0.0
    slowest: float = 0.0
    lacks: str | None = None
    unstable: bool = False

    @property
    def passed(self) -> bool:
        """Whether every case was run and accepted."""
        return self.outcome is Outcome.PASSED

    @property
    def judged(self) -> "Verdict":
        """The same without measured times: equal on any machine."""
        return replace(self, seconds=0.0, cpu_seconds=0.0, slowest=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The result of a program on one input, without judging it.

    Attributes:
        output: The text printed, or the value returned by its function; None where it gave no
            answer or returned None.
        outcome: Why it gave no answer; None where it did.
        printed: Its whole standard output, even without an answer in the end; empty for a
            function, whose output is dropped.
        error: Why it gave no answer, in words; None where it did.
        line_number: The line of the program, from 1, where it failed; None where unknown.
        seconds: Its CPU seconds.
    """

    output: JsonValue = None
    outcome: Outcome | None = None
    printed: str = ""
    error: str | None = None
    line_number: int | None = None
    seconds: float = 0.0


class Runner(Protocol):
    """Runs a program on one input, isolated like any other."""

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, of the task or not, without comparing the output.

        Args:
            task: The task, which decides how programs run: as a script, or by calling a function.
            program: The program.
            given: Standard input, or the list of arguments.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        ...


class Judge(Runner, Protocol):
    """Judges programs on a task's cases."""

    @property
    def isolation(self) -> str:
        """The isolation of programs from this machine, in a few words for headers and records."""
        ...

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        ...

    async def aclose(self) -> None:
        """Release the judge's resources; called once, when the run ends."""
        ...

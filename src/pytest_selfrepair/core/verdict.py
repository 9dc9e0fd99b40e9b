"""A verdict: what became of a program on the cases of its task."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.core.task import JsonValue, Task


class Outcome(StrEnum):
    """What became of a program. `SANDBOX_ERROR` is never a wrong program.

    Three outcomes are of replies without one: `NO_PROGRAM`, `CUT_OFF` (within a thought, by the
    limit on tokens) and `FILTERED` (by the endpoint).
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
    """The first case that a program fails; every text is shortened for a reader.

    Attributes:
        index: Position of the case in the task, from 0; None where the program failed before any.
        input: What the program was given, as text (call-based: its arguments in Python's notation).
        expected: What was expected, as text.
        actual: What came, as text; None where nothing came.
        error: An exception's type and message, or another cause in words; None for a wrong answer,
            unless the task's own checker, or an assertion, says why it is wrong.
        line_number: The program's own line, from 1, where it failed; None where unknown.
        line: The text of that line; None where unknown.
        unstable: Whether what came differs from run to run; it is then not shown.
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
    """What became of a program.

    Attributes:
        outcome: The first failing case's outcome, or passed.
        cases_run: Cases that were run: up to and including the first failing one, or all.
        cases_passed: Those of them that the checker accepted.
        rule: The checker's rule that accepted the weakest match (e.g. ``exact``), or None.
        failure: The first failing case; None for a program that passed.
        seconds: Wall-clock seconds of judging.
        flips: Whether the other of the checkers `tolerant` and `apps` would decide otherwise; None
            where that is not known.
        cpu_seconds: CPU seconds that the program used, in all cases and as often as they were run.
        slowest: The most that one case used; 0 where that is not known.
        lacks: The module that the program wanted to import and may not have, where it failed so.
        unstable: Whether another execution of the program came to another verdict; this is that of
            one which ran alone.
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
        """True where every case was run and accepted."""
        return self.outcome is Outcome.PASSED

    @property
    def judged(self) -> "Verdict":
        """The same without what was measured: what another machine finds, too."""
        return replace(self, seconds=0.0, cpu_seconds=0.0, slowest=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program did on one input, where nobody says what is right.

    Attributes:
        output: The text that it printed, or the value that its function returned; None where it
            gave no answer, and also where it returned None.
        outcome: Why it gave no answer; None where it did.
        printed: All that it wrote to standard output, of any length, also where it gave no answer
            in the end; empty for a function, whose output is dropped.
        error: Why it gave no answer, in words; None where it did.
        line_number: The program's own line, from 1, where it failed; None where unknown.
        seconds: CPU seconds that it used.
    """

    output: JsonValue = None
    outcome: Outcome | None = None
    printed: str = ""
    error: str | None = None
    line_number: int | None = None
    seconds: float = 0.0


class Runner(Protocol):
    """Runs a program on one input, contained as any other."""

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, which need be none of the task's; nothing is compared.

        Args:
            task: Says how programs are run: as a script, or by calling which function.
            program: The program.
            given: Standard input, or the list of arguments.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        ...


class Judge(Runner, Protocol):
    """Runs a program on a task's cases and says what became of it."""

    @property
    def isolation(self) -> str:
        """How programs are kept apart from this machine, in a few words for headers and records."""
        ...

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: The sandbox could not run the program; nothing is known about it.
        """
        ...

    async def aclose(self) -> None:
        """Give back what judging needed; called once, when the run ends."""
        ...

"""Run a program in the sandbox on an input that a participant made up."""

import ast
import contextlib
import json
from dataclasses import dataclass

from pytest_selfrepair.core.shorten import render, shorten
from pytest_selfrepair.core.task import Difficulty, JsonValue, Task, TaskKind
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

LONGEST_INPUT = 100_000
"""The longest input, in characters."""

LONGEST_OUTPUT = 20_000
"""The longest output shown, in characters; a longer one is cut in the middle."""

AT_ONCE = 2
"""Programs run at the same time, for all participants together."""

_UNREADABLE = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The result of a program on an input, as shown.

    Attributes:
        output: Its output, or its result in Python's notation; None without any.
        error: The error in words; None without one.
        line_number: The program's line with the error, from 1; None where unknown.
        seconds: CPU seconds used.
    """

    output: str | None
    error: str | None
    line_number: int | None
    seconds: float


class TrialRunner:
    """Runs a few programs at a time.

    Args:
        isolation: The isolation of programs on this machine.
    """

    def __init__(self, isolation: Isolation) -> None:
        self._judge = SandboxJudge(isolation=isolation, concurrency=AT_ONCE)

    @property
    def isolation(self) -> str:
        """The isolation of programs, in a few words."""
        return self._judge.isolation

    async def aclose(self) -> None:
        """Close the sandbox."""
        await self._judge.aclose()

    async def run(
        self, program: str, given: str, function: str | None, *, in_place: bool = False
    ) -> Shown:
        """Run a program.

        Args:
            program: Its text.
            given: Standard input; for a function its arguments, as a list in JSON or Python's
                notation, or as written between the parentheses of a call.
            function: The function to call; None for a program on standard input.
            in_place: Whether the answer is left in its first argument.

        Raises:
            UsageError: The arguments cannot be read.
            SandboxError: The sandbox failed to run it.
        """
        task = Task(
            id="an input of a participant's",
            difficulty=Difficulty.INTRODUCTORY,
            statement="",
            cases=(),
            fn_name=function,
            in_place=in_place,
        )
        typed: JsonValue = given if function is None else arguments(given)
        ran = await self._judge.run_once(task, program, typed)
        if ran.outcome is None or task.kind is TaskKind.STDIN:
            output = (
                ran.printed if task.kind is TaskKind.STDIN else render(ran.output, LONGEST_OUTPUT)
            )
        else:
            output = None
        return Shown(
            output=None if output is None else shorten(output, LONGEST_OUTPUT),
            error=ran.error,
            line_number=ran.line_number,
            seconds=round(ran.seconds, 3),
        )


def arguments(given: str) -> list[JsonValue]:
    """Parse the arguments of a call as typed by a person.

    Raises:
        UsageError: They are neither a list in JSON or Python's notation, nor comma-separated
            values.
    """
    text = given.strip()
    with contextlib.suppress(*_UNREADABLE):
        found = json.loads(text)
        if isinstance(found, list):
            return found
    with contextlib.suppress(*_UNREADABLE):
        comma = "" if text.endswith(",") or not text else ","
        values: tuple[object, ...] = ast.literal_eval(f"({text}\n{comma})")
        alone = comma and len(values) == 1 and isinstance(values[0], list)
        carried = json.loads(json.dumps(values[0] if alone else values))
        return list(carried)
    raise UsageError(
        f"input: found {shorten(given, 60)!r}; accepted: the arguments as a list, for example "
        '[3, "abc"], or as in a call: 3, "abc"'
    )

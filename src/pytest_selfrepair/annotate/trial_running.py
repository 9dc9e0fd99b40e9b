"""One program on one input that a person made up: what it prints or returns, in the sandbox."""

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
"""Characters of an input."""

LONGEST_OUTPUT = 20_000
"""Characters that are shown of an output; a longer one is cut in the middle."""

AT_ONCE = 2
"""Programs that run at once, for all people together."""

_UNREADABLE = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What became of a program on an input, as it is shown.

    Attributes:
        output: What it printed, or its result in Python's notation; None where nothing came.
        error: What went wrong, in words; None where nothing did.
        line_number: The program's line, from 1, where it went wrong; None where unknown.
        seconds: CPU seconds that it used.
    """

    output: str | None
    error: str | None
    line_number: int | None
    seconds: float


class TrialRunner:
    """Runs programs, a few at once.

    Args:
        isolation: How they are kept apart from this machine.
    """

    def __init__(self, isolation: Isolation) -> None:
        self._judge = SandboxJudge(isolation=isolation, concurrency=AT_ONCE)

    @property
    def isolation(self) -> str:
        """How programs are kept apart from this machine, in a few words."""
        return self._judge.isolation

    async def aclose(self) -> None:
        """End the sandbox."""
        await self._judge.aclose()

    async def run(
        self, program: str, given: str, function: str | None, *, in_place: bool = False
    ) -> Shown:
        """Run a program.

        Args:
            program: Its text.
            given: Standard input; for a function its arguments, as a list in JSON or in Python's
                notation, or as they stand between the parentheses of a call.
            function: What is called; None for a program on standard input.
            in_place: Whether its answer is what it leaves in its first argument.

        Raises:
            UsageError: The arguments cannot be read.
            SandboxError: The sandbox could not run it.
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
    """The arguments of a call that a person typed.

    Raises:
        UsageError: They are neither a list in JSON or Python's notation, nor values with commas
            between them.
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

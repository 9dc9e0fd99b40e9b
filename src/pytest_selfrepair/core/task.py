"""Tasks: statements with the cases that decide whether a program solves them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, Union

JsonValue: TypeAlias = Union[  # noqa: UP007 - the recursive name must stay a string
    bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None
]
"""A value in JSON."""


CHECK_FUNCTION = "check"
"""The name of the function in a task's own checker: ``check(given, expected, answer)``."""


class Difficulty(StrEnum):
    """The three levels of APPS."""

    INTRODUCTORY = "introductory"
    INTERVIEW = "interview"
    COMPETITION = "competition"


class TaskKind(StrEnum):
    """How programs run: as a script on standard input, or by calling their function."""

    STDIN = "stdin"
    CALL_BASED = "call_based"


class Wrapping(StrEnum):
    """How the source of a call-based task writes expected values.

    Attributes:
        BARE: As they are.
        WRAPPED: Each in a list of its own, removed on loading: ``[9]`` for 9.
    """

    BARE = "bare"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of a task.

    Attributes:
        input: Standard input: the text to read. Call-based: the list of arguments.
        expected: Standard input: the text to print. Call-based: the value to return.
    """

    input: JsonValue
    expected: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertions:
    """The context of a task's assertions, which are Python and run in the sandbox.

    Each case's input is statements with assertions on the function. Those of all cases run in order
    in one namespace, in another process than programs. The function there is a proxy: arguments
    and results pass as data to and from the program's process. Changes to arguments are not seen.

    Attributes:
        definitions: Definitions for the assertions.
        before: Definitions for programs, run before each in its process.
        setup: Code that creates arguments, run after the definitions and after each program.
    """

    definitions: str
    before: str = ""
    setup: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task of APPS, or of a set whose tests are assertions.

    Attributes:
        id: Its id, unique in a run, e.g. ``apps_tasks/interview/0007``.
        difficulty: Its level in APPS; introductory for sets without levels.
        statement: The statement given to the model.
        cases: The cases, in the task's order; a task without any is skipped, not scored.
        fn_name: The function (or method of ``class Solution``) of a call-based task, else None.
        starter_code: The required start of a program; empty for standard-input tasks.
        solutions: The reference solutions of the source.
        wrapping: How the source of a call-based task writes expected values.
        in_place: Whether the answer of a call-based task is its first argument as changed by the
            function, rather than the returned value.
        assertions: The context of cases that are assertions in place of inputs and outputs; their
            expected values are not used.
        checker: The task's own checker: Python source that defines `CHECK_FUNCTION`, run in the
            sandbox; None without one.
        public_cases: The positions of the cases shown to models, in order; None where the source
            does not separate them from hidden ones.
        topics: The topics given by the source.
        seconds: The task's own limit on CPU seconds per case, if any.
        megabytes: The task's own limit on memory per case, if any.
        packages: The distributions that the source's own grader offers besides the standard
            library, by name.
    """

    id: str
    difficulty: Difficulty
    statement: str
    cases: tuple[Case, ...]
    fn_name: str | None = None
    starter_code: str = ""
    solutions: tuple[str, ...] = ()
    wrapping: Wrapping = Wrapping.BARE
    in_place: bool = False
    assertions: Assertions | None = None
    checker: str | None = None
    public_cases: tuple[int, ...] | None = None
    topics: tuple[str, ...] = ()
    seconds: float | None = None
    megabytes: int | None = None
    packages: tuple[str, ...] = ()

    @property
    def kind(self) -> TaskKind:
        """Call-based where a function is named, else standard input."""
        return TaskKind.STDIN if self.fn_name is None else TaskKind.CALL_BASED

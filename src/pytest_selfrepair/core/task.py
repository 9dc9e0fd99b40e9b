"""A task: a statement, the cases that decide whether a program solves it, and what it is called."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, Union

JsonValue: TypeAlias = Union[  # noqa: UP007 - the recursive name must stay a string
    bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None
]
"""What JSON can carry."""


CHECK_FUNCTION = "check"
"""What a task's own checker calls its function: ``check(given, expected, answer)``."""


class Difficulty(StrEnum):
    """The three levels of APPS."""

    INTRODUCTORY = "introductory"
    INTERVIEW = "interview"
    COMPETITION = "competition"


class TaskKind(StrEnum):
    """How a program is run: as a script on standard input, or by calling its function."""

    STDIN = "stdin"
    CALL_BASED = "call_based"


class Wrapping(StrEnum):
    """How the source of a call-based task writes the values that it expects.

    Attributes:
        BARE: As they are.
        WRAPPED: Each in a list of its own, which loading takes off: ``[9]`` for 9.
    """

    BARE = "bare"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of a task.

    Attributes:
        input: Standard input: the text a program reads. Call-based: the list of arguments.
        expected: Standard input: the text it should print. Call-based: the value it should return.
    """

    input: JsonValue
    expected: JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertions:
    """What surrounds the assertions of a task, which are Python and run in the sandbox.

    Each case's input is statements that assert something of the function; those of all cases run in
    order in one namespace, apart from programs. There, the function is a stand-in: each call's
    arguments leave as data, a program computes the result in a process of its own, and that comes
    back as data. An argument that a function changes is not seen to change.

    Attributes:
        definitions: What is defined where assertions run.
        before: What every program finds defined: run before it, in its process.
        setup: What makes arguments: run after the definitions, and after each program.
    """

    definitions: str
    before: str = ""
    setup: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task of APPS, or of a set whose tests are assertions.

    Attributes:
        id: Unique in a run, e.g. ``apps_tasks/interview/0007``.
        difficulty: One of the three levels of APPS; introductory where a set has no levels.
        statement: What the model is told.
        cases: The tests, in the order of the task; a task without any is skipped, not scored.
        fn_name: The function (or method of ``class Solution``) of a call-based task, else None.
        starter_code: What a program must begin with; empty for standard-input tasks.
        solutions: Reference programs, where the source has them.
        wrapping: How the source of a call-based task writes what it expects.
        in_place: Whether the answer of a call-based task is what its function leaves in its first
            argument, rather than what it returns.
        assertions: What the cases need, where they are assertions in place of inputs and outputs;
            nothing is then expected beside a case's input.
        checker: The task's own checker, where it has one: Python source that defines
            `CHECK_FUNCTION`, which is run in the sandbox.
        public_cases: The positions of the cases that a model may see, in order; None where the
            source does not tell them from the hidden ones.
        topics: What the source says that it is about.
        seconds: CPU seconds that a case may take, where the task sets its own limit.
        megabytes: Memory that a case may use, likewise.
        packages: Distributions that the source's own grader gives to programs, by name, beside the
            standard library.
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

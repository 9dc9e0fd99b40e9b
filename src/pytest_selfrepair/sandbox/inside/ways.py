"""The styles of calling a program's function; needs only the standard library, like the zygote."""

from enum import StrEnum


class CallStyle(StrEnum):
    """A style of calling a function.

    Attributes:
        JSON: With JSON values.
        PLAIN: With plain values of any kind, or arguments created in the program's process.
        CHECK: With JSON values that are not arguments of a task.
        ASSERTIONS: By the assertions of a task, in a process without a program.
    """

    JSON = "json"
    PLAIN = "plain"
    CHECK = "check"
    ASSERTIONS = "assertions"

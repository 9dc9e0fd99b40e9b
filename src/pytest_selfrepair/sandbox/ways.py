"""How a program's function is called; beside the zygote it needs the standard library alone."""

from enum import StrEnum


class CallStyle(StrEnum):
    """How a function is called.

    Attributes:
        JSON: With values that JSON carries.
        PLAIN: With plain values of any kind, or with arguments made in the program's process.
        CHECK: With values that JSON carries, none of which is an argument of a task.
        ASSERTIONS: By the assertions of a task, in a process without a program.
    """

    JSON = "json"
    PLAIN = "plain"
    CHECK = "check"
    ASSERTIONS = "assertions"

"""The judge's description of a program for a process of the sandbox.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import json
import os
from typing import Any, NamedTuple

Fields = dict[str, Any]  # parsed JSON


class Program(NamedTuple):
    """A program and how to run it, as encoded by `Work.described`.

    Attributes:
        program: Its text.
        file: Its path.
        fn_name: The function to call for each input; None: the program reads and prints.
        in_place: Whether the answer is the first argument as changed by the function.
        way: How the function is called.
        before: Code to run before the program, in its namespace, for calls with plain values.
        after: Code to run after it, in the same way.
        cases: The number of cases.
        limits: The limits of a case.
        again: Whether this is a rerun for comparison only.
    """

    program: str
    file: str
    fn_name: str | None
    in_place: bool
    way: str
    before: str
    after: str
    cases: int
    limits: Fields
    again: bool

    @property
    def text(self) -> str:
        """Its text, as it is compiled."""
        return self.program.removeprefix("\ufeff")

    @property
    def stack_bytes(self) -> int:
        """The stack of a program that raises the recursion limit; 0 for the default."""
        stack: int = self.limits["stack_bytes"]
        return stack if "setrecursionlimit" in self.program else 0

    @property
    def memory_bytes(self) -> int:
        """The memory limit, including the stack."""
        memory: int = self.limits["memory_bytes"]
        return memory + self.stack_bytes


def read_program(descriptor: int) -> Program:
    """Read the description of a program from an open file."""
    return Program(**read_json(descriptor))


def read_json(descriptor: int) -> Any:
    """Read JSON from the start of an open file."""
    return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))

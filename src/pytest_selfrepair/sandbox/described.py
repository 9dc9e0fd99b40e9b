"""A program as the judge describes it to a process of the sandbox.

Like the zygote, beside which it is a plain file, it needs only the standard library.
"""

import json
import os
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]  # what JSON carries


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program, and how it is run: what `Work.described` says.

    Attributes:
        program: Its text.
        file: Where it lies.
        fn_name: The function to call for each input; None: the program reads and prints.
        in_place: Whether the answer is what the function leaves in its first argument.
        way: How the function is called.
        before: What is run before the program, in its namespace, for calls with plain values.
        after: What is run after it, for the same.
        cases: How many there are.
        limits: What a case may use.
        again: Whether all of it has been run before, and this is only to compare.
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
        """The stack of a program that means to go deep; 0 for the usual one."""
        stack: int = self.limits["stack_bytes"]
        return stack if "setrecursionlimit" in self.program else 0

    @property
    def memory_bytes(self) -> int:
        """The memory that it may have, its stack included."""
        memory: int = self.limits["memory_bytes"]
        return memory + self.stack_bytes


def read_program(descriptor: int) -> Program:
    """What an open file says of a program."""
    return Program(**read_json(descriptor))


def read_json(descriptor: int) -> Any:
    """What an open file holds, from its beginning."""
    return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))

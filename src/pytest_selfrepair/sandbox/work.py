"""A program and what it is run on, as a process of the sandbox gets it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.sandbox.channel import as_json
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.ways import CallStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A program and what it is run on; the outputs that it is to find have no place here.

    Attributes:
        program: The program.
        fn_name: The function to call for each input; None: the program reads and prints.
        inputs: Lists of arguments, or texts.
        in_place: Whether the answer is what the function leaves in its first argument.
        way: How the function is called.
        before: What is run before the program, in its namespace, for calls with plain values.
        after: What is run after it, for the same.
        limits: What a case of it may use.
        again: Whether all of it has been run before, and this is only to compare.
    """

    program: str
    fn_name: str | None
    inputs: list[JsonValue]
    in_place: bool = False
    way: CallStyle = CallStyle.JSON
    before: str = ""
    after: str = ""
    limits: Limits = field(default_factory=Limits)
    again: bool = False

    def described(self, file: str) -> bytes:
        """What a process of the sandbox needs to know before any input.

        Args:
            file: Where the program lies, as it sees it.
        """
        return as_json(
            {
                "program": self.program,
                "file": file,
                "fn_name": self.fn_name,
                "in_place": self.in_place,
                "way": self.way,
                "before": self.before,
                "after": self.after,
                "cases": len(self.inputs),
                "limits": self.limits.as_json(),
                "again": self.again,
            }
        )


def work_of(task: Task, program: str, inputs: Sequence[JsonValue], limits: Limits) -> Work:
    """A program of a task, on inputs that need be none of the task's."""
    return Work(
        program=program,
        fn_name=task.fn_name,
        inputs=[_given(task, each) for each in inputs],
        in_place=task.in_place,
        limits=limits.of(task),
    )


def _given(task: Task, given: JsonValue) -> JsonValue:
    if task.kind is TaskKind.CALL_BASED or isinstance(given, str):
        return given
    return render(given)

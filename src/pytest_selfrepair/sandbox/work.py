"""A program with its inputs, for a process of the sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_selfrepair.core.shorten import render
from pytest_selfrepair.core.task import JsonValue, Task, TaskKind
from pytest_selfrepair.sandbox.channel import as_json
from pytest_selfrepair.sandbox.inside.ways import CallStyle
from pytest_selfrepair.sandbox.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A program with its inputs, without expected outputs.

    Attributes:
        program: The program.
        fn_name: The function to call for each input; None: the program reads and prints.
        inputs: Lists of arguments, or texts.
        in_place: Whether the answer is the first argument as changed by the function.
        way: How the function is called.
        before: Code to run before the program, in its namespace, for calls with plain values.
        after: Code to run after it, in the same way.
        limits: The limits of a case.
        again: Whether this is a rerun for comparison only.
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

    @property
    def calls(self) -> bool:
        """Whether a function is called for each input."""
        return self.fn_name is not None

    def given(self, index: int) -> bytes:
        """Encode an input for the process of its case."""
        given = self.inputs[index]
        return as_json(given) if self.calls else str(given).encode("utf-8", "replace")

    def described(self, file: str) -> bytes:
        """Describe the program for a process of the sandbox, before any input.

        Args:
            file: The program's path, as the process sees it.
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
    """The work of a task's program on inputs, of the task or not."""
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

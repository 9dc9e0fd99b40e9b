"""The source `trace`: a failing program's last executed lines, and its variables' values."""

import re
from dataclasses import dataclass, field, replace
from importlib import resources

import msgspec

from pytest_selfrepair.core.feedback import LONGEST_EVIDENCE, Failure, Feedback
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Ran, Runner
from pytest_selfrepair.feedback.remembered import Remembered
from pytest_selfrepair.feedback.tracer import LINES, MARK

SECONDS = 2.0
"""The most CPU seconds of a traced program."""

_LONGEST_LINE, _LONGEST_NAME, _LONGEST_VALUE = 120, 40, 120  # characters
_MOST_VALUES = 20


class _Report(msgspec.Struct, frozen=True):
    """The tracer's report, of which only the form is checked."""

    lines: list[int]
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The error sentence with the program's last steps.

    The failing case is rerun in a sandbox of its own with the program's lines traced; no expected
    output goes there. Without a report, the feedback is the error sentence alone.

    Attributes:
        runner: Runs the program.
        prompts: The prompt set.
        seconds: The CPU seconds of the traced program, unless its task sets a limit.
    """

    runner: Runner
    prompts: PromptSet
    seconds: float = SECONDS
    name: str = "trace"
    joint: bool = False
    max_tokens: int = 0
    known: Remembered = field(default_factory=Remembered)

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:  # noqa: ARG002 - protocol
        """Return the error sentence with the last lines and values.

        Raises:
            SandboxError: The program could not be run again.
        """
        return Feedback(text=await self.known.of(failure, self._traced), evidence=True)

    async def _traced(self, failure: Failure) -> str:
        found = failure.verdict.failure
        name = failure.task.fn_name
        if failure.task.assertions is not None:  # these call it by proxy, several times
            return failure.error
        if found is None or found.index is None or (name is not None and not name.isidentifier()):
            return failure.error
        task = replace(failure.task, cases=(), checker=None, in_place=False)
        given = failure.task.cases[found.index].input
        seconds = self.seconds if task.seconds is None else task.seconds / 2  # half of its limit
        ran = await self.runner.run_once(task, harness(task, failure.program, seconds), given)
        report = _report(ran)
        if report is None:
            return failure.error
        return shorten(self._in_words(failure, report), LONGEST_EVIDENCE)

    def _in_words(self, failure: Failure, report: _Report) -> str:
        text = re.split(r"\r\n|\r|\n", failure.program)
        shown = [
            f"{number}: {shorten(text[number - 1].rstrip(), _LONGEST_LINE)}"
            for number in report.lines[-LINES:]
            if 1 <= number <= len(text)
        ]
        values = [
            f"{shorten(name, _LONGEST_NAME)} = {shorten(_flat(value), _LONGEST_VALUE)}"
            for name, value in list(report.values.items())[:_MOST_VALUES]
        ]
        if not (shown or values):
            return failure.error
        return self.prompts.traced(
            error=failure.error,
            lines="\n".join(shown) or "(not known)",
            values="\n".join(values) or "(none)",
        )


def harness(task: Task, program: str, seconds: float) -> str:
    """Build a program that runs another with its lines traced, and reports."""
    tracer = resources.files(__package__).joinpath("tracer.py").read_text(encoding="utf-8")
    if task.fn_name is None:
        return f"{tracer}\n\nrun_script({program!r}, {seconds!r})\n"
    return (
        f"{tracer}\n\ndef {task.fn_name}(*arguments):\n"
        f"    return run_function({program!r}, {task.fn_name!r}, list(arguments), {seconds!r})\n"
    )


def _report(ran: Ran) -> _Report | None:
    """The report of a traced run; None where missing or malformed."""
    try:
        if isinstance(ran.output, dict):
            return msgspec.convert(ran.output, _Report)
        _, mark, said = ran.printed.rpartition(MARK)
        return msgspec.json.decode(said.encode(), type=_Report) if mark else None
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _flat(value: str) -> str:
    return " ".join(value.split())

"""Interpret a child's report as an answer to compare, or as a failure without one."""

import json
import re
import signal
from dataclasses import dataclass, replace

import msgspec

from pytest_selfrepair.core.shorten import shorten
from pytest_selfrepair.core.task import JsonValue, TaskKind
from pytest_selfrepair.core.verdict import Outcome
from pytest_selfrepair.sandbox.channel import CaseReport, ChannelError, parse_json
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.limits import Limits

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")

MOST_LINES = 10_000_000
"""The number of lines assumed for a program of unknown length."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The output or result of a program.

    Attributes:
        value: The output as text, or the result as JSON.
        if_wrong: The explanation of a wrong answer: an exception in one of the program's threads.
    """

    value: JsonValue
    if_wrong: "NoAnswer | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """Why there is no answer to compare.

    Attributes:
        outcome: The outcome of the program.
        error: The cause in words; None where `actual` is enough.
        actual: The output in place of an answer, as text.
        line_number: The program's line, from 1, where known.
        input: The input of a call as text, where the case itself has none.
        expected: The expected result of that call.
        unstable: Whether the output differs between runs, so that it is not shown.
    """

    outcome: Outcome
    error: str | None
    actual: str | None = None
    line_number: int | None = None
    input: str | None = None
    expected: str | None = None
    unstable: bool = False


def read_case(  # noqa: PLR0911 - a return for every way to end
    report: CaseReport, kind: TaskKind, limits: Limits, lines: int = MOST_LINES
) -> Answer | NoAnswer:
    """Interpret the run of one case; of the child's report, only the answer is trusted.

    Args:
        report: The facts on the run.
        kind: The kind of the task.
        limits: The limits of the case.
        lines: The number of lines of the program, beyond which no failure can be.
    """
    if report.full and (kind is TaskKind.STDIN or not report.report):
        megabytes = limits.output_bytes / (1 << 20)
        return NoAnswer(
            outcome=Outcome.OUTPUT_LIMIT, error=f"more than {megabytes:g} MiB were written"
        )
    if _ran_out_of_time(report, limits):
        return NoAnswer(
            outcome=Outcome.TIME_LIMIT,
            error=_time(report, limits),
        )
    if report.starved:
        return NoAnswer(
            outcome=Outcome.MEMORY_LIMIT,
            error="its processes had more memory than it may have",
        )
    if report.exit < 0:
        return NoAnswer(
            outcome=Outcome.RUNTIME_ERROR, error=f"it was ended by {_signal_name(-report.exit)}"
        )
    if report.report or report.result is not None:
        return _read_report(report, kind, lines)
    if kind is TaskKind.CALL_BASED:
        return _tampered("it ended before its function returned, and sent no end-of-run message")
    if report.exit > 0:
        return NoAnswer(
            outcome=Outcome.RUNTIME_ERROR,
            error=shorten(f"it exited with status {report.exit}. {report.stderr[-200:]}".strip()),
        )
    return _tampered("it ended without its end-of-run message")


def read_uncompiled(report: CaseReport) -> NoAnswer:
    """Interpret the report of a program that does not compile."""
    error: str = "it could not be compiled within the limits"
    line: int | None = None
    try:
        match parse_json(report.report):
            case {"end": "uncompiled", "message": str(error), "line": int(line)}:
                line = line if 1 <= line <= MOST_LINES else None
            case {"end": "uncompiled", "message": str(error)}:
                pass
    except ValueError:  # no report: the compiler reached a limit
        pass
    return NoAnswer(outcome=Outcome.SYNTAX_ERROR, error=shorten(error), line_number=line)


def masked(text: str) -> str:
    """Mask the addresses of objects, which differ in every process."""
    return _ADDRESS.sub("at 0x…", text)


def same_answer(first: CaseReport, second: CaseReport) -> bool:
    """Whether two runs of a case agree, except for addresses of objects."""
    return _facts(first) == _facts(second)


def unstable(trouble: NoAnswer) -> NoAnswer:
    """Describe a failure that differs in every run."""
    what = "answers" if trouble.outcome is Outcome.WRONG_ANSWER else "raises or how it ends"
    return replace(
        trouble,
        error=f"what it {what} differs from run to run",
        actual=None,
        line_number=None,
        unstable=True,
    )


def _facts(report: CaseReport) -> tuple[int, str, str]:
    said = report.report
    if report.result is not None:  # worded as for a program in a process of its own
        said = json.dumps({"end": "returned", "result": report.result})
    return report.exit, masked(report.stdout), masked(said)


def lines_of(program: str) -> list[str]:
    """Split a program into lines as Python counts them."""
    return re.split(r"\r\n|\r|\n", program)


def line_of(program: str, number: int | None) -> str | None:
    """The text of a program's line, counted from 1; None beyond its end."""
    lines = lines_of(program)
    if number is None or not 1 <= number <= len(lines):
        return None
    return shorten(lines[number - 1])


def _read_report(report: CaseReport, kind: TaskKind, lines: int) -> Answer | NoAnswer:
    try:
        if report.result is not None:
            return Answer(value=parse_json(report.result))
        if kind is TaskKind.STDIN and report.report == words.FINISHED:  # the most frequent case
            return Answer(value=report.stdout)
        return _read_claim(parse_json(report.report), report.stdout, kind, lines)
    except (ValueError, ChannelError):
        return _tampered("it wrote into the report on its own run")


def _read_claim(  # noqa: PLR0911 - a return for every claim there is
    claim: JsonValue, stdout: str, kind: TaskKind, lines: int
) -> Answer | NoAnswer:
    stdin = kind is TaskKind.STDIN
    match claim:
        case {"end": "finished", "in_thread": thread} if stdin:
            return Answer(value=stdout, if_wrong=_raised(thread, lines))
        case {"end": "finished"} if stdin:
            return Answer(value=stdout)
        case {"end": "returned", "result": str(result)} if not stdin:
            return Answer(value=parse_json(result))
        case {"end": "not_json", "type": str(name), "shown": str(shown)}:
            return NoAnswer(
                outcome=Outcome.WRONG_ANSWER,
                error=None,
                actual=shorten(f"{masked(shown)} (of type {name}, which JSON cannot carry)"),
            )
        case {"end": "not_plain", "type": str(name), "shown": str(shown)}:
            return NoAnswer(
                outcome=Outcome.WRONG_ANSWER,
                error=None,
                actual=shorten(f"{masked(shown)} (of type {name}, which is no plain data)"),
            )
        case {"end": "missing"}:
            return NoAnswer(outcome=Outcome.MISSING_FUNCTION, error=None)
        case {"end": "too_large"}:
            return NoAnswer(outcome=Outcome.OUTPUT_LIMIT, error="the result is too large")
        case {"end": "raised"}:
            return _raised(claim, lines)
    raise ChannelError("an unknown claim")


def _raised(claim: JsonValue, lines: int) -> NoAnswer:
    match claim:
        case {"type": str(name), "message": str(message), "line": line} if _is_line(line, lines):
            assert line is None or isinstance(line, int)  # noqa: S101 - ensured by `_is_line`
            out_of_memory = name == MemoryError.__name__
            return NoAnswer(
                outcome=Outcome.MEMORY_LIMIT if out_of_memory else Outcome.RUNTIME_ERROR,
                error=shorten(masked(f"{name}: {message}") if message else name),
                line_number=line,
            )
    raise ChannelError("an exception without its fields")


def _is_line(value: JsonValue, lines: int) -> bool:
    """Whether a claim is a valid line number or None; booleans are invalid."""
    return value is None or (type(value) is int and 1 <= value <= lines)


def _tampered(error: str) -> NoAnswer:
    return NoAnswer(outcome=Outcome.TAMPERED, error=error)


def _ran_out_of_time(report: CaseReport, limits: Limits) -> bool:
    return (
        report.timed_out
        or report.exit == -signal.SIGXCPU
        or report.cpu_seconds > limits.allowed_seconds
    )


def _time(report: CaseReport, limits: Limits) -> str:
    if report.timed_out:
        return f"it took more than {limits.wall_seconds:g} seconds"
    return f"it took more than {limits.cpu_seconds:g} seconds of CPU time"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

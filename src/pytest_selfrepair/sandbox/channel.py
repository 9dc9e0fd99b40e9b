"""What judge and zygote say to each other: frames of JSON, every one of them checked on arrival."""

import json
from dataclasses import dataclass

from pytest_selfrepair.core.shorten import integer_text, parse_integer
from pytest_selfrepair.core.task import JsonValue

HEADER_BYTES = 8
"""Bytes of a frame's length, big-endian, before as many bytes of JSON."""

_DECODER = json.JSONDecoder(parse_int=parse_integer)


class ChannelError(Exception):
    """A frame that no zygote sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """What the zygote saw of one child.

    Attributes:
        exit: Its exit status; negative: the signal that ended it.
        timed_out: True where its wall-clock time ran out.
        cpu_seconds: CPU seconds that it and its children used.
        stdout: What it printed.
        stderr: The end of what it printed on standard error.
        full: True where a file of its met the limit of output.
        report: What it says of itself, which is only a claim; empty where it says nothing.
        line: The line of the program where its time ran out, where known.
    """

    exit: int
    timed_out: bool
    cpu_seconds: float
    stdout: str
    stderr: str
    full: bool
    report: str
    line: int | None


def frame(message: JsonValue) -> bytes:
    """A message as it travels."""
    body = _encode(message).encode("ascii")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def read_message(body: bytes) -> dict[str, JsonValue]:
    """The message in a frame's body.

    Raises:
        ChannelError: It is no JSON object.
    """
    try:
        message = parse_json(body.decode("ascii"))
    except ValueError as error:
        raise ChannelError(f"a frame that is not JSON: {body[:80]!r}") from error
    if not isinstance(message, dict):
        raise ChannelError(f"a frame that is not an object: {body[:80]!r}")
    return message


def read_report(message: JsonValue) -> CaseReport:
    """The report on a child in a message.

    Raises:
        ChannelError: A field is missing or of another type.
    """
    match message:
        case {
            "exit": int(status),
            "timed_out": bool(timed_out),
            "cpu_seconds": float(cpu_seconds),
            "stdout": str(stdout),
            "stderr": str(stderr),
            "full": bool(full),
            "report": str(report),
            "line": int() | None as line,
        }:
            return CaseReport(
                exit=status,
                timed_out=timed_out,
                cpu_seconds=cpu_seconds,
                stdout=stdout,
                stderr=stderr,
                full=full,
                report=report,
                line=line,
            )
    raise ChannelError(f"a report without its fields: {str(message)[:80]}")


def parse_json(text: str) -> JsonValue:
    """JSON that may hold integers of any size.

    Raises:
        ValueError: The text is not JSON, or nested too deep to be read.
    """
    try:
        value: JsonValue = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _encode(value: JsonValue) -> str:
    try:
        return json.dumps(value)
    except ValueError:  # an integer that Python refuses to print; only its parts are encoded anew
        if isinstance(value, list):
            return f"[{', '.join(map(_encode, value))}]"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{json.dumps(key)}: {_encode(value[key])}' for key in value)}}}"
        if isinstance(value, int):
            return integer_text(value)
        raise

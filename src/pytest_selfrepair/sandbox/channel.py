"""What judge and zygote say to each other: frames of JSON, every one of them checked on arrival."""

import json

import msgspec

from pytest_selfrepair.core.shorten import integer_text, parse_integer
from pytest_selfrepair.core.task import JsonValue

HEADER_BYTES = 8
"""Bytes of a frame's length, big-endian, before as many bytes of JSON."""

_DECODER = json.JSONDecoder(parse_int=parse_integer)


class ChannelError(Exception):
    """A frame that no zygote sends."""


class CaseReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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

    exit: int = 0
    timed_out: bool = False
    cpu_seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    full: bool = False
    report: str = ""
    line: int | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the zygote says.

    Attributes:
        run: The run that it speaks of, counted from 1.
        case: The case that ended; None: the program does not compile.
        report: What became of it; None: the run has ended.
    """

    run: int
    case: int | None = None
    report: CaseReport | None = None


_MESSAGES = msgspec.json.Decoder(Message)


def frame(message: JsonValue) -> bytes:
    """A message as it travels."""
    body = _encode(message).encode("ascii")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def read_message(body: bytes) -> Message:
    """The message in a frame's body.

    Raises:
        ChannelError: It is no such message.
    """
    try:
        return _MESSAGES.decode(body)
    except msgspec.DecodeError as error:
        raise ChannelError(f"{error}: {body[:80]!r}") from error


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

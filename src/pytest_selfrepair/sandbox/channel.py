"""The messages between judge and zygote, validated on arrival."""

import json
from typing import Annotated

import msgspec

from pytest_selfrepair.core.shorten import integer_text, parse_integer
from pytest_selfrepair.core.task import JsonValue

MOST_DIGITS = 20_000
"""The most digits of an integer that is read, as parsing time grows with their square."""


class ChannelError(Exception):
    """An invalid message from the zygote."""


class CaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """The facts on the run of one case.

    Attributes:
        exit: The exit status of its process; negative: the signal that ended it.
        timed_out: Whether it waited beyond the wall-clock limit.
        starved: Whether its processes exceeded the memory limit.
        cpu_seconds: The CPU seconds of the process and its children.
        stdout: Its standard output.
        stderr: The end of its standard error.
        full: Whether one of its files reached the output limit.
        report: Its report on itself, which is only a claim; empty without one.
        result: The result of its call as JSON, also only a claim, if it shared a process; else
            None.
    """

    exit: int = 0
    timed_out: bool = False
    starved: bool = False
    cpu_seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    full: bool = False
    report: str = ""
    result: str | None = None


_Pid = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class ZygoteMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message from the zygote; see `sandbox.zygote`.

    Attributes:
        spare: A process waiting for a program.
        file: The path of that program, as the process sees it.
        exit: An ended process.
        status: Its exit status; negative: the signal that ended it.
        cpu: Its CPU seconds.
        others: The remaining processes; None where unknown.
        dirty: Whether files remain.
        waited: Whether the ended process was waiting for a program, rather than started by one.
        ended: The CPU seconds of all processes, once they have ended.
        tidied: Whether all files are removed.
        look: The CPU seconds and bytes of memory of running processes.
    """

    spare: _Pid | None = None
    file: str = ""
    exit: _Pid | None = None
    status: int = 0
    cpu: float = 0.0
    others: list[_Pid] | None = None
    dirty: bool = False
    waited: bool = False
    ended: float | None = None
    tidied: bool | None = None
    look: tuple[float, int] | None = None


_MESSAGES = msgspec.json.Decoder(ZygoteMessage)


def read_message(body: bytes) -> ZygoteMessage:
    """Parse a packet from the zygote.

    Raises:
        ChannelError: The message is invalid.
    """
    try:
        return _MESSAGES.decode(body)
    except msgspec.DecodeError as error:
        raise ChannelError(f"{error}: {body[:80]!r}") from error


def parse_json(text: str) -> JsonValue:
    """Parse JSON with numbers of up to `MOST_DIGITS` digits.

    Raises:
        ValueError: The text is not JSON, nested too deep, or holds a longer number.
    """
    try:
        # A short text cannot hold a longer number, and checking each number takes time.
        value: JsonValue = json.loads(text) if len(text) < _SHORT else _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS + 1:  # 1: the sign
        raise ValueError(f"an integer of more than {MOST_DIGITS} digits")
    return parse_integer(text)


def _real(text: str) -> float:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number of more than {MOST_DIGITS} digits")
    return float(text)


_SHORT = 4_000  # characters; slightly less than the digits that Python refuses
_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_real)


def as_json(value: JsonValue) -> bytes:
    """Encode a value for a process in the sandbox, with integers of any size."""
    return _encode(value).encode("ascii")


def _encode(value: JsonValue) -> str:
    try:
        return json.dumps(value)
    except ValueError:  # an integer too long for Python to print: encode the parts one by one
        if isinstance(value, list):
            return f"[{', '.join(map(_encode, value))}]"
        if isinstance(value, dict):
            return f"{{{', '.join(f'{json.dumps(key)}: {_encode(value[key])}' for key in value)}}}"
        if isinstance(value, int):
            return integer_text(value)
        raise

"""What judge and zygote say to each other, every word of it checked on arrival."""

import json
from typing import Annotated

import msgspec

from pytest_selfrepair.core.shorten import integer_text, parse_integer
from pytest_selfrepair.core.task import JsonValue

MOST_DIGITS = 20_000
"""Digits of the longest integer that is read: the time that it takes grows as their square."""


class ChannelError(Exception):
    """Words that no zygote says."""


class CaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one case.

    Attributes:
        exit: The exit status of its process; negative: the signal that ended it.
        timed_out: True where it waited for longer than it may.
        starved: True where its processes had more memory than they may.
        cpu_seconds: CPU seconds that it and its children used.
        stdout: What it printed.
        stderr: The end of what it printed on standard error.
        full: True where a file of its met the limit of output.
        report: What it says of itself, which is only a claim; empty where it says nothing.
    """

    exit: int = 0
    timed_out: bool = False
    starved: bool = False
    cpu_seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    full: bool = False
    report: str = ""


_Pid = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class ZygoteMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the zygote says; `sandbox.zygote` has the meaning of each word.

    Attributes:
        spare: A process that waits for a program.
        file: Where that program lies, as it sees it.
        exit: A process that has ended.
        status: Its exit status; negative: the signal that ended it.
        cpu: CPU seconds that it used.
        others: The processes that are left; None: not known.
        dirty: Whether files are left.
        waited: Whether it waited for programs, and was none that a program has started.
        ended: CPU seconds of all processes that have ended so far: none is left.
        tidied: Whether no file is left.
        look: CPU seconds and bytes of memory of processes that run.
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
    """What the zygote says in a packet.

    Raises:
        ChannelError: No zygote says that.
    """
    try:
        return _MESSAGES.decode(body)
    except msgspec.DecodeError as error:
        raise ChannelError(f"{error}: {body[:80]!r}") from error


def parse_json(text: str) -> JsonValue:
    """JSON that may hold numbers of up to `MOST_DIGITS` digits.

    Raises:
        ValueError: The text is not JSON, nested too deep, or holds a longer number.
    """
    try:
        # A short text holds no long number; to look at each takes its time.
        value: JsonValue = json.loads(text) if len(text) < _SHORT else _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS + 1:  # 1: a sign
        raise ValueError(f"an integer of more than {MOST_DIGITS} digits")
    return parse_integer(text)


def _real(text: str) -> float:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"a number of more than {MOST_DIGITS} digits")
    return float(text)


_SHORT = 4_000  # characters; Python refuses to read integers that are not much longer
_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_real)


def as_json(value: JsonValue) -> bytes:
    """A value as a process in the sandbox reads it; its integers may be of any size."""
    return _encode(value).encode("ascii")


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

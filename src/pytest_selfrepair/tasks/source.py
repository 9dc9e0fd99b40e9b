"""Read untrusted text and JSON with errors that name file, field and value."""

import errno
import json
import math
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from pytest_selfrepair.core.shorten import parse_integer
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.errors import TaskError

LARGEST_FILE = 50_000_000
"""The largest task file (or line of JSON Lines) that is read, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where fields come from, for errors.

    Attributes:
        file: The file in the user's terms, possibly with a line number.
    """

    file: str

    def error(self, field: str, found: str, accepted: str) -> TaskError:
        """The error that names the source."""
        return TaskError(file=self.file, field=field, found=found, accepted=accepted)


def read_text(path: Path | str, source: Source) -> str:
    """Read a file; a byte order mark is dropped, and line ends become newlines.

    Raises:
        TaskError: The file is missing, too large, or not UTF-8.
    """
    try:
        content = _content(path, source)
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise source.error("file", error.strerror or str(error), "a readable file") from error
    except UnicodeDecodeError as error:
        raise source.error("text", f"byte {error.start} that is not UTF-8", "UTF-8 text") from error


def check_size(size: int, source: Source) -> None:
    """Reject a file that is too large.

    Raises:
        TaskError: It is too large.
    """
    if size > LARGEST_FILE:
        raise source.error("size", f"{size} bytes", f"at most {LARGEST_FILE} bytes")


def _content(path: Path | str, source: Source) -> bytes:
    """Read a file by system calls only, for speed: thousands of small files are read at once."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe never blocks
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "something other than a regular file")
        check_size(facts.st_size, source)
        parts = [os.read(descriptor, facts.st_size + 1)]
        while parts[-1] and sum(map(len, parts)) <= facts.st_size:
            parts.append(os.read(descriptor, facts.st_size + 1))
        return b"".join(parts)
    finally:
        os.close(descriptor)


def read_json(text: str | bytes, source: Source, field: str = "content") -> JsonValue:
    """Parse strict JSON with integers of any length.

    Raises:
        TaskError: The text is not JSON, or holds NaN, an infinity or a lone surrogate.
    """
    try:
        value: JsonValue = msgspec.json.decode(text)
    except (ValueError, RecursionError):  # the slow reader accepts more, and names what is wrong
        return _read_json_slowly(text, source, field)
    return value


def _read_json_slowly(text: str | bytes, source: Source, field: str) -> JsonValue:
    def constant(name: str) -> NoReturn:
        raise source.error(field, name, "JSON numbers")

    def number(digits: str) -> float:
        value = float(digits)
        if math.isinf(value):
            raise source.error(field, brief(digits), "numbers of a size that fits a float")
        return value

    try:
        value: JsonValue = json.loads(
            text, parse_int=parse_integer, parse_float=number, parse_constant=constant
        )
        for part in _texts(value):
            part.encode()
    except UnicodeEncodeError as error:
        raise source.error(field, "half a surrogate pair", "whole characters") from error
    except RecursionError as error:
        raise source.error(field, "JSON nested too deep", "JSON of moderate depth") from error
    except ValueError as error:
        raise source.error(field, f"{brief(text)} ({error})", "JSON") from error
    return value


def _texts(value: JsonValue) -> Iterator[str]:
    """Every text in a JSON value, keys of objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def unpacked(value: JsonValue, source: Source, field: str) -> JsonValue:
    """A field that may be absent, an object, or JSON in a string, possibly empty."""
    if not isinstance(value, str):
        return value
    return read_json(value, source, field) if value.strip() else None


def brief(value: object, limit: int = 60) -> str:
    """Format a value for an error message: its repr, cut to `limit` characters."""
    if value is None:
        return "nothing"
    try:
        shown = repr(value)
    except ValueError:  # an integer with more digits than Python prints
        return f"a long {type(value).__name__}"
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"

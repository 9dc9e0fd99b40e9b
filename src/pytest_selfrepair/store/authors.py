"""The authors' format: JSON Lines, one task a line, as published with arXiv 2306.09896.

`prob_path` or `task_id`, and `completions`, each with `original_completion` (the reply),
`executed_completion` (the program), `tokens_generated`, `binary` (whether it passed), `fault`
("passed" or the error), `errors` (for each test "passed", or a list: its kind and what was wrong)
and `repairs`: null where it passed, else a list of `explanation`, `repaired_program`,
`tokens_generated` (of both), `binary` and so on.

Lines that we write have a further key, `OWN`; see `authors_write`.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pytest_selfrepair.core.shorten import parse_integer, render
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.errors import StoreError

OWN = "selfrepair"
"""Our key, for the facts of a record that the format has no place for."""

PASSED = "passed"
"""The `fault` of a program that passed."""

Fields = dict[str, JsonValue]
"""A JSON object."""

_LONGEST_SHOWN = 60
_STYLE = re.compile(rb'\s*\{\s*"(?:[^"\\]|\\.)*"\s*:(\s?)')
_SURROGATE = re.compile("[\ud800-\udfff]")


class FieldError(StoreError):
    """A field of a line is invalid.

    Args:
        field: The field; empty for the line as a whole.
        found: Its value, shortened.
        accepted: What is accepted.
    """

    def __init__(self, field: str, found: str, accepted: str) -> None:
        super().__init__(f"{field}{': ' if field else ''}found {found}; accepted: {accepted}")
        self.field = field
        self.found = found
        self.accepted = accepted

    def within(self, outer: str) -> "FieldError":
        """The same error with the field inside another one."""
        field = f"{outer}.{self.field}" if self.field else outer
        return FieldError(field, self.found, self.accepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsStyle:
    """The style of a line's JSON: spaces after commas and colons or not, ASCII or not."""

    compact: bool = False
    ascii: bool = True


def load(line: bytes) -> Fields:
    """Parse a line's JSON object.

    Raises:
        FieldError: The line is not a JSON object.
    """
    accepted = "a JSON object with completions, on one line"
    try:
        fields = json.loads(line.decode("utf-8-sig"), parse_int=parse_integer)
    except UnicodeDecodeError as error:
        raise FieldError("", f"byte {error.start} that is not UTF-8", accepted) from error
    except (ValueError, RecursionError) as error:
        raise FieldError("", f"{_start(line)} ({error})", accepted) from error
    if not isinstance(fields, dict):
        raise FieldError("", shown(fields), accepted)
    return fields


def dump(value: JsonValue, style: AuthorsStyle) -> str:
    """Write a value as JSON on one line, encodable as UTF-8."""
    separators = (",", ":") if style.compact else (", ", ": ")
    try:
        text = json.dumps(value, ensure_ascii=style.ascii, separators=separators)
    except ValueError:  # an integer with more digits than Python prints
        with _any_digits():
            text = json.dumps(value, ensure_ascii=style.ascii, separators=separators)
    if style.ascii:
        return text
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def style_of(line: bytes) -> AuthorsStyle:
    """Guess the style of a line."""
    match = _STYLE.match(line.removeprefix(b"\xef\xbb\xbf"))
    # Python's ASCII output also escapes DEL, which JSON does not require.
    escaped = line.strip().isascii() and b"\x7f" not in line
    return AuthorsStyle(compact=match is not None and not match[1], ascii=escaped)


def is_ours(fields: Fields) -> bool:
    """Whether a line holds a whole record."""
    own = fields.get(OWN)
    return isinstance(own, dict) and "schema" in own and "setup" in own


def is_authors(line: bytes) -> bool:
    """Whether a file's first non-blank line is of this format."""
    try:
        fields = load(line)
    except FieldError:
        return False
    return "completions" in fields


def objects(fields: Fields, key: str) -> list[Fields]:
    """The list of objects under a key; empty where missing.

    Raises:
        FieldError: The value is not a list of objects.
    """
    found = fields.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise FieldError(key, shown(found), "a list of objects")
    result: list[Fields] = []
    for place, each in enumerate(found):
        if not isinstance(each, dict):
            raise FieldError(f"{key}[{place}]", shown(each), "an object")
        result.append(each)
    return result


def shown(value: JsonValue) -> str:
    """Format a value for an error."""
    return "nothing" if value is None else render(value, _LONGEST_SHOWN)


def _start(line: bytes) -> str:
    return shown(line[: 4 * _LONGEST_SHOWN].decode("utf-8", "replace").strip())


@contextmanager
def _any_digits() -> Iterator[None]:
    """Lift Python's limit on the digits of integers."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)

"""Shorten values of any size and content to valid text for readers."""

import re
from collections.abc import Iterator
from decimal import Decimal

from pytest_selfrepair.core.task import JsonValue

LONGEST_TEXT = 400
"""The longest text in a verdict, in characters."""

_LONGEST_PART = 100  # characters of a text inside an overlong value
_LONGEST_PLAIN_INTEGER = 10_000  # bits; Python refuses to print much longer ones
_LONGEST_PLAIN_TEXT = 4_000  # digits; Python refuses to read longer ones
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


def shorten(text: str, limit: int = LONGEST_TEXT) -> str:
    """Cut the middle of ``text`` so that at most ``limit`` characters remain.

    NUL characters and lone surrogates, which many stores and encoders refuse, are replaced.

    Args:
        text: Any text.
        limit: The most characters that remain, at least 1.
    """
    if len(text) > limit:
        mark = f" … {len(text) - limit} characters left out … "
        if len(mark) + 2 > limit:
            mark = "…"
        kept = limit - len(mark)
        text = text[: kept - kept // 2] + mark + text[len(text) - kept // 2 :]
    return _UNPRINTABLE.sub("\ufffd", text)


def render(value: JsonValue, limit: int = LONGEST_TEXT) -> str:
    """Render ``value`` in Python's notation in at most ``limit`` characters.

    If it is too long, long texts inside it, at any depth, lose their middle first, then the whole.

    Args:
        value: Any JSON value; integers may be of any size.
        limit: The most characters that remain, at least 1.
    """
    try:
        text = "".join(_parts(value, None))
        if len(text) > limit:
            text = "".join(_parts(value, min(_LONGEST_PART, limit)))
    except RecursionError:
        text = "a value nested too deep to show"
    return shorten(text, limit)


def parse_integer(text: str) -> int:
    """Parse an integer of any number of digits, past Python's limit."""
    return int(text) if len(text) < _LONGEST_PLAIN_TEXT else int(Decimal(text))


def integer_text(number: int) -> str:
    """Format an integer of any size, past Python's limit on digits."""
    if number.bit_length() <= _LONGEST_PLAIN_INTEGER:
        return str(number)
    return str(Decimal(number))


def _parts(value: JsonValue, longest: int | None) -> Iterator[str]:
    """Yield ``value`` in Python's notation, with texts of at most ``longest`` characters each."""
    if isinstance(value, list | tuple):
        yield "["
        for position, item in enumerate(value):
            yield ", " if position else ""
            yield from _parts(item, longest)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for position, (key, item) in enumerate(value.items()):
            yield ", " if position else ""
            yield from _parts(key, longest)
            yield ": "
            yield from _parts(item, longest)
        yield "}"
    elif isinstance(value, int) and not isinstance(value, bool):
        text = integer_text(value)
        yield text if longest is None else shorten(text, longest)
    elif isinstance(value, str):
        yield repr(value if longest is None else shorten(value, longest))
    else:
        yield repr(value)

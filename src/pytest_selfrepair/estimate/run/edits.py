"""Compare a repair's text with the failing program's."""

import io
import tokenize
import warnings
from functools import lru_cache

_INSIGNIFICANT = frozenset({tokenize.COMMENT, tokenize.NL})


def same_program(first: str, second: str) -> bool:
    """Whether two programs are equal token by token, ignoring comments and blank lines.

    Texts that are not Python are compared line by line without trailing whitespace. A program with
    different line breaks counts as another one.
    """
    # Most repairs differ here already, which takes a hundredth of the time of reading tokens.
    if _uncommented(first) != _uncommented(second):
        return False
    if _lines(first) == _lines(second):
        return True
    tokens = _tokens(first)
    return tokens is not None and tokens == _tokens(second)


def edited_lines(before: str, after: str) -> int:
    """The fewest lines to delete and add that turn one program into the other.

    Trailing whitespace is ignored. `difflib` finds a readable edit, not the shortest. Common lines
    are counted as in Crochemore et al. (2001, "A fast and practical bit-vector algorithm for the
    longest common subsequence problem"): one pass over the lines of one text, with those of the
    other as bits.
    """
    size, places = _places(before)
    new = _lines(after)
    every = (1 << size) - 1
    unmatched = every
    for line in new:
        if here := places.get(line):
            unmatched = (unmatched + (unmatched & here) | unmatched & ~here) & every
    return size + len(new) - 2 * (size - unmatched.bit_count())


@lru_cache(maxsize=4)  # a program is compared with each of its repairs
def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


@lru_cache(maxsize=4)
def _places(text: str) -> tuple[int, dict[str, int]]:
    """How many lines a text has, and each line's places among them, as bits."""
    lines = _lines(text)
    places: dict[str, int] = {}
    for number, line in enumerate(lines):
        places[line] = places.get(line, 0) | 1 << number
    return len(lines), places


@lru_cache(maxsize=4)
def _uncommented(text: str) -> list[str]:
    """The lines that hold more than a comment, up to it."""
    if "#" not in text:
        return [line for line in _lines(text) if line]
    return [kept for line in text.splitlines() if (kept := line.partition("#")[0].rstrip())]


def _tokens(text: str) -> list[tuple[int, str]] | None:
    """The significant tokens; None where the text is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings on the program itself
            return [
                (token.type, token.string)
                for token in tokenize.generate_tokens(io.StringIO(text).readline)
                if token.type not in _INSIGNIFICANT
            ]
    except (SyntaxError, tokenize.TokenError):
        return None

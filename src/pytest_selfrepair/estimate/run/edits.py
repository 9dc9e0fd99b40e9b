"""Compare a repair's text with the failing program's."""

import io
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

_ASIDE = frozenset({tokenize.COMMENT, tokenize.NL})


def same_program(first: str, second: str) -> bool:
    """Whether two programs are equal token by token, ignoring comments and blank lines.

    Texts that are not Python are compared line by line without trailing whitespace. A program with
    different line breaks counts as another one.
    """
    # Most repairs are told apart here, at a hundredth of the cost of reading their tokens.
    if any(a != b for a, b in zip_longest(_uncommented(first), _uncommented(second))):
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
    old, new = _lines(before), _lines(after)
    alike = _beginning(old, new)
    old, new = old[alike:], new[alike:]
    alike = _beginning(old[::-1], new[::-1])
    old, new = old[: len(old) - alike], new[: len(new) - alike]
    places: dict[str, int] = {}
    for number, line in enumerate(old):
        places[line] = places.get(line, 0) | 1 << number
    every = (1 << len(old)) - 1
    unmatched = every
    for line in new:
        here = places.get(line, 0)
        unmatched = (unmatched + (unmatched & here) | unmatched & ~here) & every
    return len(old) + len(new) - 2 * (len(old) - unmatched.bit_count())


@lru_cache(maxsize=4)  # a program is held against all of its repairs
def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _beginning(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the common prefix, in lines."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def _uncommented(text: str) -> Iterator[str]:
    """The lines that hold more than a comment, without the comment."""
    for line in text.splitlines():
        if kept := line.partition("#")[0].rstrip():
            yield kept


def _tokens(text: str) -> list[tuple[int, str]] | None:
    """The significant tokens; None where the text is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program's own making
            return [
                (token.type, token.string)
                for token in tokenize.generate_tokens(io.StringIO(text).readline)
                if token.type not in _ASIDE
            ]
    except (SyntaxError, tokenize.TokenError):
        return None

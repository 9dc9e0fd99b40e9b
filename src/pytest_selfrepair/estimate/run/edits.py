"""What a repair did to a program's text."""

import io
import re
import tokenize
import warnings

_COMMENT = re.compile(r"#.*")
_ASIDE = frozenset({tokenize.COMMENT, tokenize.NL})


def same_program(first: str, second: str) -> bool:
    """Whether two texts are one program: token by token, comments and blank lines aside.

    Texts that are no Python are compared line by line, trailing whitespace aside. A program that is
    only laid out anew, its lines broken elsewhere, counts as another one.
    """
    if _lines(first) == _lines(second):
        return True
    # Most repairs are told apart here, at a hundredth of the cost of reading their tokens.
    if _uncommented(first) != _uncommented(second):
        return False
    tokens = _tokens(first)
    return tokens is not None and tokens == _tokens(second)


def edited_lines(before: str, after: str) -> int:
    """The fewest lines to delete and to add that turn one program into the other.

    Trailing whitespace aside. `difflib` finds a readable edit, not the shortest. The lines that
    both have in common are counted as Crochemore et al. (2001, "A fast and practical bit-vector
    algorithm for the longest common subsequence problem") do: one pass over the lines of one text,
    with those of the other as bits.
    """
    old, new = _lines(before), _lines(after)
    places: dict[str, int] = {}
    for number, line in enumerate(old):
        places[line] = places.get(line, 0) | 1 << number
    every = (1 << len(old)) - 1
    unmatched = every
    for line in new:
        here = places.get(line, 0)
        unmatched = (unmatched + (unmatched & here) | unmatched & ~here) & every
    return len(old) + len(new) - 2 * (len(old) - unmatched.bit_count())


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _uncommented(text: str) -> list[str]:
    lines = (_COMMENT.sub("", line).rstrip() for line in text.splitlines())
    return [line for line in lines if line]


def _tokens(text: str) -> list[tuple[int, str]] | None:
    """The tokens that matter; None where the text is no Python."""
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

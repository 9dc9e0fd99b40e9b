"""Parse Python from models and tasks, whatever the user's warning filters."""

import ast
import re
from collections.abc import Sequence

from pytest_selfrepair.core.syntax import syntax_tree

LONGEST_PARSED = 100_000
"""The longest text parsed, in characters: longer ones are not programs and cost memory."""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_GLUED = re.compile(
    r"\b(\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?[jJ]?|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)"
    r"(and|else|for|if|in|is|not|or)\b"
)


def parse_python(text: str) -> ast.Module | None:
    """Parse a text; None where it is not Python.

    Python warns of invalid escapes and of numbers such as ``1if``. Under ``-W error`` a warning is
    a syntax error, and filters belong to the whole process. The text is therefore rewritten to
    avoid warnings before it is parsed: values of strings may differ from the text's.
    """
    found = _parsed(text)
    return found if isinstance(found, ast.Module) else None


def is_python(text: str) -> bool:
    """Whether a text is Python."""
    return parse_python(text) is not None


def python_lines(lines: Sequence[str], *, tries: int = 60) -> int:
    """The number of lines, from the first, that are Python, as far as found in some tries."""
    count = len(lines)
    for _ in range(tries):
        found = _parsed("\n".join(lines[:count]))
        if isinstance(found, ast.Module):
            return count
        count = min(found, count) - 1
        if count <= 0:
            break
    return 0


def _parsed(text: str) -> ast.Module | int:
    """Parse a text, or return the line of its first error, from 1; 0 where it has no line."""
    if len(text) > LONGEST_PARSED:
        return 0
    quiet = _GLUED.sub(r"\1 \2", _ESCAPE.sub(_doubled, text.removeprefix("\ufeff")))
    try:
        return syntax_tree(quiet)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0


def _doubled(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] in "\n\\'\"" else f"\\{escape[0]}"

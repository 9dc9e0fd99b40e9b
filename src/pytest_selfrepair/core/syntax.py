"""Parse Python, safely from several threads."""

import ast
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

_Tree = TypeVar("_Tree")

_ONE_AT_A_TIME = threading.Lock()
_TRIES = 5


def syntax_tree(text: str) -> ast.Module:
    """Parse a module.

    On Python 3.11 and 3.12 `ast.parse` counts recursion for the whole process, so that two threads
    parsing at once make it raise SystemError. Our threads take turns; if pytest parses at the same
    time, to rewrite asserts, we retry.

    Raises:
        SyntaxError: The text is not Python.
        ValueError: It holds null bytes.
        RecursionError: It is nested too deeply.
        MemoryError: The same, found by the parser.
    """
    return _parsed(lambda: ast.parse(text))


def expression_tree(text: str) -> ast.expr:
    """Parse an expression.

    Raises:
        SyntaxError: The text is not an expression.
        ValueError: It holds null bytes.
        RecursionError: It is nested too deeply.
        MemoryError: The same, found by the parser.
    """
    return _parsed(lambda: ast.parse(text, mode="eval")).body


def _parsed(parse: Callable[[], _Tree]) -> _Tree:
    for _ in range(_TRIES):
        with _ONE_AT_A_TIME, contextlib.suppress(SystemError):
            return parse()
    return parse()

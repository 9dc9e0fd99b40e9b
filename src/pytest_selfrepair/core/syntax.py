"""The one place where Python is parsed: safe where several threads do so at once."""

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

    On Python 3.11 and 3.12 `ast.parse` counts its recursion for the whole process: two threads that
    parse at once make it raise SystemError. Ours take turns; where it is pytest that parses beside
    us, as it rewrites asserts, we try again.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It holds null bytes.
        RecursionError: It is nested too deeply.
        MemoryError: The same, found by the parser.
    """
    return _parsed(lambda: ast.parse(text))


def expression_tree(text: str) -> ast.expr:
    """Parse an expression.

    Raises:
        SyntaxError: It is no expression.
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

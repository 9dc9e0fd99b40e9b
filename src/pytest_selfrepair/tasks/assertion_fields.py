"""Read columns, and parse Python without running it, for sets tested by assertions."""

import ast
from collections.abc import Mapping

from pytest_selfrepair.core.syntax import syntax_tree
from pytest_selfrepair.core.task import Difficulty, JsonValue
from pytest_selfrepair.tasks.source import Source, brief


def read_required(fields: Mapping[str, JsonValue], field: str, source: Source) -> str:
    """A column's text.

    Raises:
        TaskError: It is not a text, or is empty.
    """
    found = fields.get(field)
    if not isinstance(found, str) or not found.strip():
        raise source.error(field, brief(found), "a text that is not empty")
    return found.replace("\r\n", "\n")


def read_optional(fields: Mapping[str, JsonValue], field: str, source: Source) -> str:
    """A column's text; empty where there is none.

    Raises:
        TaskError: It is not a text.
    """
    found = fields.get(field)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise source.error(field, brief(found), "a text, or no such column")
    return found.replace("\r\n", "\n")


def read_difficulty(fields: Mapping[str, JsonValue], source: Source) -> Difficulty:
    """A task's difficulty; introductory unless a column gives one, as these sets have none.

    Raises:
        TaskError: The column's value is not a difficulty.
    """
    found = fields.get("difficulty")
    if found is None:
        return Difficulty.INTRODUCTORY
    if found not in list(Difficulty):  # a list, as a value need not be hashable
        raise source.error("difficulty", brief(found), ", ".join(Difficulty))
    return Difficulty(str(found))


def parsed(text: str, field: str, source: Source) -> ast.Module:
    """Parse Python.

    Raises:
        TaskError: The text is not Python.
    """
    try:
        module = syntax_tree(text)
        ast.unparse(module)  # recurses deeper than the parser
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" on line {error.lineno}" if isinstance(error, SyntaxError) else ""
        found = f"{type(error).__name__}{where}: {getattr(error, 'msg', error)}"
        raise source.error(field, found, "Python") from error
    return module


def unparsed(*statements: ast.stmt) -> str:
    """Python source from its syntax tree, without comments."""
    return "\n".join(ast.unparse(ast.fix_missing_locations(each)) for each in statements)


def function_of(module: ast.Module, name: str) -> ast.FunctionDef | None:
    """The last function of a name at the top level of a module."""
    found = [each for each in module.body if isinstance(each, ast.FunctionDef)]
    return next((each for each in reversed(found) if each.name == name), None)


def names_in(*nodes: ast.AST) -> set[str]:
    """Every name read or written in these statements."""
    found = (each for node in nodes for each in ast.walk(node))
    return {each.id for each in found if isinstance(each, ast.Name)}

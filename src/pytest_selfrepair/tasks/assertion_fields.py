"""What readers of sets whose tests are assertions share: columns, and Python that is not run."""

import ast
from collections.abc import Mapping

from pytest_selfrepair.core.syntax import syntax_tree
from pytest_selfrepair.core.task import Difficulty, JsonValue
from pytest_selfrepair.tasks.source import Source, brief


def read_required(fields: Mapping[str, JsonValue], field: str, source: Source) -> str:
    """A column's text.

    Raises:
        TaskError: It is no text, or there is nothing in it.
    """
    found = fields.get(field)
    if not isinstance(found, str) or not found.strip():
        raise source.error(field, brief(found), "a text that is not empty")
    return found.replace("\r\n", "\n")


def read_optional(fields: Mapping[str, JsonValue], field: str, source: Source) -> str:
    """A column's text; empty where there is none.

    Raises:
        TaskError: It is something else.
    """
    found = fields.get(field)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise source.error(field, brief(found), "a text, or no such column")
    return found.replace("\r\n", "\n")


def read_difficulty(fields: Mapping[str, JsonValue], source: Source) -> Difficulty:
    """A task's difficulty: introductory, for these sets have none, unless a column says otherwise.

    Raises:
        TaskError: The column says what is no difficulty.
    """
    found = fields.get("difficulty")
    if found is None:
        return Difficulty.INTRODUCTORY
    if found not in list(Difficulty):  # which, unlike a set, may be asked for any value
        raise source.error("difficulty", brief(found), ", ".join(Difficulty))
    return Difficulty(str(found))


def parsed(text: str, field: str, source: Source) -> ast.Module:
    """Python as its parts.

    Raises:
        TaskError: It is no Python.
    """
    try:
        module = syntax_tree(text)
        ast.unparse(module)  # which goes deeper
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" on line {error.lineno}" if isinstance(error, SyntaxError) else ""
        found = f"{type(error).__name__}{where}: {getattr(error, 'msg', error)}"
        raise source.error(field, found, "Python") from error
    return module


def unparsed(*statements: ast.stmt) -> str:
    """Python from its parts, without its comments."""
    return "\n".join(ast.unparse(ast.fix_missing_locations(each)) for each in statements)


def function_of(module: ast.Module, name: str) -> ast.FunctionDef | None:
    """The last function of that name at the top of a module."""
    found = [each for each in module.body if isinstance(each, ast.FunctionDef)]
    return next((each for each in reversed(found) if each.name == name), None)


def names_in(*nodes: ast.AST) -> set[str]:
    """Every name that is read or written in these parts."""
    found = (each for node in nodes for each in ast.walk(node))
    return {each.id for each in found if isinstance(each, ast.Name)}

"""Interpret the expected values of call-based tasks: wrapped or bare, returned or in place."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.syntax import expression_tree, syntax_tree
from pytest_selfrepair.core.task import JsonValue, Wrapping

_SCALARS: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "float": (int, float),
    "str": str,
    "dict": dict,
    "Dict": dict,
}
_LISTS = frozenset({"list", "List", "tuple", "Tuple", "Sequence", "Iterable", "set", "Set"})
_RETURNS = re.compile(r":rtype:[ \t]*(\w+(?:\[[^\r\n]*\])?)")  # LeetCode's older starter code


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """A task's expected values, prepared for comparison.

    Attributes:
        values: One for each case, without the list that wrapped it.
        wrapping: How the source wraps them.
        in_place: Whether a function leaves the answer in its first argument.
    """

    values: Sequence[JsonValue]
    wrapping: Wrapping
    in_place: bool


def read_expectations(
    fn_name: str, starter_code: str, inputs: Sequence[JsonValue], outputs: Sequence[JsonValue]
) -> Expectations:
    """Interpret a task's expected values, once per task.

    If every one is a list of one element, that list is a wrapping, unless the return type in the
    starter code fits the lists as they are and not their elements. If the starter code says that
    nothing is returned, yet a list is expected wherever a list is the first argument, that argument
    holds the answer.

    Args:
        fn_name: The function.
        starter_code: The required beginning of a program; may be empty, and may lack a body.
        inputs: The arguments of each case.
        outputs: The expected values as the source writes them.
    """
    returned = _return_type(fn_name, starter_code)
    in_place = (
        _is_none(returned)
        and bool(outputs)
        and all(isinstance(each, list) for each in outputs)
        and all(isinstance(each, list) and each and isinstance(each[0], list) for each in inputs)
    )
    singles = [value[0] for value in outputs if isinstance(value, list) and len(value) == 1]
    wrapped = len(singles) == len(outputs) > 0
    if wrapped and in_place:  # the changed argument is a list, so the wrapped value must be one
        wrapped = all(isinstance(value, list) for value in singles)
    elif wrapped and returned is not None:
        wrapped = _all_fit(singles, returned) or not _all_fit(outputs, returned)
    return Expectations(
        values=singles if wrapped else outputs,
        wrapping=Wrapping.WRAPPED if wrapped else Wrapping.BARE,
        in_place=in_place,
    )


def _return_type(fn_name: str, starter_code: str) -> ast.expr | None:
    """The function's return type in the starter code; None where it has none."""
    code = starter_code.rstrip()
    for attempt in (code, f"{code} pass"):
        try:
            nodes = ast.walk(syntax_tree(attempt))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.name == fn_name and node.returns:
                return node.returns
        break
    if said := _RETURNS.search(starter_code):
        try:
            return expression_tree("None" if said[1] == "void" else said[1])
        except (SyntaxError, ValueError):
            return None
    return None


def _is_none(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Constant) and annotation.value is None


def _all_fit(values: Sequence[JsonValue], annotation: ast.expr) -> bool:
    return all(_fits(value, annotation) for value in values)


def _fits(  # noqa: PLR0911 - a return for every kind of type
    value: JsonValue, annotation: ast.expr
) -> bool:
    """Whether a value is of a type; True for types that are not known here."""
    match annotation:
        case ast.Constant(value=None):
            return value is None
        case ast.Name(id="bool"):
            return isinstance(value, bool)
        case ast.Name(id=name) if name in _SCALARS:
            return isinstance(value, _SCALARS[name]) and not isinstance(value, bool)
        case ast.Name(id=name) if name in _LISTS:
            return isinstance(value, list)
        case ast.Subscript(value=ast.Name(id=name)) if name in _SCALARS:
            return isinstance(value, _SCALARS[name])
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _LISTS:
            if not isinstance(value, list):
                return False
            # a tuple's parts may differ in type, so only the list is checked
            return isinstance(inner, ast.Tuple) or _all_fit(value, inner)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return value is None or _fits(value, inner)
    return True

"""Read tasks of HumanEval: a function to complete, and a ``check(candidate)`` of assertions."""

import ast
from collections.abc import Iterator, Mapping

from pytest_selfrepair.core.syntax import syntax_tree
from pytest_selfrepair.core.task import Assertions, Case, JsonValue, Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.assertion_fields import (
    function_of,
    names_in,
    parsed,
    read_difficulty,
    read_optional,
    read_required,
    unparsed,
)
from pytest_selfrepair.tasks.source import Source, brief

_CHECK = "check"
_COLUMNS = frozenset({"prompt", "entry_point", "test"})


def recognises(fields: Mapping[str, JsonValue]) -> bool:
    """Whether a line has the columns of HumanEval."""
    return fields.keys() >= _COLUMNS


def name(fields: Mapping[str, JsonValue], source: Source) -> str:
    """The task's name in its file: its `task_id`, e.g. ``HumanEval/12``.

    Raises:
        TaskError: It is missing.
    """
    found = fields.get("task_id")
    if isinstance(found, int) and not isinstance(found, bool):
        return f"HumanEval/{found}"
    if not isinstance(found, str) or not found.strip():
        raise source.error("task_id", brief(found), "a text or a number")
    return found.strip()


def read(task_id: str, fields: Mapping[str, JsonValue], source: Source) -> Task:
    """Make a task from a line's columns.

    Each asserting statement of ``check`` is a case, together with the statements it depends on. An
    assertion of a constant is not a case.

    Args:
        task_id: The task's id in this run.
        fields: `prompt`, `entry_point`, `test`, and where present `canonical_solution` and
            `difficulty`.
        source: The source named in errors.

    Raises:
        TaskError: A column is missing or invalid.
    """
    prompt = read_required(fields, "prompt", source)
    fn_name = read_required(fields, "entry_point", source).strip()
    test = parsed(read_required(fields, "test", source), "test", source)
    solution = read_optional(fields, "canonical_solution", source)
    begun = _begun(prompt, source)
    if not fn_name.isidentifier() or function_of(begun, fn_name) is None:
        raise source.error("entry_point", brief(fn_name), "a function that the prompt begins")
    check = function_of(test, _CHECK)
    if check is None or len(check.args.args) != 1:
        raise source.error("test", f"no function {_CHECK} of one argument", f"{_CHECK}(candidate)")
    others = [each for each in test.body if each is not check]
    checks = tuple(_checks(check, fn_name))
    if not any(fn_name in names_in(syntax_tree(each)) for each in checks):
        accepted = f"assertions in {_CHECK} that call {check.args.args[0].arg}"
        raise source.error("test", "no such assertion", accepted)
    helpers = (each for each in begun.body if getattr(each, "name", None) != fn_name)
    return Task(
        id=task_id,
        difficulty=read_difficulty(fields, source),
        statement=(
            f"Complete the function `{fn_name}`, so that it does what its docstring says.\n\n"
            f"```python\n{prompt.strip()}\n```"
        ),
        cases=tuple(Case(input=each, expected=None) for each in checks),
        fn_name=fn_name,
        starter_code=prompt,
        solutions=(prompt + solution,) if solution.strip() else (),
        public_cases=(),
        assertions=Assertions(
            definitions=unparsed(*begun.body, *others), before=unparsed(*helpers)
        ),
    )


def _begun(prompt: str, source: Source) -> ast.Module:
    """Parse a prompt; its function may lack a body, where it has no docstring."""
    try:
        return parsed(prompt, "prompt", source)
    except TaskError:
        return parsed(f"{prompt.rstrip()}\n    pass", "prompt", source)


class _Renamed(ast.NodeTransformer):
    """Replaces the name that ``check`` uses for the function by the function's own."""

    def __init__(self, before: str, after: str) -> None:
        self._before, self._after = before, after

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id == self._before:
            node.id = self._after
        return node


def _checks(check: ast.FunctionDef, fn_name: str) -> Iterator[str]:
    """The cases of a ``check``; a single one where its statements depend on each other."""
    returns = any(isinstance(each, ast.Return) for each in _own_parts(check))
    if returns or any(isinstance(each, ast.Nonlocal) for each in ast.walk(check)):
        yield f"{unparsed(check)}\n{_CHECK}({fn_name})"
        return
    renamed = _Renamed(check.args.args[0].arg, fn_name)
    leading: list[ast.stmt] = []
    last: list[ast.stmt] | None = None
    for statement in (renamed.visit(each) for each in check.body):
        match statement:
            case ast.Assert(test=ast.Constant(value=value)) if value:
                continue
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
        leading.append(statement)
        if _asserts(statement):
            if last is not None:
                yield unparsed(*last)
            last, leading = leading, []
    if last is not None or leading:
        yield unparsed(*(last or ()), *leading)


def _own_parts(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a function outside of nested functions."""
    for each in ast.iter_child_nodes(node):
        yield each
        if not isinstance(each, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_parts(each)


def _asserts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return False
    return any(isinstance(each, ast.Assert) for each in ast.walk(statement))

"""Rate code as the answer to a task by what it reads, prints, binds and lacks."""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from pytest_selfrepair.core.parsing import parse_python
from pytest_selfrepair.core.task import Task, TaskKind

_READING = frozenset({"input", "raw_input", "stdin", "fileinput"})
_PRINTING = frozenset({"print", "stdout"})
_READS_TEXT = re.compile(r"\b(?:input|raw_input)\s*\(|\bstdin\b|\bopen\(\s*0")
_PRINTS_TEXT = re.compile(r"\bprint\b|\bstdout\b")
_STANDARD_INPUT = frozenset({0, "/dev/stdin"})
_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__annotations__"}
_DATA = (ast.Constant, ast.Name, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.BinOp, ast.Set)
CODE_LINE = re.compile(
    r"(?:import |from \w|def \w|async def|class \w|@\w|#!|# |if .*:|for .*:|while .*:|with .*:|try:"
    r"|print\(|[\w., *()\[\]]+\s*[-+*/]?=[^=])"
)
"""Matches the start of a line that could begin a program."""
SOLUTION = "Solution"
"""The class that may hold a task's function as a method."""


class Fitness(IntEnum):
    """How well a piece of code fits a task; higher is better.

    Attributes:
        NOT_CODE: Prose, data, or another language.
        CODE: Python, or tagged as such, but no answer to this task.
        PART: Part of an answer: reads or prints, or defines the function as a stub.
        ANSWER: A whole answer: reads and prints, or defines the function.
    """

    NOT_CODE = 0
    CODE = 1
    PART = 2
    ANSWER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A piece of code, rated as an answer.

    Attributes:
        code: The code.
        fitness: How well it fits.
        compiles: Whether it is Python.
        lacks: Global names that it uses but never binds; empty where it does not compile.
        binds: Names bound at its top level.
        binds_somewhere: Names bound in any scope.
    """

    code: str
    fitness: Fitness
    compiles: bool = False
    lacks: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    binds_somewhere: frozenset[str] = frozenset()


def candidate(code: str, task: Task, *, tagged: bool) -> Candidate:
    """Rate a piece of code.

    Args:
        code: The code.
        task: The task to solve.
        tagged: Whether it is tagged as Python. Untagged code must compile or strongly resemble an
            answer, and be more than data.
    """
    tree = parse_python(code)
    if tree is None:
        fitness = _broken(code, task)
        if not tagged and (fitness < Fitness.ANSWER or not looks_like_code(code)):
            fitness = Fitness.NOT_CODE
        return Candidate(code=code, fitness=fitness)
    if all(_is_data(statement) for statement in tree.body):
        fitness = Fitness.CODE if tagged and tree.body else Fitness.NOT_CODE
        return Candidate(code=code, fitness=fitness, compiles=True)
    nodes = list(ast.walk(tree))
    bound = _bound(nodes)
    lacks = _loaded(nodes) - bound - _BUILTINS
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes):
        lacks = frozenset()
    binds = frozenset(_top_level(tree.body))
    if task.kind is TaskKind.STDIN:
        fitness = _of_script(nodes, task)
    else:
        fitness = _of_function(tree.body, binds, task.fn_name or "")
    return Candidate(
        code=code,
        fitness=fitness,
        compiles=True,
        lacks=lacks,
        binds=binds,
        binds_somewhere=bound,
    )


def looks_like_code(text: str) -> bool:
    """Whether the first non-blank line could begin a program."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return CODE_LINE.match(first) is not None


def _broken(code: str, task: Task) -> Fitness:
    """Rate code that does not compile by its text."""
    if task.kind is TaskKind.STDIN:
        reads, prints = _READS_TEXT.search(code), _PRINTS_TEXT.search(code)
        found = reads or (prints if _reads_nothing(task) else None)
        return Fitness.ANSWER if found else Fitness.PART if prints else Fitness.CODE
    name = re.escape(task.fn_name or "")
    defines = re.search(rf"\bdef\s+{name}\b", code)
    return Fitness.ANSWER if defines else Fitness.CODE


def _of_script(nodes: list[ast.AST], task: Task) -> Fitness:
    names = {name for node in nodes for name in _names_read(node)}
    reads = bool(names & _READING) or any(map(_opens_standard_input, nodes))
    prints = bool(names & _PRINTING) or any(_is_call(node, "os", "write") for node in nodes)
    if prints and (reads or _reads_nothing(task)):
        return Fitness.ANSWER
    return Fitness.PART if reads or prints else Fitness.CODE


def _of_function(body: list[ast.stmt], binds: frozenset[str], name: str) -> Fitness:
    for node in _definitions(body):
        if isinstance(node, ast.ClassDef) and node.name == SOLUTION:
            methods = [each for each in _definitions(node.body) if each.name == name]
            if methods:
                return Fitness.PART if all(map(_is_stub, methods)) else Fitness.ANSWER
            if node.bases:
                return Fitness.ANSWER
        elif node.name == name:
            return Fitness.PART if _is_stub(node) else Fitness.ANSWER
    return Fitness.ANSWER if name in binds else Fitness.CODE


def _reads_nothing(task: Task) -> bool:
    """Whether no case of a task has any input."""
    return not any(case.input for case in task.cases)


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(body: list[ast.stmt]) -> Iterator[_Definition]:
    """Yield the functions and classes defined at a level, including inside conditions."""
    for node in body:
        if isinstance(node, _Definition):
            yield node
        else:
            for field in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(node, field, []))


def _is_stub(node: _Definition) -> bool:
    """Whether a definition's body is only ``pass``, ``...`` or a docstring."""
    return all(
        isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and _is_constant(each.value))
        for each in node.body
    )


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _is_data(statement: ast.stmt) -> bool:
    """Whether a statement is sample data that happens to parse as Python."""
    if not isinstance(statement, ast.Expr):
        return False
    return not any(isinstance(node, ast.Call) for node in ast.walk(statement)) and isinstance(
        statement.value, _DATA
    )


def _names_read(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node reads or imports, not those it assigns."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield node.name


def _opens_standard_input(node: ast.AST) -> bool:
    if _is_call(node, "os", "read"):
        return True
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"open", "Path"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value in _STANDARD_INPUT
    )


def _is_call(node: ast.AST, module: str, function: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == function
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == module
    )


def _loaded(nodes: list[ast.AST]) -> frozenset[str]:
    return frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _bound(nodes: list[ast.AST]) -> frozenset[str]:
    """All names bound in any scope."""
    return frozenset(name for node in nodes for name in _binds(node))


def _binds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=names):
            yield from names
        case _:
            pass


def _top_level(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements bind in the module scope."""
    for statement in body:
        if isinstance(statement, _Definition):
            yield statement.name
            continue
        for node in _own_nodes(statement):
            yield from _binds(node)


def _own_nodes(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement's nodes, without the bodies of functions, classes and comprehensions."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_SCOPES,)) or node is statement:
            waiting += ast.iter_child_nodes(node)


_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)

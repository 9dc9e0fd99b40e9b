"""Instrument assertions to run with a proxy for the function that they call."""

import ast
from dataclasses import dataclass
from enum import StrEnum

from pytest_selfrepair.core.syntax import syntax_tree
from pytest_selfrepair.sandbox.inside.standin import ASSERTION, AT, NOTE, STOP, TURN


class Form(StrEnum):
    """The form of an assertion on a call's result.

    Attributes:
        LEFT: The result is the left side of a comparison, and should equal the right one.
        RIGHT: The reverse.
        TRUE: The result should be true.
        FALSE: It should be false.
        NEVER: No result can pass: the assertion is on a constant.
        OTHER: Anything else.
    """

    LEFT = "left"
    RIGHT = "right"
    TRUE = "true"
    FALSE = "false"
    NEVER = "never"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One ``assert``.

    Attributes:
        text: Its source.
        form: Its form.
    """

    text: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrumented:
    """Checks that report their steps to `standin`.

    Attributes:
        checks: Python source, in order.
        assertions: Their assertions, by the numbers in the source.
        sites: The source of the arguments of each call of the function, by the numbers in the
            source.
    """

    checks: tuple[str, ...]
    assertions: tuple[Assertion, ...]
    sites: tuple[str, ...]


def instrument(checks: tuple[str, ...], fn_name: str) -> Instrumented:
    """Instrument checks.

    Args:
        checks: Python source that compiles.
        fn_name: The function to replace.
    """
    work = _Instrumenting(fn_name)
    ready = tuple(
        ast.unparse(ast.fix_missing_locations(work.visit(syntax_tree(c)))) for c in checks
    )
    return Instrumented(checks=ready, assertions=tuple(work.assertions), sites=tuple(work.sites))


class _Instrumenting(ast.NodeTransformer):
    def __init__(self, fn_name: str) -> None:
        self._fn_name = fn_name
        self.assertions: list[Assertion] = []
        self.sites: list[str] = []

    def visit_Assert(self, node: ast.Assert) -> ast.With:
        """Turn it into a unit that notes both sides of its comparison."""
        self.assertions.append(Assertion(text=ast.unparse(node.test), form=self._form(node.test)))
        number = len(self.assertions) - 1
        self.generic_visit(node)
        match node.test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() as how], comparators=[right]):
                same = ast.keyword(arg="same", value=ast.Constant(isinstance(how, ast.Is)))
                node.test = ast.Call(ast.Name(NOTE, ast.Load()), [left, right], [same])
        unit = ast.Call(ast.Name(ASSERTION, ast.Load()), [ast.Constant(number)], [])
        return ast.With(items=[ast.withitem(context_expr=unit)], body=[node])

    def visit_For(self, node: ast.For) -> ast.For:
        """Make each turn of a `for` a unit; a `while` might not end without its effects."""
        self.generic_visit(node)
        unit = ast.withitem(context_expr=ast.Name(TURN, ast.Load()))
        node.body = [ast.With(items=[unit], body=node.body)]
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        """Let handlers catch only exceptions of the test or the program."""
        self.generic_visit(node)
        if node.handlers:
            kind = ast.Name(STOP, ast.Load())
            node.handlers.insert(0, ast.ExceptHandler(type=kind, name=None, body=[ast.Raise()]))
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Add the number of the call, for arguments that can only be passed as source."""
        if self._is_call(node):
            arguments = ast.Call(ast.Name("_", ast.Load()), node.args, node.keywords)
            self.sites.append(ast.unparse(arguments)[2:-1])
            number = ast.Constant(len(self.sites) - 1)
            self.generic_visit(node)
            node.func = ast.Call(ast.Name(AT, ast.Load()), [number], [])
            return node
        self.generic_visit(node)
        return node

    def _is_call(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and (
            isinstance(node.func, ast.Name) and node.func.id == self._fn_name
        )

    def _form(self, test: ast.expr) -> Form:
        match test:
            case ast.Constant():
                return Form.NEVER
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                if self._is_call(left):
                    return Form.LEFT
                if self._is_call(right):
                    return Form.RIGHT
            case ast.UnaryOp(op=ast.Not(), operand=operand) if self._is_call(operand):
                return Form.FALSE
            case ast.Call() if self._is_call(test):
                return Form.TRUE
        return Form.OTHER

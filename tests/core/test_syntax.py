"""Python is parsed, by however many threads at once."""

import ast
import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from pytest_selfrepair.core.syntax import expression_tree, syntax_tree

NESTED = f"x = {'(' * 30}1{')' * 30}\n" + "def f(a):\n  return [g(h(i(a + 1))) for a in b]\n" * 20


@pytest.fixture
def _threads_that_change_often() -> Iterator[None]:
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()

    def look(*_: object) -> None:
        sum(range(50))  # Python runs, so that another thread may

    sys.setswitchinterval(1e-6)
    gc.set_threshold(20)
    gc.callbacks.append(look)
    yield
    gc.callbacks.remove(look)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_threads_that_change_often")
def test_threads_may_parse_at_once() -> None:
    wanted = ast.dump(ast.parse(NESTED))
    found: list[str] = []

    def parse(depth: int) -> None:
        if depth:
            parse(depth - 1)
            return
        found.extend(ast.dump(syntax_tree(NESTED)) for _ in range(12))

    threads = [threading.Thread(target=parse, args=(depth,)) for depth in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 48


@pytest.mark.parametrize("text", ["a = 1", "a; b", "pass", ")(", "1)(2", ""])
def test_what_is_no_expression_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        expression_tree(text)


@pytest.mark.parametrize("text", ["a", "List[int]", "f(\n1)", "1, 2"])
def test_an_expression_is_read_as_by_eval(text: str) -> None:
    assert ast.dump(expression_tree(text)) == ast.dump(ast.parse(text, mode="eval").body)

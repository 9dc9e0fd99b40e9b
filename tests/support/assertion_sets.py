"""Lines in the formats of HumanEval and MBPP, in words of our own, with what the real sets hold."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.tasks import humaneval as humaneval_format
from pytest_selfrepair.tasks import mbpp as mbpp_format
from pytest_selfrepair.tasks.source import Source

Line = dict[str, object]


def humaneval(number: int, prompt: str, solution: str, test: str) -> Line:
    """A line of HumanEval; the function is the last one of the prompt, the test the body."""
    prompt = dedent(prompt).lstrip("\n")
    entry_point = prompt.rpartition("\ndef ")[2].removeprefix("def ").partition("(")[0]
    head = "\n\nMETADATA = {\n    'author': 'tests',\n}\n\n\ndef check(candidate):\n"
    return {
        "task_id": f"HumanEval/{number}",
        "prompt": prompt,
        "entry_point": entry_point,
        "canonical_solution": indent(dedent(solution).strip("\n"), "    ") + "\n",
        "test": head + indent(dedent(test).strip("\n"), "    ") + "\n\n",
    }


def mbpp(number: int, text: str, code: str, *tests: str, setup: str = "") -> Line:
    """A line of MBPP."""
    return {
        "text": text,
        "code": dedent(code).strip("\n").replace("\n", "\r\n"),
        "task_id": number,
        "test_setup_code": dedent(setup).strip("\n"),
        "test_list": list(tests),
        "challenge_test_list": [],
    }


def write(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Write lines as the sets are written."""
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


HUMANEVAL: tuple[Line, ...] = (
    humaneval(
        1000,
        '''
        from typing import List


        def rising(numbers: List[int]) -> bool:
            """ Say whether every number is larger than the one before it.
            >>> rising([1, 2, 4])
            True
            """
        ''',
        "return all(a < b for a, b in zip(numbers, numbers[1:]))",
        """
        assert candidate([1, 2, 4]) == True
        assert candidate([1, 1]) == False, "equal numbers do not rise"
        assert candidate([])
        assert not candidate([3, 2])
        assert True, "This prints if this assert fails"
        """,
    ),
    humaneval(
        1001,
        '''
        def half_way(a: float, b: float) -> float:
            """ The number half way between a and b. """
        ''',
        "return (a + b) / 2",
        """
        assert abs(candidate(0.1, 0.3) - 0.2) < 1e-6
        assert abs(candidate(-1.5, 1.5)) < 1e-6, "Test 2"
        assert candidate(float("inf"), 1.0) == float("inf")
        """,
    ),
    humaneval(
        1002,
        '''
        def swapped(text: str) -> str:
            """ Swap the first two of every three characters, and leave the rest. """
            parts = [text[i:i + 3] for i in range(0, len(text), 3)]
            return "".join(p[1] + p[0] + p[2] if len(p) == 3 else p for p in parts)


        def unswapped(text: str) -> str:
            """ Take back what swapped does. """
        ''',
        "return swapped(text)",
        """
        from random import randint, choice
        import string

        letters = string.ascii_lowercase
        for _ in range(100):
            text = "".join(choice(letters) for i in range(randint(1, 20)))
            encoded = swapped(text)
            assert candidate(encoded) == text
        """,
    ),
    humaneval(
        1003,
        '''
        import math


        def value(xs: list, x: float) -> float:
            """ The polynomial with coefficients xs at x. """
            return sum(c * math.pow(x, i) for i, c in enumerate(xs))


        def root(xs: list):
            """ A root of a polynomial of odd degree. """
        ''',
        """
        low, high = -1.0, 1.0
        while value(xs, low) * value(xs, high) > 0:
            low, high = 2 * low, 2 * high
        for _ in range(200):
            middle = (low + high) / 2
            if value(xs, low) * value(xs, middle) > 0:
                low = middle
            else:
                high = middle
        return low
        """,
        """
        import math
        import random
        rng = random.Random(42)
        import copy
        for _ in range(20):
            coefficients = [rng.randint(-9, 9) for _ in range(3)] + [1]
            solution = candidate(copy.deepcopy(coefficients))
            assert math.fabs(value(coefficients, solution)) < 1e-4
        """,
    ),
    humaneval(
        1004,
        '''
        def extremes(numbers):
            """ The smallest and the largest number as a tuple, or None for each. """
        ''',
        "return (min(numbers), max(numbers)) if numbers else (None, None)",
        """
        assert candidate([2, 1, 3]) == (1, 3)
        assert candidate([]) == (None, None)
        assert candidate((5,)) == (5, 5)
        assert candidate({4, 4}) == (4, 4)
        """,
    ),
    humaneval(
        1005,
        '''
        def counted(words):
            """ How often each word is there. """
        ''',
        "return {word: words.count(word) for word in words}",
        """
        assert candidate(["a", "b", "a"]) == {"a": 2, "b": 1}
        assert candidate([1, 1, (2, 3)]) == {1: 2, (2, 3): 1}
        assert candidate([]) == {}
        assert sorted(candidate(["x", "y"]).items()) == [("x", 1), ("y", 1)]
        """,
    ),
    humaneval(
        1006,
        '''
        def checked_root(n):
            """ The integer square root of n; ValueError where n is negative. """
        ''',
        """
        if n < 0:
            raise ValueError("negative")
        return int(n ** 0.5)
        """,
        """
        assert candidate(9) == 3
        try:
            candidate(-1)
        except ValueError as error:
            assert "negative" in str(error)
        else:
            assert False, "no error for a negative number"
        try:
            candidate(-4)
            assert False
        except:
            pass
        """,
    ),
    humaneval(
        1007,
        '''
        def twice(x):
            """ Two times x. """
        ''',
        "return x * 2",
        """
        def near(a, b):
            return abs(a - b) < 1e-9

        x = candidate(3)
        assert x == 6
        assert candidate(candidate(1)) == 4
        assert candidate(1) + candidate(2) == candidate(3)
        assert near(candidate(0.25), 0.5)
        assert candidate(1 + 2j) == 2 + 4j
        y = candidate(x)
        assert y == 12
        """,
    ),
    humaneval(
        1008,
        '''
        def shared(a: list, b: list) -> set:
            """ What is in both lists, as a set. """
        ''',
        "return set(a) & set(b)",
        """
        assert candidate([1, 2, 3], [2, 3, 4]) == {2, 3}
        assert candidate([], []) == set()
        assert candidate(a=[1], b=[1]) == {1}
        assert 7 in candidate([7], [7, 8])
        """,
    ),
    humaneval(
        1009,
        '''
        def powers(n: int):
            """ An iterator over the first n powers of two. """
        ''',
        "return (2 ** i for i in range(n))",
        """
        assert list(candidate(4)) == [1, 2, 4, 8]
        assert sum(candidate(10)) == 2 ** 10 - 1
        """,
    ),
    humaneval(
        1010,
        '''
        def nested(depth: int):
            """ An empty tuple in a list in a tuple, and so on, as deep as said. """
        ''',
        """
        found = ()
        for i in range(depth):
            found = (found,) if i % 2 else [found]
        return found
        """,
        """
        def deepest(of, depth):
            return of if not depth else deepest(of[0], depth - 1)

        assert candidate(0) == ()
        assert candidate(3) == [([()],)]
        assert deepest(candidate(6), 6) == ()
        for i in range(4):
            for j in range(2):
                assert deepest(candidate(i + j), i + j) == (), (i, j)
        """,
    ),
    humaneval(
        1011,
        '''
        def is_even(n: int) -> bool:
            """ Whether n is even. """
        ''',
        "return n % 2 == 0",
        """
        assert candidate(4) is True
        assert candidate(10 ** 5000) is True
        assert (candidate(3)) is False
        assert True
        """,
    ),
)

MBPP: tuple[Line, ...] = (
    mbpp(
        9001,
        "Write a function to find the longest chain of pairs, each of which begins after another.",
        """
        class Pair(object):
            def __init__(self, a, b):
                self.a = a
                self.b = b

        def longest_chain(pairs, n):
            found, end = 0, None
            for pair in sorted(pairs[:n], key=lambda pair: pair.b):
                if end is None or pair.a > end:
                    found, end = found + 1, pair.b
            return found
        """,
        "assert longest_chain([Pair(5, 24), Pair(15, 25), Pair(27, 40)], 3) == 2",
        "assert longest_chain([Pair(1, 2), Pair(3, 4), Pair(5, 6)], 3) == 3",
        "assert longest_chain([], 0) == 0",
    ),
    mbpp(
        9002,
        "Write a function to find the height of a binary tree.",
        """
        class Node:
            def __init__(self, data):
                self.data = data
                self.left = None
                self.right = None

        def height(node):
            if node is None:
                return 0
            return 1 + max(height(node.left), height(node.right))
        """,
        "assert (height(root)) == 3",
        "assert (height(root.left)) == 2",
        "assert height(None) == 0",
        setup="""
        root = Node(1)
        root.left = Node(2)
        root.right = Node(3)
        root.left.left = Node(4)
        """,
    ),
    mbpp(
        9003,
        "Write a function to find the elements that two tuples share.",
        "def shared(a, b):\n    return tuple(set(a) & set(b))",
        "assert set(shared((3, 4, 5, 6), (5, 7, 4, 10))) == set((4, 5))",
        "assert sorted(shared((1, 2), (2, 1))) == [1, 2]",
        "assert shared((1,), (2,)) == ()",
    ),
    mbpp(
        9004,
        "Write a function to find the area of a circle.",
        "import math\ndef area(r):\n    return math.pi * r * r",
        "assert math.isclose(area(10), 314.159265, rel_tol=0.001)",
        "assert math.isclose(area(0.5), 0.785398, rel_tol=0.001)",
        "assert area(0) == 0",
        setup="import math",
    ),
    mbpp(
        9005,
        "Write a function to group the second parts of pairs by the first ones.",
        """
        from collections import defaultdict
        def grouped(pairs):
            found = defaultdict(list)
            for a, b in pairs:
                found[a].append(b)
            return found
        """,
        "assert grouped([('x', 1), ('y', 2), ('x', 3)]) == {'x': [1, 3], 'y': [2]}",
        "assert grouped([(1, 1)]) == {1: [1]}",
        "assert grouped([]) == {}",
    ),
    mbpp(
        9006,
        "Write a python function to add all numbers; the name hides a builtin.",
        "def sum(numbers):\n    total = 0\n    for n in numbers: total += n\n    return total",
        "assert sum([1, 2, 3]) == 6",
        "assert sum((0.5, 0.25)) == 0.75",
        "assert not sum([])",
    ),
    mbpp(
        9007,
        "Write a function to find all words of a text by a pattern.",
        "import re\ndef words(text):\n    return [m.group() for m in re.finditer(r'\\w+', text)]",
        'assert words("one  two") == ["one", "two"]',
        "assert words('') == []",
        "assert words(\"it's\") == ['it', 's'], \"an apostrophe parts words\"",
    ),
    mbpp(
        9008,
        "Write a function that doubles each element, lazily.",
        "def doubled(xs):\n    return map(lambda x: 2 * x, xs)",
        "assert list(doubled([1, 2])) == [2, 4]",
        "assert tuple(doubled(())) == ()",
        "assert max(doubled({3, 1})) == 6",
    ),
    mbpp(
        9009,
        "Write a function that turns a number into a complex one, in polar form.",
        "import cmath\ndef polar(x):\n    return cmath.polar(x)",
        "assert polar(3 + 4j)[0] == 5.0",
        "assert polar(-1) == (1.0, 3.141592653589793)",
        "assert polar(0) == (0.0, 0.0)",
    ),
    mbpp(
        9010,
        "Write a function that tells the kind of a value.",
        "def kind(x):\n    return {'kind': type(x).__name__, 'value': x}",
        "assert kind(b'a') == {'kind': 'bytes', 'value': b'a'}",
        "assert kind(range(3)) == {'kind': 'range', 'value': range(3)}",
        "assert kind(frozenset({1})) == {'kind': 'frozenset', 'value': frozenset({1})}",
    ),
    mbpp(
        9011,
        "Write a function that applies another to every element.",
        "def apply(f, xs):\n    return [f(x) for x in xs]",
        "assert apply(lambda x: x + 1, [1, 2]) == [2, 3]",
        "assert apply(str, [1]) == ['1']",
        "assert apply(abs, (-1, 1)) == [1, 1]",
    ),
    {
        "source_file": "tests",
        "task_id": 9012,
        "prompt": "Write a function to check that an angle's sine is its cosine.",
        "code": "import math\ndef same(x):\n    return math.isclose(math.sin(x), math.cos(x))",
        "test_imports": ["import math"],
        "test_list": ["assert same(math.pi / 4)", "assert not same(0)", "assert same(1) == False"],
    },
)


SOURCE = Source(file="set.jsonl:3")


def read(line: Line, **changed: object) -> Task:
    """A line, with some of its fields changed, as a task."""
    fields: Line = {**line, **changed}
    values: Any = fields
    is_humaneval = humaneval_format.recognises(values)
    reader = humaneval_format.read if is_humaneval else mbpp_format.read
    return reader("set.jsonl::1", values, SOURCE)

"""What the source `trace` says of failing programs, run in a real sandbox."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from textwrap import dedent

import pytest

from builders import task
from pytest_selfrepair.core.feedback import Failure, error_sentence
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.feedback.trace import Trace
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

Told = Callable[..., str]


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    judge = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=1.0), concurrency=1)

    async def of(
        program: str,
        given: JsonValue,
        expected: JsonValue,
        fn_name: str | None,
        seconds: float | None,
    ) -> str:
        about = replace(task((given, expected), fn_name=fn_name), seconds=seconds)
        verdict = await judge.judge(about, program)
        failure = Failure(
            task=about, program=program, verdict=verdict, error=error_sentence(about, verdict)
        )
        source = Trace(runner=judge, prompts=PromptSet.default(), seconds=0.5)
        feedback = await source.feedback(failure, node="p0/trace/f0")
        assert feedback.evidence
        assert feedback.text.startswith(failure.error)
        return feedback.text

    def tell(
        program: str,
        given: JsonValue,
        expected: JsonValue,
        fn_name: str | None = None,
        seconds: float | None = None,
    ) -> str:
        return asyncio.run(of(dedent(program).strip(), given, expected, fn_name, seconds))

    yield tell
    asyncio.run(judge.aclose())


def test_an_exception_shows_its_line_and_the_values_there(told: Told) -> None:
    text = told(
        """
        def share(total, people):
            rest = total - 1
            return rest // people

        numbers = [int(word) for word in input().split()]
        print(share(numbers[0], numbers[1]))
        """,
        "7 0\n",
        "1\n",
    )
    assert "2:     rest = total - 1\n3:     return rest // people\n" in text
    assert "total = 7\npeople = 0\nrest = 6" in text


def test_a_wrong_answer_shows_the_last_line_and_the_values_at_the_end(told: Told) -> None:
    text = told("a, b = map(int, input().split())\nc = a - b\nprint(c)", "4 3\n", "7\n")
    assert text.endswith("a = 4\nb = 3\nc = 1")
    assert "3: print(c)" in text


def test_a_function_is_traced_with_the_names_it_takes_for_granted(told: Told) -> None:
    text = told(
        """
        class Solution:
            def most(self, words: List[str]) -> str:
                counts = Counter(words)
                return min(counts, key=counts.get)
        """,
        [["a", "b", "a"]],
        "a",
        "most",
    )
    assert "4:         return min(counts, key=counts.get)" in text
    assert "words = ['a', 'b', 'a']" in text


@pytest.mark.parametrize("seconds", [None, 0.4], ids=["usual", "own"])
def test_a_program_without_end_shows_the_loop_it_is_in(told: Told, seconds: float | None) -> None:
    text = told("n = int(input())\nwhile n:\n    n += 1\nprint(n)", "1\n", "0\n", None, seconds)
    assert "ran out of time" in text
    assert "2: while n:\n3:     n += 1" in text
    assert "n = " in text


def test_a_program_that_goes_deep_is_traced_in_its_own_thread(told: Told) -> None:
    text = told(
        """
        import sys
        sys.setrecursionlimit(10**6)

        def down(n):
            return down(n - 1) if n else 1 // n

        print(down(int(input())))
        """,
        "3000\n",
        "1\n",
    )
    assert "n = 0" in text


def test_a_program_that_is_not_python_has_its_error_alone(told: Told) -> None:
    assert "executed last" not in told("if", "1\n", "1\n")


def test_a_forged_report_is_taken_for_text_and_kept_short(told: Told) -> None:
    text = told(
        """
        import os
        value = "x" * 100_000
        report = '{"lines": [1, 99], "values": {"%s": "%s"}}' % ("n" * 9999, "y\\\\n" * 9999)
        os.write(1, ("\\n\\x01selfrepair trace\\x01\\n" + report).encode())
        os._exit(0)
        """,
        "1\n",
        "1\n",
    )
    assert len(text) < 3000
    assert "99:" not in text


def test_values_whose_text_misbehaves_are_named_by_their_class(told: Told) -> None:
    text = told(
        """
        class Odd:
            def __repr__(self):
                raise SystemExit(3)

        odd = Odd()
        print(input())
        """,
        "1\n",
        "2\n",
    )
    assert "odd = <Odd" in text

"""One program on one input of anybody's choice, contained as any other."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from builders import task
from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import Outcome, Ran
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

Run = Callable[[str, JsonValue, str | None], Ran]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    judge = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=1.0), concurrency=1)

    def once(program: str, given: JsonValue, fn_name: str | None = None) -> Ran:
        return asyncio.run(judge.run_once(task(fn_name=fn_name), program, given))

    yield once
    asyncio.run(judge.aclose())


def test_what_a_program_prints_is_given_back(run: Run) -> None:
    ran = run("print(int(input()) * 2)", "21\n", None)
    assert (ran.output, ran.outcome, ran.printed, ran.error) == ("42\n", None, "42\n", None)


def test_what_a_function_returns_is_given_back(run: Run) -> None:
    ran = run("def add(a, b):\n    return [a + b]", [1, 2], "add")
    assert (ran.output, ran.outcome) == ([3], None)


def test_a_program_that_fails_shows_what_it_printed_before(run: Run) -> None:
    ran = run("print('so far')\nprint(1 // int(input()))", "0\n", None)
    assert (ran.outcome, ran.printed, ran.output) == (Outcome.RUNTIME_ERROR, "so far\n", None)
    assert ran.line_number == 2
    assert ran.error is not None
    assert ran.error.startswith("ZeroDivisionError")


def test_a_program_that_never_ends_runs_out_of_time(run: Run) -> None:
    assert run("while True:\n    pass", "", None).outcome is Outcome.TIME_LIMIT


def test_a_program_that_is_not_python_says_where(run: Run) -> None:
    ran = run("x = 1\nif", "", None)
    assert (ran.outcome, ran.line_number) == (Outcome.SYNTAX_ERROR, 2)


def test_an_empty_program_is_not_run(run: Run) -> None:
    assert run(" \n", "", None).outcome is Outcome.NO_PROGRAM

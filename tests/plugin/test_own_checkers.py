"""Tasks with several right answers: their own checkers, in a file beside them or by the hook."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from builders import task
from projects import fenced, write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.checker import (
    Acceptance,
    AcceptanceRule,
    Checker,
    apps,
    strict,
    tolerant,
)
from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.task import Case, JsonValue, Task
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import CheckerError
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.referee import CHECKER_BROKE
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

DIVISOR = """\
def check(given, expected, answer):
    if not answer.strip().isdecimal():
        return "it is no number"
    number, divisor = int(given), int(answer)
    assert divisor > 1, f"{divisor} is too small"
    return number % divisor == 0
"""


@pytest.fixture(scope="module")
def isolation() -> Isolation:
    return find_isolation("auto")


def judge(isolation: Isolation, of: Task, program: str, **options: Any) -> Verdict:
    async def run() -> Verdict:
        sandbox = SandboxJudge(isolation, Limits(cpu_seconds=1.0), concurrency=1, **options)
        try:
            return await sandbox.judge(of, program)
        finally:
            await sandbox.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize("checker", [tolerant, strict])
def test_a_tasks_own_checker_stands_in_for_the_runs(isolation: Isolation, checker: Checker) -> None:
    divisors = task(("12", "2"), ("35", "5"), checker=DIVISOR)
    verdict = judge(isolation, divisors, "print({12: 6, 35: 7}[int(input())])", checker=checker)
    assert (verdict.outcome, verdict.rule, verdict.cases_passed) == (
        Outcome.PASSED,
        AcceptanceRule.OWN,
        2,
    )


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("print('six')", "The output was 'six\\n', which is wrong: it is no number"),
        ("print(1)", "The output was '1\\n', which is wrong: 1 is too small"),
        ("print(5)", "The output was '5\\n', which is wrong; '2' would be right."),
    ],
)
def test_a_wrong_answer_is_explained_as_the_checker_does(
    isolation: Isolation, program: str, sentence: str
) -> None:
    divisors = task(("12", "2"), checker=DIVISOR)
    verdict = judge(isolation, divisors, program)
    assert verdict.outcome is Outcome.WRONG_ANSWER
    assert error_sentence(divisors, verdict) == f"The input was '12'. {sentence}"


def test_the_official_checker_knows_no_other_and_is_compared_with_it(isolation: Isolation) -> None:
    divisors = task(("12", "2"), checker=DIVISOR)
    verdict = judge(isolation, divisors, "print(6)", checker=apps, other=tolerant)
    assert (verdict.outcome, verdict.flips) == (Outcome.WRONG_ANSWER, True)
    verdict = judge(isolation, divisors, "print(6)", other=apps)
    assert (verdict.outcome, verdict.flips) == (Outcome.PASSED, True)


@pytest.mark.parametrize(
    ("checker", "found"),
    [
        ("def check(g, e, a):\n    return None", "the result None"),
        ("def check(g, e, a):\n    return 1", "the result 1"),
        ("def check(g, e, a):\n    return ''", "the result ''"),
        ("def check(g, e, a):\n    return {1, 2}", "{1, 2} (of type set"),
        ("def check(g, e, a):\n    return int('x')", "ValueError: invalid literal"),
        ("def check(g, e):\n    return True", "TypeError"),
        ("import nothing_like_it\ndef check(g, e, a): ...", "ModuleNotFoundError"),
        ("def check(g, e, a):\n    while True: pass", "it took more than"),
        ("import os\ndef check(g, e, a):\n    os._exit(0)", "it ended before"),
        ("check(", "'(' was never closed on line 1"),
    ],
)
def test_a_broken_checker_is_no_verdict(isolation: Isolation, checker: str, found: str) -> None:
    with pytest.raises(CheckerError) as error:
        judge(isolation, task(("1", "2"), checker=checker), "print(3)")
    assert str(error.value).startswith("tests/task: checker.py: found ")
    assert found in str(error.value)


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("print(0)", "ZeroDivisionError: "),
        ("print('x')", "ValueError: "),
        ("print('9' * 3_000_000)", ""),
        ("print()", "ValueError: "),
    ],
)
def test_an_answer_on_which_a_checker_breaks_that_accepts_the_expected_one_is_wrong(
    isolation: Isolation, program: str, found: str
) -> None:
    fragile = task(
        ("12", "2"), checker="def check(g, e, a):\n    return int(g) % int(a) == 0 or 'other'"
    )
    verdict = judge(isolation, fragile, program)
    assert verdict.outcome is Outcome.WRONG_ANSWER
    assert verdict.failure is not None
    assert verdict.failure.error is not None
    assert verdict.failure.error.startswith(f"{CHECKER_BROKE}: checker.py: found {found}")


def test_an_answer_on_which_a_hooks_checker_breaks_that_accepts_the_expected_one_is_wrong(
    isolation: Isolation,
) -> None:
    def fragile(_: Task, case: Case, actual: JsonValue) -> Acceptance:
        return Acceptance(accepted=int(str(actual)) == int(str(case.expected)))

    of = task(("", "1"))
    assert judge(isolation, of, "print(1)", checker_of=lambda _: fragile).passed
    verdict = judge(isolation, of, "print('one')", checker_of=lambda _: fragile)
    assert error_sentence(of, verdict).startswith(
        "The input was ''. The output was 'one\\n', which is wrong: the task's checker "
        "broke on it: its checker raised ValueError: "
    )


def test_a_program_reaches_neither_its_checker_nor_what_that_knows(isolation: Isolation) -> None:
    spying = (
        "import gc, os, sys\n"
        "found = [d for d in gc.get_objects() if isinstance(d, dict) and 'check' in d]\n"
        "files = [name for _, _, names in os.walk('/tmp') for name in names]\n"
        "print('expected', len(found), files, 'check' in str(sys.modules))"
    )
    knows = "def check(given, expected, answer):\n    return answer"
    verdict = judge(isolation, task(("", "secret"), ("", "secret"), checker=knows), spying)
    assert verdict.failure is not None
    assert verdict.failure.error == "expected 0 [] False\n"


def test_an_answer_cannot_become_a_checkers_code_or_verdict(isolation: Isolation) -> None:
    equal = "def check(given, expected, answer):\n    return answer == expected"
    forged = (
        "class Forged(list):\n"
        "    def __eq__(self, other):\n        return True\n"
        "def f():\n    return Forged([1])\n"
    )
    wanted = task(([], [2]), fn_name="f", checker=equal)
    assert judge(isolation, wanted, forged).outcome is Outcome.WRONG_ANSWER


def test_arguments_and_results_reach_a_checker_as_values(isolation: Isolation) -> None:
    checker = "def check(given, expected, answer):\n    return sorted(answer) == given[0]"
    wanted = task(([[1, 2]], [1, 2]), fn_name="f", checker=checker)
    assert judge(isolation, wanted, "def f(xs):\n    return (2, 1)").passed
    verdict = judge(isolation, wanted, "def f(xs):\n    return (2, 2)")
    assert error_sentence(wanted, verdict).endswith(
        "The result was [2, 2], which is wrong; [1, 2] would be right."
    )


def test_what_a_function_leaves_in_its_argument_is_the_answer_where_the_task_says_so(
    isolation: Isolation,
) -> None:
    wanted = task(([[3, 1]], [1, 3]), ([[2, 2]], [2, 2]), fn_name="f", in_place=True)
    assert judge(isolation, wanted, "def f(xs):\n    xs.sort()").passed
    assert judge(isolation, wanted, "def f(xs):\n    xs[:] = sorted(xs)\n    return 7").passed
    verdict = judge(isolation, wanted, "def f(xs):\n    return sorted(xs)")
    assert verdict.outcome is Outcome.WRONG_ANSWER
    assert error_sentence(wanted, verdict) == (
        "The arguments were [[3, 1]]. The first argument was left as [3, 1], expected [1, 3]."
    )
    returns = task(([[3, 1]], [1, 3]), fn_name="f")
    assert not judge(isolation, returns, "def f(xs):\n    xs.sort()").passed


def raising(task: Task, case: Case, actual: JsonValue) -> Acceptance:
    raise ValueError(f"{task.id} {case.expected} {actual!r}")


@pytest.mark.parametrize(
    ("checker", "said"),
    [
        (raising, r"tests/task: its checker raised ValueError: tests/task 1 '2\n'"),
        (lambda *_: True, "tests/task: its checker: found True; accepted: an Acceptance"),
    ],
)
def test_a_broken_checker_of_a_hook_is_no_verdict(
    isolation: Isolation, checker: Checker, said: str
) -> None:
    with pytest.raises(CheckerError) as error:
        judge(isolation, task(("", "1")), "print(2)", checker_of=lambda _: checker)
    assert str(error.value).replace("\n", r"\n") == said.replace("\n", r"\n")


def write_divisors(folder: Path, checker: str = DIVISOR) -> None:
    write_task(folder, difficulty="interview", inputs=["12\n", "35\n"], outputs=["2\n", "5\n"])
    (folder / "checker.py").write_text(checker)
    solutions = ["n = int(input())\nprint(next(d for d in range(n, 1, -1) if n % d == 0))"]
    (folder / "solutions.json").write_text(json.dumps(solutions))


def test_validate_and_judge_ask_a_folders_checker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_divisors(tmp_path / "tasks/1")
    assert main(["validate", "tasks"]) == 0
    assert "1 of 1 solutions pass (1 own)" in capsys.readouterr().out
    (tmp_path / "programs.jsonl").write_text('{"task_id": "1", "program": "print(5)"}\n')
    assert main(["judge", "tasks", "programs.jsonl"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["outcome"] == "wrong_answer"
    assert verdict["error"].endswith("which is wrong; '2\\n' would be right.")


def test_a_broken_checker_is_said_by_the_commands_and_is_no_wrong_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_divisors(tmp_path / "tasks/1", "def check(given, expected, answer):\n    return 1 / 0")
    assert main(["validate", "tasks"]) == 1
    assert "tasks/1: checker.py: found ZeroDivisionError" in capsys.readouterr().err
    (tmp_path / "programs.jsonl").write_text('{"task_id": "1", "program": "print(5)"}\n')
    assert main(["judge", "tasks", "programs.jsonl"]) == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "sandbox_error"


@pytest.mark.parametrize("workers", [(), ("-n", "0"), ("-n", "2")])
def test_a_conftest_may_give_a_task_a_checker(
    pytester: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    write_task(pytester.path / "tasks/1", difficulty="interview", inputs=["12\n"], outputs=["2\n"])
    write_divisors(pytester.path / "tasks/2", "def check(given, expected, answer):\n    return 1")
    reply = fenced("print(6)")
    script = {"tasks": {f"tasks/{i}": {"program": reply, "repair": reply} for i in (1, 2)}}
    (pytester.path / "script.json").write_text(json.dumps(script))
    pytester.makeconftest(
        """
        from pytest_selfrepair import Acceptance

        def any_even(task, case, actual):
            return Acceptance(accepted=int(actual) % 2 == 0)

        def pytest_selfrepair_checker(task, config):
            return any_even if task.id == "tasks/1" else None
        """
    )
    result = pytester.runpytest("tasks", "--selfrepair-model", "scripted:script.json", *workers)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*tasks/2: checker.py: found the result 1; accepted: True*"])

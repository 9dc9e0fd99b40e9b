"""Whatever a hook of the user's own raises costs its task alone, and is said in one line."""

import pytest

from projects import write_task

PROLOGUE = """
import asyncio
from pytest_selfrepair import Acceptance, Case, Difficulty, Feedback, Sample, Task, TaskKind, Usage

TEXT = "```python\\nprint(sum(map(int, input().split())))\\n```"

def reply(text=TEXT):
    usage = Usage(completion_tokens=9, prompt_tokens=None, counted_by="words")
    return Sample(text=text, usage=usage, finish_reason="stop")

class Own:
    name = "mine"

    async def sample(self, request):
        if request.task_id.endswith("0001"):
            WHAT
        return reply()

    async def aclose(self):
        pass

def pytest_selfrepair_model(name):
    return Own() if name == "mine" else None
"""
ONE = ("--selfrepair-model", "mine", "--selfrepair-programs", "1", "--selfrepair-repairs", "1")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    for number in range(3):
        write_task(
            pytester.path / f"tasks/{number:04d}",
            difficulty="interview",
            inputs=["1 2\n"],
            outputs=["3\n"],
            statement=f"Print the sum, for the {number}th time.",
        )
    return pytester


def said(result: pytest.RunResult) -> str:
    return " ".join(result.stdout.str().split())


@pytest.mark.parametrize(
    ("what", "words"),
    [
        pytest.param(
            "raise ValueError('no such\\nthing')",
            "ValueError in the model 'mine': no such thing;",
            marks=pytest.mark.slow,
        ),
        ("raise SystemExit(3)", "SystemExit in the model 'mine': 3;"),
        ("raise asyncio.CancelledError", "CancelledError in the model 'mine';"),
        pytest.param(
            "return 'text'",
            "the model 'mine': found 'text'; accepted: a Sample",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["exception", "exit", "cancelled", "no-sample"],
)
def test_what_a_model_raises_costs_its_task_alone(
    project: pytest.Pytester, what: str, words: str
) -> None:
    project.makeconftest(PROLOGUE.replace("WHAT", what))
    result = project.runpytest("tasks", *ONE)
    result.assert_outcomes(passed=2, errors=1)
    assert "not scored: 1 (tasks/0001)" in said(result)
    assert words in said(result)
    assert "lost" not in said(result)


@pytest.mark.slow
def test_what_a_model_raises_in_a_worker_costs_its_task_alone(project: pytest.Pytester) -> None:
    project.makeconftest(PROLOGUE.replace("WHAT", "raise SystemExit(3)"))
    result = project.runpytest("tasks", *ONE, "-n2")
    result.assert_outcomes(passed=2, errors=1)
    assert "SystemExit in the model 'mine': 3;" in said(result)


SOURCE = """
class Talks:
    name, joint, max_tokens = "talks", False, 10

    async def feedback(self, failure, *, node):
        raise KeyError("words")

def pytest_selfrepair_feedback_source(name):
    return Talks() if name == "talks" else None
"""


def test_what_a_feedback_source_raises_costs_its_task_alone(project: pytest.Pytester) -> None:
    project.makeconftest(PROLOGUE.replace("WHAT", "return reply('print(0)')") + SOURCE)
    result = project.runpytest("tasks", *ONE, "--selfrepair-feedback", "talks")
    result.assert_outcomes(passed=2, errors=1)
    assert "KeyError in the feedback source 'talks': 'words'" in said(result)


@pytest.mark.parametrize(
    ("checker", "words"),
    [
        ("raise SystemExit(4)", "its checker raised RuntimeError: SystemExit: 4"),
        pytest.param(
            "raise ValueError('odd')",
            "its checker raised ValueError: odd",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_a_checker_raises_ends_no_run(
    project: pytest.Pytester, checker: str, words: str
) -> None:
    hook = f"""
def pytest_selfrepair_checker(task):
    def check(task, case, actual):
        {checker}
    return check if task.id.endswith("0001") else None
"""
    project.makeconftest(PROLOGUE.replace("WHAT", "pass") + hook)
    result = project.runpytest("tasks", *ONE)
    result.assert_outcomes(passed=2, errors=1)
    assert words in said(result)


def test_a_checkers_hook_that_raises_costs_its_task_alone(project: pytest.Pytester) -> None:
    hook = """
def pytest_selfrepair_checker(task):
    if task.id.endswith("0001"):
        raise ValueError("no checker")
"""
    project.makeconftest(PROLOGUE.replace("WHAT", "pass") + hook)
    result = project.runpytest("tasks", *ONE)
    result.assert_outcomes(passed=2, errors=1)
    assert "ValueError in the hook pytest_selfrepair_checker: no checker (conftest.py:" in said(
        result
    )


READER = """
def pytest_selfrepair_tasks(path):
    if path.name == "bad.own":
        raise ValueError("no reader")
    return read() if path.suffix == ".own" else None

def read():
    yield Task(
        id="one", statement="Print the sum.",
        difficulty=Difficulty.INTERVIEW, cases=(Case(input="1 2\\n", expected="3\\n"),),
    )
    raise RuntimeError("the rest is missing")
"""


def test_what_a_task_reader_raises_spoils_no_other_task(project: pytest.Pytester) -> None:
    project.makeconftest(PROLOGUE.replace("WHAT", "pass") + READER)
    for name in ("tasks/bad.own", "tasks/good.own"):
        (project.path / name).write_text("")
    result = project.runpytest("tasks", *ONE)
    result.assert_outcomes(passed=4, errors=2)
    assert "ValueError in the task reader: no reader (conftest.py:" in said(result)
    assert "RuntimeError in the task reader: the rest is missing (conftest.py:" in said(result)


@pytest.mark.parametrize("raised", ["ValueError('odd')", "SystemExit(2)"])
def test_a_hook_that_raises_when_names_are_looked_up_is_one_line(
    project: pytest.Pytester, raised: str
) -> None:
    project.makeconftest(f"def pytest_selfrepair_model(name):\n    raise {raised}")
    result = project.runpytest_inprocess("tasks", *ONE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    [line] = [each for each in result.errlines if each.strip()]
    name = raised.partition("(")[0]
    assert line.startswith(f"ERROR: {name} in the hook pytest_selfrepair_model: ")
    assert line.endswith("(conftest.py:2)")

"""Programs judged by assertions, which run in the sandbox, but never where a program does."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from test_warm_sandbox import family

from assertion_sets import HUMANEVAL, MBPP, Line, humaneval, mbpp, read
from builders import task
from pytest_selfrepair.core.checker import AcceptanceRule
from pytest_selfrepair.core.feedback import error_sentence
from pytest_selfrepair.core.task import Assertions, Task
from pytest_selfrepair.core.validation import TaskStanding, validate
from pytest_selfrepair.core.verdict import Outcome, Verdict
from pytest_selfrepair.errors import CheckerError
from pytest_selfrepair.sandbox import assertion_judge, examiner
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

SHORT = Limits(cpu_seconds=0.5, wall_factor=1.0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxJudge]:
    judge = SandboxJudge(find_isolation("auto"), SHORT, concurrency=1)
    yield judge
    asyncio.run(judge.aclose())


def asserting(*checks: str, **fields: Any) -> Task:
    """A task of the function f with these checks."""
    asserted = Assertions(definitions=fields.pop("definitions", ""), **fields)
    return task(*((check, None) for check in checks), fn_name="f", assertions=asserted)


def judge(sandbox: SandboxJudge, of: Task, program: str) -> Verdict:
    return asyncio.run(sandbox.judge(of, program))


def said(sandbox: SandboxJudge, of: Task, program: str) -> str:
    """What is said of a program that does not pass."""
    return error_sentence(of, judge(sandbox, of, program))


@pytest.mark.parametrize("line", [*HUMANEVAL, *MBPP], ids=lambda line: str(line["task_id"]))
def test_a_reference_program_passes_and_one_that_returns_nothing_does_not(
    sandbox: SandboxJudge, line: Line
) -> None:
    of = read(line)
    found = asyncio.run(validate(of, sandbox))
    assert found.standing is TaskStanding.VALID, found.trials
    assert (found.cases, found.rules) == (len(of.cases), {AcceptanceRule.OWN: 1})
    verdict = judge(sandbox, of, f"def {of.fn_name}(*args, **kwargs): pass")
    assert verdict.failure is not None
    if "Pair(" in str(line) or "Node(" in str(line):
        assert verdict.outcome is Outcome.RUNTIME_ERROR
    else:
        assert (verdict.outcome, verdict.failure.actual) == (Outcome.WRONG_ANSWER, "None")


SENTENCES: dict[str, tuple[Line, str, str]] = {
    "a comparison": (
        HUMANEVAL[4],
        "def extremes(xs): return [min(xs), max(xs)]",
        "The arguments were [[2, 1, 3]]. The result was [1, 3], expected (1, 3).",
    ),
    "a tolerance": (
        HUMANEVAL[1],
        "def half_way(a, b): return a",
        (
            "The arguments were [0.1, 0.3]. The result was 0.1, which is wrong: "
            "`abs(half_way(0.1, 0.3) - 0.2) < 1e-06` does not hold"
        ),
    ),
    "a message": (
        HUMANEVAL[1],
        "def half_way(a, b): return 0.2 if a > 0 else 1.0",
        (
            "The arguments were [-1.5, 1.5]. The result was 1.0, which is wrong: "
            "`abs(half_way(-1.5, 1.5)) < 1e-06` does not hold: Test 2"
        ),
    ),
    "a truth": (
        HUMANEVAL[0],
        "def rising(xs): return xs == [1, 2, 4]",
        "The arguments were [[]]. The result was False, expected True.",
    ),
    "a falsehood": (
        HUMANEVAL[0],
        "def rising(xs): return xs != [1, 1]",
        "The arguments were [[3, 2]]. The result was True, expected False.",
    ),
    "an assertion that breaks": (
        HUMANEVAL[8],
        "def shared(a, b): return set(a) & set(b) if len(b) != 2 else None",
        (
            "The arguments were [[7], [7, 8]]. The result was None, which is wrong: "
            "`7 in shared([7], [7, 8])` raised TypeError: "
            "argument of type 'NoneType' is not iterable"
        ),
    ),
    "a loop": (
        mbpp(1, "Double it.", "", "for i in range(3):\n    assert f(i) == 2 * i"),
        "def f(x): return x * x",
        "The arguments were [1]. The result was 1, expected 2.",
    ),
    "an exception": (
        HUMANEVAL[6],
        "def checked_root(n):\n    if n < 0:\n        raise TypeError('negative')\n    return 3",
        (
            "The arguments were [-1]. The program raised TypeError: negative "
            "on line 3: raise TypeError('negative')"
        ),
    ),
    "no exception": (
        HUMANEVAL[6],
        "def checked_root(n): return 3",
        (
            "The arguments were [-1]. The result was 3, which is wrong: "
            "the test reached `assert False`: no error for a negative number"
        ),
    ),
    "a name": (
        HUMANEVAL[8],
        "def shared(x, y): return set(x) & set(y)",
        (
            "The arguments were [a=[1], b=[1]]. The program raised TypeError: "
            "shared() got an unexpected keyword argument 'a'"
        ),
    ),
    "no function": (
        MBPP[2],
        "def share(a, b): ...",
        (
            "The arguments were [(3, 4, 5, 6), (5, 7, 4, 10)]. The program does not define what "
            "the tests call: there is no function shared, and no such method of a class Solution"
        ),
    ),
    "no class": (
        MBPP[0],
        "def longest_chain(pairs, n): return 2",
        (
            "The arguments were [[Pair(5, 24), Pair(15, 25), Pair(27, 40)], 3]. "
            "The program raised NameError: name 'Pair' is not defined"
        ),
    ),
    "an object": (
        MBPP[8],
        "class Polar:\n    def __repr__(self): return 'Polar()'\ndef polar(x): return Polar()",
        (
            "The arguments were [(3+4j)]. The result was Polar() (of type Polar, which is no plain "
            "data), which is wrong: `polar(3 + 4j)[0] == 5.0` takes plain data alone"
        ),
    ),
    "a syntax error": (
        MBPP[2],
        "def shared(a, b):\n    return (",
        "The program is not valid Python: '(' was never closed on line 2: return (",
    ),
    "an endless loop": (
        MBPP[2],
        "def shared(a, b):\n    while True: pass",
        (
            "The arguments were [(3, 4, 5, 6), (5, 7, 4, 10)]. The program ran out of time: "
            "it took more than 0.5 seconds of CPU time"
        ),
    ),
    "too much memory": (
        MBPP[2],
        "def shared(a, b): return (0,) * 10**10",
        (
            "The arguments were [(3, 4, 5, 6), (5, 7, 4, 10)]. The program ran out of memory: "
            "MemoryError on line 1: def shared(a, b): return (0,) * 10**10"
        ),
    ),
    "too much of a result": (
        MBPP[2],
        "def shared(a, b): return 'x' * (17 << 20)",
        (
            "The arguments were [(3, 4, 5, 6), (5, 7, 4, 10)]. The program printed too much: "
            "the result is too large"
        ),
    ),
}


@pytest.mark.parametrize(("line", "program", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_failure_is_told_in_a_sentence(
    sandbox: SandboxJudge, line: Line, program: str, sentence: str
) -> None:
    assert said(sandbox, read(line), program) == sentence


def test_the_first_failing_case_is_named_and_those_before_it_are_counted(
    sandbox: SandboxJudge,
) -> None:
    verdict = judge(sandbox, read(HUMANEVAL[4]), "def extremes(xs): return min(xs), max(xs)")
    assert (verdict.outcome, verdict.cases_run, verdict.cases_passed) == (
        Outcome.RUNTIME_ERROR,
        2,
        1,
    )
    assert verdict.failure is not None
    assert verdict.failure.index == 1


def test_every_case_is_run_where_that_is_asked_for() -> None:
    async def run() -> Verdict:
        every = SandboxJudge(find_isolation("auto"), SHORT, concurrency=1, all_cases=True)
        try:
            program = "def extremes(xs):\n    return (min(xs), max(xs)) if len(xs) != 3 else 0"
            return await every.judge(read(HUMANEVAL[4]), program)
        finally:
            await every.aclose()

    verdict = asyncio.run(run())
    assert (verdict.outcome, verdict.cases_run, verdict.cases_passed) == (
        Outcome.WRONG_ANSWER,
        4,
        2,
    )
    assert verdict.failure is not None
    assert verdict.failure.index == 0


@pytest.mark.parametrize(
    ("before", "program"),
    [
        ("import math", "def f(x): return math.floor(x)"),
        ("def lower(x):\n    return int(x)", "def f(x): return lower(x)"),
        ("def lower(x):\n    return 0", "def lower(x): return int(x)\ndef f(x): return lower(x)"),
        ("", "class Solution:\n    def f(self, x): return int(x)"),
        ("", "def f(x: List[int]) -> int: return int(x)"),
    ],
)
def test_a_program_finds_what_it_may_take_for_granted(
    sandbox: SandboxJudge, before: str, program: str
) -> None:
    assert judge(sandbox, asserting("assert f(2.5) == 2", before=before), program).passed


CHECKS: dict[str, tuple[str, str]] = {
    "a call within a call": ("assert f(f(f(1))) == 8", "x * 2"),
    "calls that depend on results": (
        "x = f(1)\nfor i in range(5):\n    x = f(x)\nassert x == 64",
        "2*x",
    ),
    "a while loop": ("x = 1\nwhile x < 100:\n    x = f(x)\nassert x == 128", "x * 2"),
    "a while loop of assertions": (
        "i = 0\nwhile i < 9:\n    assert f(i) == 2 * i\n    i += 1",
        "2*x",
    ),
    "an endless loop with a way out": (
        "import itertools\nfor i in itertools.count():\n    if f(i) > 50: break\nassert i == 26",
        "x * 2",
    ),
    "random arguments": (
        "import random\nfor _ in range(50):\n    x = random.random()\n    assert f(x) == 2 * x",
        "x * 2",
    ),
    "numbers drawn after a call": (
        (
            "import random\nfor _ in range(5):\n    x = f(random.randint(1, 9))\n"
            "    y = random.randint(1, 9)\n    assert f(x + y) == 2 * x + 2 * y"
        ),
        "x * 2",
    ),
    "the function as an argument": ("assert list(map(f, [1, 2])) == [2, 4]", "x * 2"),
    "a comprehension": ("assert all(f(i) == 2 * i for i in range(9))", "x * 2"),
    "its name": ("assert f.__name__ == 'f' and f(1) == 2", "x * 2"),
    "an error that is expected": (
        "try:\n    f(-1)\n    assert 0\nexcept (KeyError, ValueError) as e: assert str(e) == 'x'",
        "int(x) if x > 0 else raise_(ValueError('x'))",
    ),
    "an error of its own class": (
        "try: f(1)\nexcept Exception as e: assert type(e).__name__ == 'Own'\nelse: assert 0",
        "raise_(type('Own', (Exception,), {})())",
    ),
    "an error with arguments of its own": (
        "try:\n    f(1)\nexcept UnicodeDecodeError:\n    pass\nelse:\n    assert 0",
        "b'\\xff'.decode()",
    ),
    "a large result": ("assert len(f(1)) == 500_000", "[x] * 500_000"),
    "a result that is changed": (
        "x = f(1)\nx.append(2)\nassert f(1) == [1] and x == [1, 2]",
        "[x]",
    ),
    "an argument that is changed": (
        "x = [1]\ny = f(x)\nx.append(2)\nassert y == 1 and f(x) == 2",
        "len(x)",
    ),
    "not a number": ("assert f(1) != f(1)", "math.nan * x"),
    "a global of the test": ("global n\nn = f(1)\nassert n == 2", "2 * x"),
    "a match": (
        "match f(1):\n    case {'x': [1, *_]}:\n        pass\n    case _:\n        assert False",
        "{'x': [1]}",
    ),
}


@pytest.mark.parametrize(("check", "result"), CHECKS.values(), ids=CHECKS)
def test_assertions_mean_what_they_mean_in_python(
    sandbox: SandboxJudge, monkeypatch: pytest.MonkeyPatch, check: str, result: str
) -> None:
    monkeypatch.setattr(examiner, "MOST_AT_ONCE", 60)
    monkeypatch.setattr(assertion_judge, "MOST_CALLS", 250)
    program = f"def raise_(error):\n    raise error\ndef f(x):\n    return {result}\n"
    verdict = judge(sandbox, asserting(check), program)
    assert verdict.passed, verdict.failure
    wrong = judge(sandbox, asserting(check), "def f(x):\n    return 0 if x == 1 else 1")
    assert wrong.outcome is Outcome.WRONG_ANSWER


def test_a_failure_that_an_earlier_call_causes_is_not_reported(sandbox: SandboxJudge) -> None:
    program = (
        "import math\nseen = math.__dict__.setdefault('seen', [])\nseen.append(1)\n"
        "def f(x):\n    if len(seen) > 2:\n        {}\n    return x"
    )
    checks = [f"assert f({i}) == {i}" for i in range(7)]
    for trouble in ("x = 99", "1 / 0", "import os; os.abort()", "x = object()"):
        verdict = judge(sandbox, asserting(*checks), program.format(trouble))
        assert verdict.passed, (trouble, verdict)


def test_a_failing_program_is_not_asked_for_all_that_loops_want(
    sandbox: SandboxJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assertion_judge, "_LONGEST_BATCH", 0.1)
    slow = "import time\ndef f(x):\n    time.sleep(0.06)\n    return {}"
    check = "for i in range({}):\n    assert f(i) == i"
    assert judge(sandbox, asserting(check.format(8)), slow.format("x")).passed
    verdict = judge(sandbox, asserting(check.format(500)), slow.format("x + 1"))
    assert verdict.outcome is Outcome.WRONG_ANSWER
    assert verdict.seconds < 5


def test_a_test_that_a_program_keeps_going_ends(
    sandbox: SandboxJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assertion_judge, "MOST_ROUNDS", 5)
    endless = asserting("x = 0\nwhile x < 3:\n    x = f(x)\nassert x == 3")
    assert judge(sandbox, endless, "def f(x): return x + 1").passed
    sentence = said(sandbox, endless, "def f(x): return x - 1")
    assert sentence == "the test was not over after 5 calls"


def test_a_test_that_a_result_breaks_is_a_wrong_answer(sandbox: SandboxJudge) -> None:
    patient = asserting("for i in range(f(1)):\n    pass\nassert f(2) == 2")
    sentence = said(sandbox, patient, "def f(x): return x if x == 2 else 10**18")
    assert sentence == (
        "the test could not be finished with what was returned: "
        "it took more than 0.5 seconds of CPU time"
    )


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (
            asserting("assert f(1) == 1", definitions="import nothing_like_it"),
            "ModuleNotFoundError",
        ),
        (asserting("assert f(1) == 1", setup="1 / 0"), "ZeroDivisionError: division by zero"),
        (asserting("assert missing == 1", "assert f(1) == 1"), "NameError: name 'missing'"),
        (asserting("assert 1 == 2", "assert f(1) == 1"), "one that failed without a call"),
        (asserting("assert 1 == 1"), "no call of it"),
        (asserting("while True: pass"), "it took more than"),
        (asserting("import os\nos._exit(0)"), "it ended before"),
        (asserting("import sys\nsys.exit(0)"), "SystemExit"),
        (asserting("g = f\nassert g(object()) == 1"), "NotPlainError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_assertions_are_no_verdict(sandbox: SandboxJudge, broken: Task, found: str) -> None:
    with pytest.raises(CheckerError) as error:
        judge(sandbox, broken, "def f(x): return 1")
    assert str(error.value).startswith("tests/task: assertions: found ")
    assert found in str(error.value)
    assert str(error.value).endswith("; accepted: statements that assert what f returns")


def test_arguments_are_built_where_their_class_is_known_and_nothing_else_goes_there(
    sandbox: SandboxJudge,
) -> None:
    spying = (
        "import sys\nclass Pair:\n    def __init__(self, a, b): self.a, self.b = a, b\n"
        "def longest_chain(pairs, n):\n    return sys._getframe(1).f_locals['call']\n"
    )
    verdict = judge(sandbox, read(MBPP[0]), spying)
    assert verdict.failure is not None
    assert verdict.failure.actual == ("{'source': '[Pair(5, 24), Pair(15, 25), Pair(27, 40)], 3'}")


def test_many_programs_of_many_tasks_are_judged_at_once() -> None:
    async def run() -> Sequence[Verdict]:
        many = SandboxJudge(find_isolation("auto"), SHORT, concurrency=2)
        tasks = [read(line) for line in (*HUMANEVAL[:4], *MBPP[:4])]
        try:
            return await asyncio.gather(*(many.judge(of, of.solutions[0]) for of in tasks * 2))
        finally:
            await many.aclose()

    assert all(verdict.passed for verdict in asyncio.run(run()))


def test_a_tasks_own_time_limit_holds_for_its_assertions_too(sandbox: SandboxJudge) -> None:
    slow = "def f(x):\n    end = process_time() + 0.3\n    while process_time() < end: pass\n"
    program = f"from time import process_time\n{slow}    return x"
    of = asserting("assert f(1) == 1")
    assert judge(sandbox, of, program).passed
    assert judge(sandbox, replace(of, seconds=0.1), program).outcome is Outcome.TIME_LIMIT


def test_a_tasks_time_limit_is_that_of_programs_and_not_of_what_judges_them(
    sandbox: SandboxJudge,
) -> None:
    busy = "def busy():\n    end = process_time() + 0.25\n    while process_time() < end: pass\n"
    definitions = f"from time import process_time\n{busy}    return True\n"
    of = asserting("assert busy() and f(1) == 1", definitions=definitions)
    assert judge(sandbox, replace(of, seconds=0.1), "def f(x): return x").passed


@pytest.mark.parametrize(
    ("of", "program"),
    [
        (asserting("assert f(1) == 1"), "def f(x): return 1"),
        (asserting("assert f(1) == 1"), "def f(x):\n    while True: pass"),
        (asserting("for i in range(f(1)): pass"), "def f(x): return 10**18"),
    ],
    ids=["it passes", "its program is running", "its assertions are running"],
)
def test_nothing_is_left_running_after_a_judgement_or_when_nobody_waits_for_it(
    of: Task, program: str
) -> None:
    async def run() -> None:
        patient = SandboxJudge(find_isolation("auto"), Limits(cpu_seconds=60.0), concurrency=1)
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                assert (await asyncio.wait_for(patient.judge(of, program), 0.5)).passed
            assert (await patient.judge(asserting("assert f(2) == 2"), "def f(x): return x")).passed
        finally:
            await patient.aclose()

    before = family()
    asyncio.run(run())
    assert family() == before


def test_sets_of_tests_that_share_names_do_not_meet(sandbox: SandboxJudge) -> None:
    one = mbpp(1, "Add one.", "def f(x): return x + 1", "assert f(1) == 2")
    two = humaneval(
        1, 'def f(x):\n    """ Add two. """\n', "return x + 2", "assert candidate(1) == 3"
    )
    for _ in range(2):
        for line in (one, two):
            of = read(line)
            assert judge(sandbox, of, of.solutions[0]).passed

"""Verdicts are kept in the store and served again, until something that decides them changes."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import FAILED, PASSED, task
from projects import fenced, write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.checker import tolerant
from pytest_selfrepair.core.task import Assertions, Case, JsonValue, Task
from pytest_selfrepair.core.verdict import Outcome, Ran, Verdict
from pytest_selfrepair.core.verdicts import RememberingJudge, Terms
from pytest_selfrepair.errors import SandboxError
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.sqlite_store import SqliteStore

TERMS = Terms(checker="tolerant", other="apps", limits=(("cpu_seconds", 4.0),))
TASK = task(("1", "2"), ("3", "4"))
CALLED = replace(TASK, fn_name="f", cases=(Case(input=[{"a": 1}], expected=[10**5000]),))


class Counting:
    """A judge that says of every program what it is told to, and counts."""

    isolation = "nowhere"

    def __init__(self, says: Verdict | SandboxError) -> None:
        self.says, self.asked = says, 0

    async def judge(self, task: Task, program: str) -> Verdict:  # noqa: ARG002 - protocol
        self.asked += 1
        if isinstance(self.says, SandboxError):
            raise self.says
        return self.says

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:  # noqa: ARG002
        return Ran(output=given)

    async def aclose(self) -> None:
        """Nothing to give back."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "store")) as opened:
        yield opened


def judged(judge: RememberingJudge, of: Task = TASK, program: str = "print(2)") -> Verdict:
    return asyncio.run(judge.judge(of, program))


def test_a_program_is_judged_once_and_its_verdict_is_the_same_ever_after(
    store: SqliteStore,
) -> None:
    inner = Counting(replace(FAILED, seconds=0.25))
    first = judged(RememberingJudge(inner, store.verdicts, TERMS))
    inner.says = PASSED
    again = RememberingJudge(inner, store.verdicts, TERMS)
    assert judged(again) == first == replace(FAILED, seconds=0.25)
    assert inner.asked == 1
    assert again.notices == []


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, checker="strict"),
        replace(TERMS, other=""),
        replace(TERMS, limits=(("cpu_seconds", 5.0),)),
        replace(TERMS, packages=("numpy",)),
        replace(TERMS, all_cases=True),
        replace(TERMS, version=TERMS.version + 1),
    ],
)
def test_what_decides_beside_the_task_is_part_of_the_key(terms: Terms) -> None:
    assert terms.key(TASK, "") != TERMS.key(TASK, "")


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "another"},
        {"statement": "An absolute error of 1e-3 is forgiven."},
        {"cases": (Case(input="1", expected="2"), Case(input="3", expected="5"))},
        {"cases": TASK.cases[::-1]},
        {"fn_name": "f"},
        {"in_place": True},
        {"checker": "def check(g, e, a): return True"},
        {"assertions": Assertions(definitions="")},
        {"seconds": 1.0},
        {"megabytes": 100},
        {"packages": ("numpy",)},
    ],
)
def test_what_decides_of_a_task_is_part_of_the_key(fields: dict[str, Any]) -> None:
    assert TERMS.key(replace(TASK, **fields), "") != TERMS.key(TASK, "")
    assert TERMS.key(TASK, "a") != TERMS.key(TASK, "b")


def test_named_packages_stand_in_for_those_of_the_source() -> None:
    named = replace(TERMS, packages=("numpy",))
    assert named.key(TASK, "") == TERMS.key(replace(TASK, packages=("numpy",)), "")
    none = replace(TERMS, packages=())
    assert none.key(replace(TASK, packages=("numpy",)), "") == TERMS.key(TASK, "")


def test_a_key_is_the_same_for_an_equal_task_and_takes_values_of_any_kind() -> None:
    assert TERMS.key(replace(CALLED), "\ud800") == TERMS.key(CALLED, "\ud800")
    nan = replace(CALLED, cases=(Case(input=[float("nan"), "\ud800"], expected=None),))
    assert TERMS.key(nan, "") == TERMS.key(replace(nan), "")
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    assert TERMS.key(replace(CALLED, cases=(Case(input=[deep], expected=0),)), "") is None


def test_a_failure_of_the_sandbox_is_not_kept(store: SqliteStore) -> None:
    inner = Counting(SandboxError("it broke"))
    judge = RememberingJudge(inner, store.verdicts, TERMS)
    with pytest.raises(SandboxError):
        judged(judge)
    inner.says = Verdict(outcome=Outcome.SANDBOX_ERROR, cases_run=0, cases_passed=0)
    judged(judge)
    inner.says = PASSED
    assert judged(judge) == PASSED
    assert inner.asked == 3


def test_verdicts_of_a_checker_of_which_nobody_knows_when_it_changes_are_not_kept(
    store: SqliteStore,
) -> None:
    inner = Counting(PASSED)
    judge = RememberingJudge(inner, store.verdicts, TERMS, foreign=lambda _: tolerant)
    assert (judged(judge), judged(judge)) == (PASSED, PASSED)
    assert inner.asked == 2


def test_judging_again_replaces_what_was_kept_and_says_what_changed(store: SqliteStore) -> None:
    inner = Counting(PASSED)
    judge = RememberingJudge(inner, store.verdicts, TERMS)
    judged(judge)
    judged(judge, program="print(3)")
    again = RememberingJudge(inner, store.verdicts, TERMS, rejudge=True)
    judged(again, program="print(3)")
    inner.says = FAILED
    assert judged(again) == FAILED
    [notice] = again.notices
    assert notice == (
        "judged again: 1 of 2 verdicts that were kept changed: tests/task: passed by exact "
        "(2 of 2 cases), now wrong_answer (0 of 1 cases)"
    )
    assert judged(RememberingJudge(inner, store.verdicts, TERMS)) == FAILED
    assert inner.asked == 4


def test_a_store_that_takes_no_verdict_costs_no_task_its_score(store: SqliteStore) -> None:
    judge = RememberingJudge(Counting(PASSED), store.verdicts, TERMS)
    store.close()
    assert judged(judge) == PASSED
    assert judge.notices == [f"verdicts are not kept: {store.path}: the store is closed"]


def test_verdicts_travel_with_samples_and_are_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    key = str(TERMS.key(TASK, "print(2)"))
    for name, verdict in (("a", PASSED), ("b", FAILED)):
        with closing(SqliteStore(Path(name))) as store:
            asyncio.run(store.verdicts.keep_verdict(key, "tasks/\ud800", verdict))
    assert main(["export", "a", "--what", "verdicts", "-o", "a.jsonl"]) == 0
    assert main(["import", "a.jsonl", "--into", "c"]) == 0
    assert main(["import", "a.jsonl", "--into", "c"]) == 0
    assert main(["import", "a.jsonl", "--into", "b"]) == 1
    said = capsys.readouterr().err
    assert "exported 1 verdicts" in said
    assert "a.jsonl:2: not imported: the store has a different one there" in said
    for name, verdict in (("b", FAILED), ("c", PASSED)):
        with closing(SqliteStore(Path(name))) as store:
            assert asyncio.run(store.verdicts.verdict(key)) == verdict


def test_a_replayed_run_judges_nothing_until_it_is_told_to(pytester: pytest.Pytester) -> None:
    write_task(pytester.path / "tasks/1", difficulty="interview", inputs=["1\n"], outputs=["2\n"])
    script = {"tasks": {"tasks/1": {"program": fenced("import time\nprint(time.time_ns())")}}}
    (pytester.path / "script.json").write_text(json.dumps(script))
    arguments = ("tasks", "--selfrepair-model", "scripted:script.json", "--selfrepair-repairs", "0")

    def judged_in(*options: str) -> tuple[list[float], str]:
        """Seconds of judging, which differ where a program is judged anew."""
        said = pytester.runpytest(*arguments, *options).stdout.str()
        with closing(SqliteStore(pytester.path / ".selfrepair/samples.sqlite")) as store:
            [record] = store.records(exchange.runs(store)[-1])
        assert record.grown is not None
        return [each.verdict.seconds for each in record.grown.programs], said

    first, _ = judged_in()
    again, said = judged_in("--selfrepair-replay", "only")
    assert again == first
    assert "judged again" not in said
    anew, said = judged_in("--selfrepair-replay", "only", "--selfrepair-rejudge")
    assert anew != first
    assert "note: judged again: 0 of 1 verdicts that were kept changed" in said

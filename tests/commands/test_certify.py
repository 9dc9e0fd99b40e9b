"""`selfrepair certify` puts on one page what a reader must know to trust a run's verdicts."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import FAILED, PASSED, grown
from comparing import SETUP
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.record import Record, References
from pytest_selfrepair.core.verdict import CaseFailure, Outcome, Verdict
from pytest_selfrepair.sandbox.referee import CHECKER_BROKE
from pytest_selfrepair.store.sqlite_store import SqliteStore

SLOW = Verdict(outcome=Outcome.TIME_LIMIT, cases_run=1, cases_passed=0)
BROKEN = replace(FAILED, failure=CaseFailure(error=f"{CHECKER_BROKE}: ValueError"))
LACKING = replace(FAILED, lacks="pandas")


def record(name: str, *verdicts: Verdict, otherwise: int = 0, **fields: Any) -> Record:
    made = grown([verdict.passed for verdict in verdicts])
    programs = tuple(
        replace(node, verdict=verdict)
        for node, verdict in zip(made.programs, verdicts, strict=True)
    )
    return Record(
        task_id=name,
        statement=f"Solve {name}.",
        setup=SETUP,
        grown=replace(made, programs=programs),
        references=References(tried=2, passed=2 - otherwise, otherwise=otherwise),
        packages=("numpy 2.0",),
        time_limit=4.0,
        **fields,
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of two runs, which disagree on one program."""
    monkeypatch.chdir(tmp_path)
    with closing(SqliteStore(tmp_path / "store")) as store:
        first = store.begin_run()
        store.add_record(first, record("t/a", FAILED, FAILED))
        second = store.begin_run()
        store.add_record(second, record("t/a", PASSED, SLOW, digest="d" * 64))
        store.add_record(second, record("t/b|`x`", BROKEN, LACKING, otherwise=1))
        store.add_record(second, Record(task_id="t/c", unscored="it broke"))
    return tmp_path


@pytest.mark.usefixtures("here")
def test_the_json_has_every_fact() -> None:
    assert main(["certify", "store", "-o", "page.json"]) == 0
    found = json.loads(Path("page.json").read_text())
    assert (found["verdicts"], found["near"], found["near_known"]) == (4, 1, 1)
    assert (found["checker_broke"], found["lacking"], found["unscored"]) == (1, {"pandas": 1}, 1)
    assert found["packages"] == ["numpy 2.0"]
    assert found["levels"] == [SETUP.isolation]
    assert found["references"]["ambiguous"] == ["t/b|`x`"]
    assert found["unstable"] == [
        "t/a: passed here, wrong_answer in another run",
        "t/a: time_limit here, wrong_answer in another run",
    ]
    tasks = {each["task_id"]: each for each in found["tasks"]}
    assert tasks["t/a"]["digest"] == "d" * 64
    assert (tasks["t/b|`x`"]["passed"], tasks["t/b|`x`"]["ambiguous"]) == (1, True)
    assert tasks["t/c"]["tried"] is None


@pytest.mark.usefixtures("here")
def test_the_page_is_one_of_markdown_with_doubtful_tasks_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["certify", "store::2"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("# Verdicts of run 2 of store")
    for line in (
        "- 3 of 4 reference solutions of 2 tasks pass",
        "- 1 tasks are ambiguous: solved with them 1 of 2, without them 1 of 1",
        "- 1 of 1 verdicts of which that is known lie within a factor of two of the time limit",
        "- 2 programs were judged otherwise in another run of the store",
        "- a task's own checker broke on 1 answers, which count as wrong",
        "- programs that import what they may not have: pandas 1",
        r"| t/b\|\`x\` | 1 of 2 | ambiguous |",
    ):
        assert line in text
    assert text.index("t/b") < text.index("| t/a ")
    assert len(text.splitlines()) < 60


@pytest.mark.usefixtures("here")
def test_what_cannot_be_certified_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", "store::9"]) == 2
    with closing(SqliteStore(Path("empty"))) as store:
        store.begin_run()
    assert main(["certify", "empty"]) == 2
    assert "which has no record" in capsys.readouterr().err

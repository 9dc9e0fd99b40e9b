"""All feedback sources in one run of the whole plugin, two levels deep."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from endpoints import Serve
from projects import fenced, write_task
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import program_hash
from pytest_selfrepair.store.sqlite_store import SqliteStore

MODES = {"serial": ("-p", "no:xdist"), "n0": ("-n0",), "n2": ("-n2",)}
CRITIC = "scripted:critic.json"
SOURCES = (
    *("self", "self:separate", CRITIC, "none", "blind", "placebo", "cases", "trace"),
    *("reference", f"reference:{CRITIC}", "human", "human:more.jsonl"),
)
BAD = fenced("print(int(input()) ** 2)")
TEXT = "It squares n."


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SELFREPAIR_FEEDBACK_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    root = pytester.path
    pytester.makeini("[pytest]\n")
    for name, statement in (("0001", "Print twice n."), ("0002", "Print n doubled.")):
        write_task(
            root / f"tasks/{name}",
            difficulty="interview",
            inputs=["0\n", "3\n", "4\n"],
            outputs=["0\n", "6\n", "8\n"],
            statement=statement,
        )
    (root / "tasks/0001/solutions.json").write_text(json.dumps(["print(2 * int(input()))"]))
    coder = {
        "program": BAD,
        "feedback": "It squares.",
        "repair": fenced("print(int(input()) + 1)"),
        "p0/cases/r0/r0": fenced("print(2 * int(input()))"),
    }
    (root / "coder.json").write_text(json.dumps({"tasks": {"*": coder}}))
    (root / "critic.json").write_text(json.dumps({"tasks": {"*": {"feedback": "Square? No."}}}))
    answer = {
        "task_id": "tasks/0001",
        "program_hash": program_hash("print(int(input()) ** 2)\n"),
        "participant": "ann",
        "feedback": TEXT,
        "seconds": 40,
    }
    (root / "more.jsonl").write_text(json.dumps(answer))
    (root / ".selfrepair").mkdir()
    store = sqlite3.connect(root / ".selfrepair/annotations.sqlite")
    with store:
        store.execute(f"CREATE TABLE answers ({', '.join(answer)})")
        store.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", tuple(answer.values()))
    store.close()
    return root


def records(root: Path) -> dict[str, Record]:
    with closing(SqliteStore(root / ".selfrepair/samples.sqlite")) as store:
        return {record.task_id: record for record in store.records(1)}


CODED = ("tasks", "--selfrepair-model", "scripted:coder.json", "--selfrepair-programs", "1")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*CODED, *arguments)


@pytest.mark.parametrize(
    "mode", ["serial", *(pytest.param(mode, marks=pytest.mark.thorough) for mode in ("n0", "n2"))]
)
def test_every_source_repairs_the_same_programs(
    pytester: pytest.Pytester, project: Path, mode: str
) -> None:
    chosen = [word for name in SOURCES for word in ("--selfrepair-feedback", name)]
    result = run(pytester, *chosen, *MODES[mode], "--selfrepair-depth", "2")
    result.stdout.fnmatch_lines(
        [
            "selfrepair: scripted:coder.json*n_p = 1, n_fr = 1, depth 2*",
            "*1 failing program without feedback, left out*",
            "*leaks the reference solution*",
            "*2 repaired in*",
        ]
    )
    first, second = (records(project)[f"tasks/{name}"].grown for name in ("0001", "0002"))
    assert first is not None
    assert second is not None
    assert [tree.source for tree in first.trees] == list(SOURCES)
    texts = {
        tree.source: tree.repairs[0].feedback.text
        for tree in first.trees
        if tree.repairs[0].feedback is not None
    }
    assert texts["self:separate"] == "It squares."
    assert texts[CRITIC] == texts[f"reference:{CRITIC}"] == "Square? No."
    assert texts["human"] == texts["human:more.jsonl"] == TEXT
    assert texts["cases"].startswith("1. The input was '3\\n'.")
    assert "2. The input was '4\\n'." in texts["cases"]
    assert "1: print(int(input()) ** 2)" in texts["trace"]
    assert texts["none"] == ""
    silent = {tree.source: tree.unanswered for tree in second.trees if tree.unanswered}
    assert set(silent) == {"human", "human:more.jsonl", "reference", f"reference:{CRITIC}"}
    deep = {tree.source: tree.repairs[-1].node for tree in first.trees}
    assert deep["cases"] == "p0/cases/r0/r0"
    assert deep["human"] == "p0/human/r0"


@pytest.mark.usefixtures("project")
def test_a_plan_counts_texts_and_repairs_apart_and_every_level(pytester: pytest.Pytester) -> None:
    shape = ("--selfrepair-feedbacks", "2", "--selfrepair-repairs", "3", "--selfrepair-depth", "2")
    result = run(pytester, *shape, "--selfrepair-feedback", CRITIC, "--selfrepair-plan")
    result.stdout.fnmatch_lines(["*2 programs, 28 explanations, 84 repairs,*"])


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--selfrepair-feedback", "none:x"),
            "*found 'none:x' (did you mean 'none'?); accepted: self*",
        ),
        (("--selfrepair-feedback", "human:no.db"), "*no.db: No such file*accepted: a file of*"),
        (
            (
                *("--selfrepair-feedback", "human:./more.jsonl"),
                *("--selfrepair-feedback", "human:more.jsonl"),
            ),
            "*found two sources called 'human:more.jsonl'*",
        ),
        (("--selfrepair-depth", "0"), "*--selfrepair-depth: found '0'; accepted: a whole*"),
        (("--selfrepair-feedbacks", "0"), "*--selfrepair-feedbacks: found '0'; accepted: a*"),
        (
            (
                *("--selfrepair-feedback", "gpt-4"),
                *("--selfrepair-feedback-base-url", "https://api.openai.com/v1"),
            ),
            "*SELFREPAIR_FEEDBACK_API_KEY: found nothing; accepted: the endpoint's key*",
        ),
    ],
)
def test_what_a_source_cannot_be_is_one_line(
    pytester: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    result = pytester.runpytest_inprocess(*CODED, *arguments)
    assert result.ret == 4
    result.stderr.fnmatch_lines([said])


def test_two_models_are_asked_at_two_endpoints_with_two_keys(
    pytester: pytest.Pytester, project: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = fenced("print(2 * int(input()))")
    coder = serve(tasks={"*": {"program": BAD, "repair": good}}, api_key="sk-code")
    critic = serve(tasks={"*": {"feedback": "Square? No."}}, api_key="sk-words", models=["gpt-4"])
    monkeypatch.setenv("OPENAI_API_KEY", "sk-code")
    monkeypatch.setenv("SELFREPAIR_FEEDBACK_API_KEY", "sk-words")
    result = pytester.runpytest(
        *("tasks", "--selfrepair-model", "gpt-3.5-turbo", "--selfrepair-feedback", "gpt-4"),
        *("--selfrepair-base-url", coder.base_url, "--selfrepair-programs", "1"),
        *("--selfrepair-feedback-base-url", critic.base_url, "--selfrepair-prompts", "paper"),
    )
    result.stdout.fnmatch_lines(["*2 repaired in*"])
    [setup] = {str(record.setup) for record in records(project).values()}
    assert "paper@" in setup
    stored = b"".join(path.read_bytes() for path in project.rglob("*") if path.is_file())
    assert b"sk-code" not in stored.replace(b'"api_key": "sk-code"', b"")
    assert b"sk-words" not in stored.replace(b'"api_key": "sk-words"', b"")

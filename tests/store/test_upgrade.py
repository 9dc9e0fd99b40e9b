"""Stores of layout 4, which kept every prompt whole, are packed in place."""

import asyncio
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from builders import FAILED, PASSED, RECORD
from projects import write_project
from pytest_selfrepair.cli import main
from pytest_selfrepair.store.layout import SCHEMA
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, earlier_store, finish, put_text, replied, start

STATEMENT = "Given n, print the n-th number that is neither even nor prime. " * 30
NODES = ["p0", "p1", "p0/self/r0", "p0/self/r1", "p1/self/f0", "p1/self/r0", "p\udc80"]
PAIRS = [
    (
        asked(node, task_id=task, content=f"{STATEMENT}{task}\n{node[:2]}"),
        replied(f"{node} of {task}: {STATEMENT[:200]}"),
    )
    for task in ("a", "b", "tasks/\udcff")
    for node in NODES
]
VERDICTS = {"1" * 64: PASSED, "2" * 64: FAILED}
RECORDS = [replace(RECORD, task_id=task) for task in ("a", "b")]
SLOWED = """
from pytest_selfrepair.store import layout, upgrade
upgrade._AT_ONCE = 2
done = []
def go_on(*given, before=upgrade._go_on):
    if len(done) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(None)
    return before(*given)
upgrade._go_on = go_on
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "samples.sqlite"
    earlier_store(found, PAIRS, VERDICTS, RECORDS)
    return found


def exported(path: Path) -> str:
    out = path.with_name("out.jsonl")
    assert main(["export", str(path), "-o", str(out)]) == 0
    return out.read_text("ascii")


@pytest.fixture
def as_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is exported of the store while it is text: read where nothing may be written."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda *_: False)
        before = path.read_bytes()
        text = exported(path)
        assert path.read_bytes() == before
    return text


def kinds(path: Path) -> set[str]:
    """Of what types the columns are that are packed."""
    query = """
        SELECT typeof(request) FROM samples UNION SELECT typeof(sample) FROM samples
        UNION SELECT typeof(verdict) FROM verdicts UNION SELECT typeof(record) FROM records
    """
    with closing(sqlite3.connect(path)) as connection:
        return {kind for (kind,) in connection.execute(query)}


def layout(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 2").fetchall()
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return [(kind, name) for kind, name, _ in rows]


def test_all_is_packed_and_comes_out_as_it_was(path: Path, as_before: str, tmp_path: Path) -> None:
    before = path.stat().st_size
    assert exported(path) == as_before
    assert kinds(path) == {"blob"}
    assert path.stat().st_size < before
    with closing(SqliteStore(path)) as store:
        keys = [request.key for request, _ in PAIRS]
        assert asyncio.run(store.get_many(keys)) == {asked.key: sample for asked, sample in PAIRS}
        assert asyncio.run(store.stored_requests("a", "p1/self/r0")) == [
            asked for asked, _ in PAIRS if (asked.task_id, asked.node) == ("a", "p1/self/r0")
        ]
        assert asyncio.run(store.verdicts.verdict("2" * 64)) == FAILED
        assert list(store.records(1)) == RECORDS
    SqliteStore(tmp_path / "new").close()
    assert layout(path) == layout(tmp_path / "new")


def test_the_whole_text_of_a_prompt_is_kept_once(path: Path) -> None:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        prompts = connection.execute("SELECT base, length(body) FROM prompts").fetchall()
    distinct = {(asked.task_id, asked.messages, asked.node == NODES[-1]) for asked, _ in PAIRS}
    assert len(prompts) == len(distinct)
    assert sum(base is None for base, _ in prompts) == 3, "the first of each task"
    assert all(length < 200 for base, length in prompts if base is not None)


@pytest.mark.parametrize("batches", [0, 1, 5, 11, 12, 14, 16])
def test_a_process_that_is_killed_midway_loses_and_doubles_nothing(
    path: Path, as_before: str, batches: int
) -> None:
    process = start("", path, batches, before=SLOWED)
    process.communicate(timeout=60)
    assert process.returncode == -9
    assert exported(path) == as_before
    assert kinds(path) == {"blob"}
    assert ("table", "packing") not in layout(path)


def test_two_processes_pack_one_store_at_the_same_time(path: Path, as_before: str) -> None:
    both = [start("store.close()", path, 1000, before=SLOWED) for _ in range(2)]
    for each in both:
        finish(each)
    assert exported(path) == as_before
    assert kinds(path) == {"blob"}


def test_a_row_that_makes_no_sense_is_left_and_the_others_are_packed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE samples SET request = '{' WHERE task_id = 'a' AND node = 'p0'")
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        left = connection.execute("SELECT request FROM samples WHERE typeof(request) = 'text'")
        assert left.fetchall() == [("{",)]


def test_what_is_filed_by_a_process_of_the_earlier_version_is_read(path: Path) -> None:
    """One that had the store open before it was packed, and goes on."""
    SqliteStore(path).close()
    late = (asked("p9", task_id="a"), replied("late"))
    with closing(sqlite3.connect(path)) as connection, connection:
        put_text(connection, *late)
    with closing(SqliteStore(path)) as store:
        assert asyncio.run(store.get_many([late[0].key])) == {late[0].key: late[1]}
        assert asyncio.run(store.put(asked("p9/self/r0", task_id="a"), replied())) == replied()


def test_a_command_says_once_that_it_brings_a_store_up_to_date(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["runs", str(path)]) == 0
    rows = len(PAIRS) + len(VERDICTS) + len(RECORDS)
    assert capsys.readouterr().err.splitlines() == [
        (
            f"selfrepair: {path}: updates {rows} rows that an earlier version wrote, once; "
            "this may be interrupted, and continues when the store is next opened"
        ),
        f"selfrepair: {path}: is up to date",
    ]


def test_what_a_killed_process_has_packed_is_not_counted_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start("", path, 5, before=SLOWED).communicate(timeout=60)
    assert main(["runs", str(path)]) == 0
    rows = len(PAIRS) + len(VERDICTS) + len(RECORDS)
    assert f"updates {rows - 5 * 2} rows" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("-q", "-n2")])
def test_a_run_says_so_too(pytester: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    write_project(pytester.path)
    earlier_store(pytester.path / "old.sqlite", PAIRS, VERDICTS, RECORDS)
    for said in (1, 0):
        result = pytester.runpytest(
            *("tasks", "--selfrepair-model", "scripted:script.json", "-k", "0001"),
            *("--selfrepair-store=old.sqlite", *arguments),
        )
        lines = [line for line in result.outlines if line.startswith("self-repair: ")]
        assert len(lines) == 2 * said
    result.stdout.no_fnmatch_line("*up to date*")

"""Samples and records in one SQLite file."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.errors import ReplayMissError, StoreError
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.store.samples import SqliteStore
from test_record import RECORD

REQUEST = SampleRequest(
    model="gpt-4",
    messages=(Message(role=Role.USER, content="\ud800 hello"),),
    params=SamplingParams(),
    task_id="t",
    node="p0",
)
SAMPLE = Sample(
    text="print('\udc00')",
    usage=Usage(completion_tokens=3, prompt_tokens=None, counted_by="tiktoken:o200k_base"),
    finish_reason="stop",
)


class Counting:
    """A model that counts how often it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = 0

    async def sample(self, request: SampleRequest) -> Sample:
        self.asked += 1
        return Sample(text=f"{request.node} {self.asked}", usage=SAMPLE.usage, finish_reason="stop")

    async def aclose(self) -> None:
        pass


def test_a_sample_is_served_again_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "samples.sqlite"
    first = SqliteStore(path)
    asyncio.run(first.put(REQUEST, SAMPLE))
    first.close()
    second = SqliteStore(path)
    assert asyncio.run(second.get_many([REQUEST.key, "another key"])) == {REQUEST.key: SAMPLE}
    second.close()


def test_records_of_a_run_come_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "samples.sqlite")
    run, other = store.begin_run(), store.begin_run()
    store.add_record(run, RECORD)
    assert list(store.records(run)) == [RECORD]
    assert list(store.records(other)) == []
    store.close()


def test_what_was_put_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "samples.sqlite"
    child = (
        "import asyncio, os, sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from test_store import REQUEST, SAMPLE, SqliteStore\n"
        "store = SqliteStore(Path(sys.argv[1]))\n"
        "asyncio.run(store.put(REQUEST, SAMPLE))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", child, str(path), str(Path(__file__).parent)]
    assert subprocess.run(command, check=False).returncode == -9
    store = SqliteStore(path)
    assert asyncio.run(store.get_many([REQUEST.key])) == {REQUEST.key: SAMPLE}
    store.close()


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a database at all" * 100)
    with pytest.raises(StoreError, match=r"notes\.txt.*--selfrepair-store"):
        SqliteStore(path)
    assert path.read_text().startswith("these are my notes")


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "samples.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="later version"):
        SqliteStore(path)


def test_neither_a_key_nor_a_header_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "samples.sqlite"
    store = SqliteStore(path)
    asyncio.run(store.put(REQUEST, SAMPLE))
    store.close()
    assert b"Authorization" not in path.read_bytes()


@pytest.mark.parametrize(
    ("replay", "asked"), [(Replay.OFF, 2), (Replay.AUTO, 1)], ids=["off", "auto"]
)
def test_a_second_draw_of_one_node_is_paid_for_only_without_replay(
    tmp_path: Path, replay: Replay, asked: int
) -> None:
    store = SqliteStore(tmp_path / "samples.sqlite")
    paid = Counting()
    model = RecordingModel(model=paid, store=store, replay=replay)
    first = asyncio.run(model.sample(REQUEST))
    second = asyncio.run(model.sample(REQUEST))
    assert paid.asked == asked
    assert not first.replayed
    assert second.replayed == (replay is Replay.AUTO)
    store.close()


def test_two_draws_of_equal_messages_never_collapse_into_one(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "samples.sqlite")
    paid = Counting()
    model = RecordingModel(model=paid, store=store, replay=Replay.AUTO)
    texts = {
        asyncio.run(
            model.sample(
                SampleRequest(
                    model=REQUEST.model,
                    messages=REQUEST.messages,
                    params=REQUEST.params,
                    task_id="t",
                    node=node,
                )
            )
        ).text
        for node in ("p0", "p1", "p0/self/r0")
    }
    assert len(texts) == 3
    store.close()


def test_replay_only_names_the_task_and_node_that_is_missing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "samples.sqlite")
    paid = Counting()
    model = RecordingModel(model=paid, store=store, replay=Replay.ONLY)
    with pytest.raises(ReplayMissError, match=r"t: no stored sample of gpt-4 for node p0"):
        asyncio.run(model.sample(REQUEST))
    assert paid.asked == 0
    store.close()


def test_many_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    child = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from test_store import SqliteStore\n"
        "sys.stdin.read()\n"
        "SqliteStore(Path(sys.argv[1])).close()\n"
    )
    command = [sys.executable, "-c", child, str(tmp_path / "s.sqlite"), str(Path(__file__).parent)]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(6)]
    for process in children:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(60) for process in children] == [0] * 6

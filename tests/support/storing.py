"""Requests, samples and other processes, for tests of the store."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
    Usage,
)
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.rows import column

LAYOUT_4 = """
CREATE TABLE samples (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    node TEXT NOT NULL,
    request TEXT NOT NULL,
    sample TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    uid TEXT NOT NULL DEFAULT ''
);
CREATE TABLE records (
    run INTEGER NOT NULL REFERENCES runs (id),
    task_id TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, task_id)
) WITHOUT ROWID;
CREATE INDEX samples_by_place ON samples (task_id, node);
CREATE UNIQUE INDEX runs_by_uid ON runs (uid);
CREATE TABLE campaigns (
    campaign TEXT PRIMARY KEY,
    tokens INTEGER NOT NULL DEFAULT 0,
    picodollars INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    lost_tokens INTEGER NOT NULL DEFAULT 0,
    lost_picodollars INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE reservations (
    id INTEGER PRIMARY KEY,
    campaign TEXT NOT NULL,
    owner TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    picodollars INTEGER NOT NULL,
    key TEXT
);
CREATE UNIQUE INDEX reservations_by_key ON reservations (key);
CREATE TABLE payments (
    run TEXT PRIMARY KEY,
    samples INTEGER NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0,
    picodollars INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE verdicts (
    key TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    verdict TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX verdicts_by_task ON verdicts (task_id);
PRAGMA user_version = 4;
PRAGMA application_id = 1579110049;
"""
"""The layout as version 4 of it was published."""

HERE = Path(__file__).parent
PROLOGUE = f"""
import asyncio, os, signal, sys, time
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from storing import asked, replied
from pytest_selfrepair.core.run_account import RunLimits, Wanted
from pytest_selfrepair.store.sqlite_store import SqliteStore
"""
OPEN = "store = SqliteStore(Path(sys.argv[1]))\n"


def asked(
    node: str = "p0",
    *,
    model: str = "gpt-4",
    content: str = "\ud800 hello",
    task_id: str = "t",
    params: SamplingParams | None = None,
) -> SampleRequest:
    """A request of one message."""
    return SampleRequest(
        model=model,
        messages=(Message(role=Role.USER, content=content),),
        params=params or SamplingParams(),
        task_id=task_id,
        node=node,
    )


def replied(text: str = "print('\udc00')", *, tokens: int = 3, reason: str = "stop") -> Sample:
    """A sample that the endpoint has counted no prompt tokens of."""
    usage = Usage(completion_tokens=tokens, prompt_tokens=None, counted_by="tiktoken:o200k_base")
    return Sample(text=text, usage=usage, finish_reason=reason)


def start(code: str, store: Path, *arguments: object, before: str = "") -> subprocess.Popen[str]:
    """Another Python that has opened the store as `store`, after some code, and runs some more."""
    words = [str(argument) for argument in arguments]
    command = [sys.executable, "-c", PROLOGUE + before + OPEN + code, str(store), *words]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for its end, which must be a good one, and give back what it printed."""
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output


def put_text(connection: sqlite3.Connection, request: SampleRequest, sample: Sample) -> None:
    """File a sample as layouts 1 to 4 did: the whole request and the sample, as text."""
    texts = (json.dumps(msgspec.to_builtins(each)) for each in (request, sample))
    columns = (column(each) for each in (request.model, request.task_id, request.node))
    row = (request.key, *columns, *texts)
    connection.execute("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?)", row)


def earlier_store(
    path: Path,
    pairs: Iterable[tuple[SampleRequest, Sample]] = (),
    verdicts: Mapping[str, Verdict] | None = None,
    records: Iterable[AnyRecord] = (),
) -> None:
    """A store of layout 4, as the version before layout 5 wrote it, with one run."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(LAYOUT_4)
        for request, sample in pairs:
            put_text(connection, request, sample)
        for key, verdict in (verdicts or {}).items():
            text = json.dumps(msgspec.to_builtins(verdict))
            connection.execute("INSERT INTO verdicts VALUES (?, 't', ?)", (key, text))
        connection.execute("INSERT INTO runs (id, uid) VALUES (1, '0123456789abcdef')")
        for record in records:
            row = (1, record.task_id, record.to_json())
            connection.execute("INSERT INTO records VALUES (?, ?, ?)", row)

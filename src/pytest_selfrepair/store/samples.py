"""Samples as they are paid for and records as they end, in one SQLite file."""

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import StoreError

SCHEMA = 1
"""The version of the file's layout, kept in its `user_version`."""

_LOCK_SECONDS = 30.0
_LAYOUT = """
CREATE TABLE samples (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    node TEXT NOT NULL,
    request TEXT NOT NULL,
    sample TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE records (
    run INTEGER NOT NULL REFERENCES runs (id),
    task_id TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, task_id)
) WITHOUT ROWID;
"""

_T = TypeVar("_T")


class SqliteStore:
    """One file, written by every process of a run at once (write-ahead log, full sync).

    Texts are stored as ASCII JSON: half a surrogate pair in a reply cannot break the file. Neither
    keys nor headers are part of a request, so none reaches it.

    Args:
        path: The file; it and its folder are made where they are missing.

    Raises:
        StoreError: The file cannot be opened, is no such store, or is of a later version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection = self._guarded(self._open_when_free)

    def _open_when_free(self) -> sqlite3.Connection:
        """Open the file; while another process makes it, SQLite refuses rather than waits."""
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                return self._open()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _LAYOUT.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            connection.close()
            raise
        if version > SCHEMA:
            connection.close()
            raise StoreError(
                f"{self._path}: written by a later version (layout {version}; accepted: up to "
                f"{SCHEMA}); update pytest-selfrepair or give another --selfrepair-store"
            )
        return connection

    async def get(self, key: str) -> Sample | None:
        """The sample filed under a request's key, or None.

        Raises:
            StoreError: The file cannot be read.
        """
        row = await asyncio.to_thread(
            self._execute, "SELECT sample FROM samples WHERE key = ?", (key,)
        )
        return msgspec.convert(json.loads(row[0][0]), Sample) if row else None

    async def put(self, request: SampleRequest, sample: Sample) -> None:
        """File a sample; when this returns, it is on disk.

        Raises:
            StoreError: The file cannot be written.
        """
        await asyncio.to_thread(
            self._execute,
            "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?)",
            (
                request.key,
                request.model,
                request.task_id,
                request.node,
                json.dumps(msgspec.to_builtins(request)),
                json.dumps(msgspec.to_builtins(sample)),
            ),
        )

    def begin_run(self) -> int:
        """Open a new run and return its number."""
        with self._lock:
            cursor = self._guarded(
                lambda: self._connection.execute("INSERT INTO runs DEFAULT VALUES")
            )
        run = cursor.lastrowid
        if run is None:
            raise StoreError(f"{self._path}: the new run got no number")
        return run

    def add_record(self, run: int, record: Record) -> None:
        """Keep a record; a later one of the same task takes its place."""
        self._execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
            (run, record.task_id, record.to_json()),
        )

    def records(self, run: int) -> Iterator[Record]:
        """The records of a run, by task."""
        rows = self._execute("SELECT record FROM records WHERE run = ? ORDER BY task_id", (run,))
        return (Record.from_json(text) for (text,) in rows)

    def close(self) -> None:
        """Give back the file."""
        with self._lock:
            self._connection.close()

    def _execute(self, statement: str, values: tuple[str | int, ...]) -> list[tuple[str, ...]]:
        with self._lock:
            return self._guarded(lambda: self._connection.execute(statement, values).fetchall())

    def _guarded(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self._path}: {error}; give another file by --selfrepair-store, or free this one"
            ) from error

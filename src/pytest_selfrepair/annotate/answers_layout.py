"""The schema of the answers file: created, and checked when the file is opened."""

import contextlib
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.place import refuse_network, shared_by_hosts
from pytest_selfrepair.store.store_failure import is_busy

_APPLICATION = 0x5E1F4EA2
_VERSION = 1
PATIENCE = 2.0
"""Seconds to wait for another process, with the page waiting meanwhile."""
MOST_SECONDS = 86_400.0
"""The most seconds counted for one text; more mean that a window was left open."""

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]
"""Begins a transaction of an open file: all or nothing, on disk when it ends."""

_TABLES = """
CREATE TABLE answers (
    task_id TEXT NOT NULL,
    program_hash TEXT NOT NULL,
    participant TEXT NOT NULL,
    feedback TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (task_id, program_hash, participant)
);
CREATE TABLE drafts (
    task_id TEXT NOT NULL,
    program_hash TEXT NOT NULL,
    participant TEXT NOT NULL,
    text TEXT NOT NULL,
    seconds REAL NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (task_id, program_hash, participant)
) WITHOUT ROWID;
CREATE TABLE judgements (
    task_id TEXT NOT NULL,
    program_hash TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    participant TEXT NOT NULL,
    accuracy TEXT NOT NULL,
    change TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (task_id, program_hash, text_hash, source, participant)
) WITHOUT ROWID;
CREATE TABLE people (
    participant TEXT PRIMARY KEY,
    consent TEXT,
    withdrawn INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE keys (key TEXT NOT NULL)"""
_ACCEPTED = "accepted: a new file, or one that `selfrepair annotate` wrote"


def open_file(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the file; a foreign file, or one of a later version, is not changed.

    Args:
        path: The file.
        create: Whether to create a missing file, readable by its owner only.

    Raises:
        StoreError: It cannot be opened, is not an answers file, or is on a network file system.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _open(path, create=create)
        except (sqlite3.Error, OSError) as error:
            # While another process makes the file, SQLite refuses rather than waits.
            if not is_busy(error) or time.monotonic() > deadline:
                raise explain(path, error) from error
            time.sleep(0.05)


def explain(path: Path, error: Exception) -> StoreError:
    """Explain an error of SQLite or the file system to the user."""
    return StoreError(f"{path}: {error}; {_ACCEPTED}")


def _open(path: Path, *, create: bool) -> sqlite3.Connection:
    refuse_network(
        path,
        shared_by_hosts(path),
        option="--answers",
        instead="serve the page from one host, and let the others come to it",
    )
    if create and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    elif not path.is_file():
        raise StoreError(f"{path}: no such file; accepted: answers that people wrote")
    with contextlib.ExitStack() as stack:
        connection = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        stack.callback(connection.close)
        _prepare(connection, path)
        stack.pop_all()
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Reject a foreign file before writing anything; create the tables of a new one."""
    _refuse_others(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO keys VALUES (?)", (secrets.token_hex(32),))
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _refuse_others(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN")  # in one transaction, as another process may be creating the file
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.execute("COMMIT")
    if application != _APPLICATION and (application or version or tables):
        raise StoreError(f"{path}: found another application's database; {_ACCEPTED}")
    if version > _VERSION:
        raise StoreError(
            f"{path}: written by a later version (layout {version}; accepted: up to {_VERSION}); "
            "update pytest-selfrepair"
        )

"""Create, recognise and upgrade the layout of a store's file on opening."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.packing import unpacked
from pytest_selfrepair.store.place import refuse_network, shared_by_hosts
from pytest_selfrepair.store.store_failure import explain, is_busy, no_store
from pytest_selfrepair.store.upgrade import PACKING, pack

SCHEMA = 5
"""The version of the layout, in the file's `user_version`."""

_APPLICATION = 0x5E1F4EA1
"""The file's `application_id`, from version 2 on."""

_STEPS = (
    # 1: samples and records
    """
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
""",
    # 2: the ledger; samples by place; unique ids of runs across stores. Dollars are whole numbers
    # of 1e-12 dollars, so that sums are exact.
    """
CREATE INDEX samples_by_place ON samples (task_id, node);
ALTER TABLE runs ADD COLUMN uid TEXT NOT NULL DEFAULT '';
UPDATE runs SET uid = lower(hex(randomblob(8)));
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
    picodollars INTEGER NOT NULL
);
""",
    # 3: a reservation claims its draw by the draw's key; the payments of each run
    """
ALTER TABLE reservations ADD COLUMN key TEXT;
CREATE UNIQUE INDEX reservations_by_key ON reservations (key);
CREATE TABLE payments (
    run TEXT PRIMARY KEY,
    samples INTEGER NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0,
    picodollars INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
""",
    # 4: verdicts, each under the hash of all that decides it
    """
CREATE TABLE verdicts (
    key TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    verdict TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX verdicts_by_task ON verdicts (task_id);
""",
    # 5: prompts, each once under its digest, perhaps packed relative to another. A sample's
    # `request` is then its prompt's digest, and samples, verdicts and records are packed blobs.
    # Earlier layouts have text, which `upgrade` packs row by row. Names and notes of runs.
    """
CREATE TABLE prompts (
    digest BLOB PRIMARY KEY,
    base BLOB REFERENCES prompts (digest),
    body BLOB NOT NULL
);
ALTER TABLE runs ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
""",
)
_TABLES = {"samples", "runs", "records"}
_WHOLE = 4
"""The first version with everything that is read, though perhaps as text."""


OPTION = "--selfrepair-store"
_INSTEAD = "let each host have a store of its own, and join them by `selfrepair merge`"

PRIVATE = 0o600
"""Only the user may read a store, which holds prompts and replies. SQLite's logs inherit this."""


def open_file(
    path: Path, *, patience: float, create: bool = True, reading: bool = False
) -> sqlite3.Connection:
    """Open a store's file; other files, and later versions, are left untouched.

    It is opened read-only (`is_read_only`) if it cannot be written, or if it is on a network file
    system and not to be created.

    Args:
        path: The file.
        patience: Seconds to wait for other processes, now and in every later transaction.
        create: Whether to create a missing file and its folder.
        reading: Whether to open it read-only in any case.

    Raises:
        StoreError: The file cannot be opened, is not a store, is of a later version, or would be
            written on a network file system.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _open(path, patience, create=create, reading=reading)
        except (sqlite3.Error, OSError) as error:
            # While another process creates the file, SQLite fails instead of waiting.
            if not is_busy(error) or time.monotonic() > deadline:
                raise explain(path, error) from error
            time.sleep(0.05)


def refuse_shared(path: Path) -> None:
    """Refuse a store that hosts could share.

    Raises:
        StoreError: The path is on a network file system.
    """
    refuse_network(path, shared_by_hosts(path), option=OPTION, instead=_INSTEAD)


def _open(path: Path, patience: float, *, create: bool, reading: bool) -> sqlite3.Connection:
    shared = shared_by_hosts(path)
    if create:
        refuse_network(path, shared, option=OPTION, instead=_INSTEAD)
    if path.is_file():
        if shared is not None:
            return _open_to_read(path, patience, shared=True)
        if reading or not all(os.access(each, os.W_OK) for each in (path, path.parent)):
            return _open_to_read(path, patience)
    elif not create:
        raise StoreError(f"{path}: no such file; accepted: a store that a run has written")
    elif not path.exists():  # anything else there is reported by SQLite
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE))
    connection = sqlite3.connect(
        path, timeout=patience, isolation_level=None, check_same_thread=False
    )
    try:
        _check(connection, path)  # before any write, as the file may belong to another program
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if _check(connection, path) < SCHEMA:
            _bring_up_to_date(connection, path)
        _register_functions(connection)
        pack(connection, path)
    except (sqlite3.Error, StoreError):
        connection.close()
        raise
    return connection


def _register_functions(connection: sqlite3.Connection) -> None:
    """Register the SQL function that unpacks values."""
    connection.create_function("unpacked", 1, unpacked, deterministic=True)


def is_read_only(connection: sqlite3.Connection) -> bool:
    """Whether a store was opened read-only."""
    return bool(connection.execute("PRAGMA query_only").fetchone()[0])


def _open_to_read(path: Path, patience: float, *, shared: bool = False) -> sqlite3.Connection:
    """Open a file read-only, such as one that cannot be written.

    Args:
        path: The file.
        patience: Seconds to wait for other processes.
        shared: Whether it is on a network file system, where no process writes it.
    """
    found = None
    if not shared:
        with contextlib.suppress(sqlite3.OperationalError):
            found = _connected(path, "mode=ro", patience)
    if found is None:
        # Its write-ahead log needs files beside it, unless no process can write meanwhile.
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise StoreError(
                f"{path}: its log {log.name} cannot be read in a folder that is not writable; copy "
                "both files to a writable folder"
            )
        found = _connected(path, "mode=ro&immutable=1", patience)
    connection, version = found
    if version < _WHOLE:
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.backup(copy)
        connection.close()
        connection = copy
        _bring_up_to_date(connection, path)
    _register_functions(connection)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connected(path: Path, how: str, patience: float) -> tuple[sqlite3.Connection, int]:
    """Connect, and return the connection and the layout's version."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        return connection, _check(connection, path)
    except (sqlite3.Error, StoreError):
        connection.close()
        raise


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """Check the file and return its layout's version; 0 for an empty file.

    Raises:
        StoreError: It is of a later version, or not a store.
    """
    with _at_one_moment(connection):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if application not in {0, _APPLICATION}:
        raise no_store(path, f"a database of another application, {application}")
    if version > SCHEMA:
        raise StoreError(
            f"{path}: written by a later version (layout {version}; accepted: up to "
            f"{SCHEMA}); update pytest-selfrepair or give another --selfrepair-store"
        )
    if (version == 0 and tables) or (version and not tables >= _TABLES):
        raise no_store(path, "a database with other tables")
    return version


@contextlib.contextmanager
def _at_one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Read a consistent snapshot, as another process may be creating the store."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):  # already ended if the file is not a database
            connection.execute("ROLLBACK")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Apply all missing steps in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    found = _check(connection, path)  # another process may have finished before
    steps = [*_STEPS[found:], *([PACKING] if 0 < found < SCHEMA else [])]
    for statement in ";\n".join(steps).split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute("COMMIT")

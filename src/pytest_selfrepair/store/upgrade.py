"""Pack the text rows of an earlier layout in place, in batches.

Rows read the same before and after, and each transaction advances the mark with the rows it packs.
The upgrade can therefore stop at any moment, resumes when the store is next opened, and can run in
several processes at once.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from pytest_selfrepair.core import progress
from pytest_selfrepair.store.packing import packed
from pytest_selfrepair.store.samples import SampleTable, StoredTexts

PACKING = """
CREATE TABLE packing (kind TEXT PRIMARY KEY, a, b, c) WITHOUT ROWID;
INSERT INTO packing VALUES ('samples', '', '', ''), ('verdicts', '', '', ''), ('records', 0, '', '')
"""
"""Creates the table of marks: the last packed row of each kind not finished yet."""

_AT_ONCE = 200

_SAMPLES = """
SELECT key, task_id, node, request, sample FROM samples
WHERE (task_id, node, key) > (?, ?, ?) ORDER BY task_id, node, key LIMIT ?
"""
_VERDICTS = "SELECT key, verdict FROM verdicts WHERE key > ? ORDER BY key LIMIT ?"
_LEFT = {
    "samples": "SELECT count(*) FROM samples WHERE (task_id, node, key) > (?, ?, ?)",
    "verdicts": "SELECT count(*) FROM verdicts WHERE key > ?",
    "records": "SELECT count(*) FROM records WHERE (run, task_id) > (?, ?)",
}
_RECORDS = """
SELECT run, task_id, record FROM records WHERE (run, task_id) > (?, ?)
ORDER BY run, task_id LIMIT ?
"""

_Mark = tuple[str | int, str, str]
_Packed = tuple[int, _Mark | None]
"""The number of rows packed after a mark, and the next mark; None at the end."""
_Step = Callable[[sqlite3.Connection, _Mark], _Packed]
"""Packs some of the rows after a mark."""


def pack(connection: sqlite3.Connection, path: Path) -> None:
    """Pack the text rows of an earlier layout, and free their disk space where possible.

    Raises:
        sqlite3.Error: The file cannot be written; rows packed so far stay packed.
    """
    if not _is_wanted(connection):
        return
    samples = SampleTable(path)
    steps: dict[str, _Step] = {
        "samples": lambda connection, mark: _pack_samples(connection, mark, samples),
        "verdicts": _pack_verdicts,
        "records": _pack_records,
    }
    left = _left(connection)
    progress.step(
        f"{path}: updates {left:,} rows that an earlier version wrote, once; this may be "
        "interrupted, and continues when the store is next opened"
    )
    packed_by_now = 0
    for kind, step in steps.items():
        while rows := _go_on(connection, kind, step):
            packed_by_now += rows
            progress.passing(f"{path}: {packed_by_now:,} of {left:,} rows are up to date")
    if packed_by_now:
        progress.passing(f"{path}: returns the free space to the disk")
        _free(connection, path)
    connection.execute("DROP TABLE IF EXISTS packing")
    progress.step(f"{path}: is up to date")


def _is_wanted(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = 'packing'"
    return connection.execute(query).fetchone() is not None


def _left(connection: sqlite3.Connection) -> int:
    """The number of rows after the marks."""
    found = 0
    for kind, query in _LEFT.items():
        if (mark := _mark(connection, kind)) is not None:
            values = mark[: query.count("?")]
            found += int(connection.execute(query, values).fetchone()[0])
    return found


def _go_on(connection: sqlite3.Connection, kind: str, step: _Step) -> int:
    """Pack some rows of a kind in one transaction; return their number."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        mark = _mark(connection, kind)
        rows, after = (0, None) if mark is None else step(connection, mark)
        if after is None:
            if mark is not None:
                connection.execute("DELETE FROM packing WHERE kind = ?", (kind,))
        else:
            connection.execute(
                "UPDATE packing SET a = ?, b = ?, c = ? WHERE kind = ?", (*after, kind)
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return rows


def _mark(connection: sqlite3.Connection, kind: str) -> _Mark | None:
    if not _is_wanted(connection):  # finished by another process
        return None
    row: _Mark | None = connection.execute(
        "SELECT a, b, c FROM packing WHERE kind = ?", (kind,)
    ).fetchone()
    return row


def _pack_samples(connection: sqlite3.Connection, mark: _Mark, samples: SampleTable) -> _Packed:
    rows = connection.execute(_SAMPLES, (*mark, _AT_ONCE)).fetchall()
    for key, task_id, node, request, sample in rows:
        if isinstance(request, str) and isinstance(sample, str):
            texts = StoredTexts(key=key, task_id=task_id, node=node, request=request, sample=sample)
            samples.pack(connection, texts)
    return len(rows), (rows[-1][1], rows[-1][2], rows[-1][0]) if rows else None


def _pack_verdicts(connection: sqlite3.Connection, mark: _Mark) -> _Packed:
    rows = connection.execute(_VERDICTS, (mark[0], _AT_ONCE)).fetchall()
    connection.executemany(
        "UPDATE verdicts SET verdict = ? WHERE key = ?",
        [(packed(text), key) for key, text in rows if isinstance(text, str) and text.isascii()],
    )
    return len(rows), (rows[-1][0], "", "") if rows else None


def _pack_records(connection: sqlite3.Connection, mark: _Mark) -> _Packed:
    rows = connection.execute(_RECORDS, (*mark[:2], 1)).fetchall()  # each may be megabytes
    for run, task_id, text in rows:
        if isinstance(text, str) and text.isascii():
            connection.execute(
                "UPDATE records SET record = ? WHERE run = ? AND task_id = ?",
                (packed(text), run, task_id),
            )
    return len(rows), (rows[-1][0], rows[-1][1], "") if rows else None


def _free(connection: sqlite3.Connection, path: Path) -> None:
    """Return freed space to the disk, if there is room to copy the rest."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    copy = (pages - free) * size
    with contextlib.suppress(sqlite3.Error, OSError):  # without it, later rows reuse the free pages
        if shutil.disk_usage(path.parent).free > 2 * copy:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

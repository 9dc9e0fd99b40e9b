"""Export samples, verdicts and records as lines, and import them into another store."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import msgspec

from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.store.lines import Line, RecordLine, SampleLine, VerdictLine
from pytest_selfrepair.store.packing import unpacked
from pytest_selfrepair.store.rows import (
    column,
    insert_record,
    insert_verdict,
    kept_verdict,
    opened_record,
)
from pytest_selfrepair.store.run_labels import RunLabel, labels
from pytest_selfrepair.store.samples import SampleRow, StoredTexts
from pytest_selfrepair.store.sqlite_store import SqliteStore
from pytest_selfrepair.store.store_failure import damaged_row

_PAGE = 200
_AT_ONCE = 500

_Line = TypeVar("_Line", bound=Line)

_SAMPLES = """
SELECT key, task_id, node, request, sample FROM samples
WHERE (task_id, node, key) > (?, ?, ?)
    AND (? IS NULL OR task_id IN (SELECT task_id FROM records WHERE run = ?))
ORDER BY task_id, node, key LIMIT ?
"""
_VERDICTS = """
SELECT task_id, key, '', verdict FROM verdicts
WHERE (task_id, key, '') > (?, ?, ?)
    AND (? IS NULL OR task_id IN (SELECT task_id FROM records WHERE run = ?))
ORDER BY task_id, key LIMIT ?
"""
_RECORDS = """
SELECT task_id, started, uid, record, run FROM records JOIN runs ON run = id
WHERE (task_id, started, uid) > (?, ?, ?) AND (? IS NULL OR run = ?)
ORDER BY task_id, started, uid LIMIT ?
"""


class Taken(StrEnum):
    """The result of importing a line."""

    NEW = "new"
    THERE = "already there"
    OTHER = "another one is there"


def samples(store: SqliteStore, run: int | None = None) -> Iterator[SampleLine]:
    """Yield the samples of a store, by task, node and key.

    Args:
        store: The store.
        run: Only samples of tasks with a record in this run; None: all.

    Raises:
        StoreError: The file cannot be read.
    """
    for texts in _texts(store, run):
        try:
            yield SampleLine(
                request=msgspec.convert(json.loads(texts.request), SampleRequest),
                sample=msgspec.convert(json.loads(texts.sample), Sample),
            )
        except (ValueError, msgspec.ValidationError) as error:
            raise damaged_row(store.path, f"sample {texts.key}", error) from error


def _texts(store: SqliteStore, run: int | None) -> Iterator[StoredTexts]:
    """Yield samples in order, read in batches: a store may exceed the memory."""
    after = ("", "", "")
    while True:
        values = (*after, run, run, _PAGE)
        page = store.read(
            lambda connection, values=values: list(  # type: ignore[misc]
                store.samples.texts(connection, _SAMPLES, values)
            )
        )
        yield from page
        if len(page) < _PAGE:
            return
        after = (page[-1].task_id, page[-1].node, page[-1].key)


def verdicts(store: SqliteStore, run: int | None = None) -> Iterator[VerdictLine]:
    """Yield the verdicts of a store, by task and key.

    Args:
        store: The store.
        run: Only samples of tasks with a record in this run; None: all.

    Raises:
        StoreError: The file cannot be read.
    """
    if not store.read(_has_verdicts):
        return
    for task_id, key, _, kept in _paged(store, _VERDICTS, run):
        try:
            verdict = msgspec.convert(json.loads(unpacked(kept)), Verdict)
        except (ValueError, msgspec.ValidationError) as error:
            raise damaged_row(store.path, f"verdict {key}", error) from error
        yield VerdictLine(key=key, task_id=task_id, verdict=verdict)


def _has_verdicts(connection: sqlite3.Connection) -> bool:
    """Whether the store has verdicts; an old read-only one may not."""
    query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'verdicts')"
    return bool(connection.execute(query).fetchone()[0])


def records(store: SqliteStore, run: int | None = None) -> Iterator[RecordLine]:
    """Yield the records of a store, by task and run.

    Args:
        store: The store.
        run: Only records of this run; None: all.

    Raises:
        StoreError: The file cannot be read.
    """
    called = labels(store)
    for _, started, uid, record, number in _paged(store, _RECORDS, run):
        label = called.get(number, RunLabel())
        yield RecordLine(
            run=uid,
            started=started,
            record=opened_record(record),
            name=label.name,
            note=label.note,
        )


def runs(store: SqliteStore) -> list[int]:
    """The numbers of a store's runs."""
    query = "SELECT id FROM runs ORDER BY id"
    rows = store.read(lambda connection: connection.execute(query).fetchall())
    return [number for (number,) in rows]


def import_lines(store: SqliteStore, lines: Sequence[Line]) -> list[Taken]:
    """Import new lines in one transaction; existing rows are never replaced.

    Returns:
        The result for each line.

    Raises:
        StoreError: The file cannot be written; none of the lines is imported.
    """
    return store.write(lambda connection: [_take(store, connection, line) for line in lines])


def imported(store: SqliteStore, lines: Iterator[_Line]) -> Iterator[tuple[_Line, Taken]]:
    """Import lines in batches, one transaction each, and yield the result for each line.

    Raises:
        StoreError: The file cannot be written; none of the batch is imported.
    """
    while batch := list(islice(lines, _AT_ONCE)):
        yield from zip(batch, import_lines(store, batch), strict=True)


def _take(store: SqliteStore, connection: sqlite3.Connection, line: Line) -> Taken:
    match line:
        case SampleLine():
            return _take_sample(store, connection, line)
        case VerdictLine():
            return _take_verdict(connection, line)
        case RecordLine():
            return _take_record(connection, line)


def _paged(store: SqliteStore, query: str, run: int | None) -> Iterator[tuple[Any, ...]]:
    """Yield rows in order, read in batches: a store may exceed the memory."""
    after = ("", "", "")
    while True:
        rows = store.read(partial(_page, query=query, values=(*after, run, run, _PAGE)))
        yield from rows
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0], rows[-1][1], rows[-1][2])


def _page(
    connection: sqlite3.Connection, query: str, values: tuple[str | int | None, ...]
) -> list[tuple[Any, ...]]:
    return connection.execute(query, values).fetchall()


def _take_sample(store: SqliteStore, connection: sqlite3.Connection, line: SampleLine) -> Taken:
    row = SampleRow.of(line.request, line.sample)
    if store.samples.insert(connection, row):
        return Taken.NEW
    text = store.samples.samples(connection, [row.key])[row.key]
    same = _reply(msgspec.convert(json.loads(text), Sample)) == _reply(line.sample)
    return Taken.THERE if same else Taken.OTHER


def _reply(sample: Sample) -> Sample:
    """Remove from a sample its origin, its times and its price in the store it comes from."""
    return replace(sample, replayed=False, dollars=None, seconds=None, first_byte=None, origin=None)


def _take_verdict(connection: sqlite3.Connection, line: VerdictLine) -> Taken:
    if insert_verdict(connection, line.key, line.task_id, line.verdict):
        return Taken.NEW
    kept = kept_verdict(connection, line.key)
    found = None if kept is None else msgspec.convert(json.loads(unpacked(kept)), Verdict)
    same = found is not None and found.judged == line.verdict.judged
    return Taken.THERE if same else Taken.OTHER


def _take_record(connection: sqlite3.Connection, line: RecordLine) -> Taken:
    connection.execute(
        "INSERT INTO runs (uid, started, name, note) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (uid) DO NOTHING",
        (column(line.run), column(line.started), column(line.name), column(line.note)),
    )
    [run] = connection.execute("SELECT id FROM runs WHERE uid = ?", (column(line.run),)).fetchone()
    if insert_record(connection, run, line.record):
        return Taken.NEW
    [kept] = connection.execute(
        "SELECT record FROM records WHERE run = ? AND task_id = ?",
        (run, column(line.record.task_id)),
    ).fetchone()
    return Taken.THERE if opened_record(kept) == line.record else Taken.OTHER

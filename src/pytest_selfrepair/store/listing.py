"""The runs of a store: what they were, and their records one at a time."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.rows import opened_record
from pytest_selfrepair.store.sqlite_store import SqliteStore

_RUNS = """
SELECT id, uid, started, count(record),
    count(coalesce(
        json_extract(record, '$.grown.complete'), json_extract(record, '$.chains[0].number'))),
    json_group_array(DISTINCT json_extract(record, '$.setup.model')),
    json_group_array(DISTINCT coalesce(
        json_extract(record, '$.setup.sources'), json_extract(record, '$.setup.arms')))
FROM runs LEFT JOIN (SELECT run, unpacked(record) AS record FROM records) ON run = id
GROUP BY id ORDER BY id
"""
_NUMBERS = "SELECT id, started FROM runs ORDER BY id"
_IN_ORDER = """
SELECT task_id FROM records WHERE run = ?
ORDER BY json_extract(unpacked(record), '$.foreign.line'), task_id
"""
_RECORD = "SELECT record FROM records WHERE run = ? AND task_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run, as a store lists it.

    Attributes:
        run: Its number in this store.
        uid: What tells it apart in every store.
        started: When it began, in UTC: ``2030-01-31 12:00:00``.
        models: M_P's name; several where records of several were put together.
        sources: The feedback sources or arms, in the order the user gave them.
        tasks: Tasks and scenarios with a record.
        scored: Those that were scored.
    """

    run: int
    uid: str
    started: str
    models: tuple[str, ...]
    sources: tuple[str, ...]
    tasks: int
    scored: int


def listing(store: SqliteStore) -> list[StoredRun]:
    """The runs of a store by number; no record is held in memory.

    Raises:
        StoreError: The file cannot be read.
    """
    rows = store.read(lambda connection: connection.execute(_RUNS).fetchall())
    return [
        StoredRun(
            run=number,
            uid=uid,
            started=started,
            models=tuple(sorted(each for each in json.loads(models) if each is not None)),
            sources=tuple(
                dict.fromkeys(
                    source
                    for each in json.loads(sources)
                    if each is not None
                    for source in (json.loads(each) if isinstance(each, str) else each)
                )
            ),
            tasks=tasks,
            scored=scored,
        )
        for number, uid, started, tasks, scored, models, sources in rows
    ]


def started(store: SqliteStore) -> dict[int, str]:
    """The numbers of a store's runs, ascending, and when each began.

    Raises:
        StoreError: The file cannot be read.
    """
    return dict(store.read(lambda connection: connection.execute(_NUMBERS).fetchall()))


def in_order(store: SqliteStore, run: int) -> Iterator[AnyRecord]:
    """A run's records one at a time: in the order of their file, where they were read from one.

    Raises:
        StoreError: The file cannot be read, or a record in it.
    """

    def task_ids(connection: sqlite3.Connection) -> list[str]:
        return [task_id for (task_id,) in connection.execute(_IN_ORDER, (run,))]

    def record(connection: sqlite3.Connection, task_id: str) -> list[str | bytes]:
        return [kept for (kept,) in connection.execute(_RECORD, (run, task_id))]

    for task_id in store.read(task_ids):
        for kept in store.read(partial(record, task_id=task_id)):
            try:
                yield opened_record(kept)
            except StoreError as error:
                raise StoreError(f"{store.path}::{run}: {task_id}: {error}") from error


def drop(store: SqliteStore, run: int) -> None:
    """Take out a run that was not finished, with its records.

    Raises:
        StoreError: The file cannot be written.
    """

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM records WHERE run = ?", (run,))
        connection.execute("DELETE FROM runs WHERE id = ?", (run,))

    store.write(work)

"""List the runs of a store, and read their records one at a time."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.briefs import RecordBrief, briefs
from pytest_selfrepair.store.rows import opened_record
from pytest_selfrepair.store.run_labels import RunLabel, labels_in
from pytest_selfrepair.store.sqlite_store import SqliteStore

_RUNS = "SELECT id, uid, started FROM runs ORDER BY id"
_NUMBERS = "SELECT id, started FROM runs ORDER BY id"
_IN_ORDER = """
SELECT task_id FROM records WHERE run = ?
ORDER BY json_extract(unpacked(record), '$.foreign.line'), task_id
"""
_RECORD = "SELECT record FROM records WHERE run = ? AND task_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run in a store's list.

    Attributes:
        run: Its number in this store.
        uid: Its id, unique across stores.
        started: Its start in UTC: ``2030-01-31 12:00:00``.
        models: M_P's name; several where records differ.
        sources: The feedback sources or arms, in the order the user gave them.
        tasks: The number of tasks and scenarios with a record.
        scored: The number of those scored.
        name: Its name; empty without one.
        note: The user's note; empty without one.
        settings: The settings of its trees and prompts by name (``n_p``, ``n_fr``, ``budget``,
            ``prompts``, …); for games, their number and the rival. Differing values of records are
            joined by "or".
    """

    run: int
    uid: str
    started: str
    models: tuple[str, ...]
    sources: tuple[str, ...]
    tasks: int
    scored: int
    name: str = ""
    note: str = ""
    settings: dict[str, str] = field(default_factory=dict)


def listing(store: SqliteStore) -> list[StoredRun]:
    """List the runs of a store by number, reading only a brief of each record.

    Raises:
        StoreError: The file cannot be read.
    """

    def work(connection: sqlite3.Connection) -> list[StoredRun]:
        return [
            summed(begun, (each for _, each in briefs(connection, begun.run)))
            for begun in begun_runs(connection)
        ]

    return store.read(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRun:
    """A run, without its records.

    Attributes:
        run: Its number in this store.
        uid: Its id, unique across stores.
        started: Its start in UTC.
        label: Its name and note.
    """

    run: int
    uid: str
    started: str
    label: RunLabel


def begun_runs(connection: sqlite3.Connection) -> list[BegunRun]:
    """The runs of a store by number, within a transaction."""
    called = labels_in(connection)
    rows = connection.execute(_RUNS).fetchall()
    return [
        BegunRun(run=number, uid=uid, started=began, label=called[number])
        for number, uid, began in rows
    ]


def summed(begun: BegunRun, records: Iterable[RecordBrief]) -> StoredRun:
    """Summarise a run for a list."""
    models, sources, settings = set[str](), dict[str, None](), dict[str, set[str]]()
    tasks = scored = 0
    for each in records:
        tasks += 1
        scored += each.is_scored
        if each.setup is None:
            continue
        models |= {each.setup.model} if each.setup.model is not None else set()
        sources |= dict.fromkeys(each.setup.sources or each.setup.arms or ())
        for name, value in each.setup.settings:
            settings.setdefault(name, set()).add(value)
    return StoredRun(
        run=begun.run,
        uid=begun.uid,
        started=begun.started,
        models=tuple(sorted(models)),
        sources=tuple(sources),
        tasks=tasks,
        scored=scored,
        name=begun.label.name,
        note=begun.label.note,
        settings={name: " or ".join(sorted(values)) for name, values in settings.items()},
    )


def started(store: SqliteStore) -> dict[int, str]:
    """The numbers of a store's runs, ascending, with their starts.

    Raises:
        StoreError: The file cannot be read.
    """
    return dict(store.read(lambda connection: connection.execute(_NUMBERS).fetchall()))


def in_order(store: SqliteStore, run: int) -> Iterator[AnyRecord]:
    """Yield a run's records one at a time, in the order of the file they were read from, if any.

    Raises:
        StoreError: The file, or a record in it, cannot be read.
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
    """Remove an unfinished run with its records.

    Raises:
        StoreError: The file cannot be written.
    """

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM records WHERE run = ?", (run,))
        connection.execute("DELETE FROM runs WHERE id = ?", (run,))

    store.write(work)

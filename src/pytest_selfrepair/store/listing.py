"""The runs of a store: what they were, and their records one at a time."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import msgspec

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.rows import opened_record
from pytest_selfrepair.store.run_labels import RunLabel, labels_in
from pytest_selfrepair.store.sqlite_store import SqliteStore

_RUNS = "SELECT id, uid, started FROM runs ORDER BY id"
_BRIEFS = "SELECT unpacked(record) FROM records WHERE run = ?"
_NUMBERS = "SELECT id, started FROM runs ORDER BY id"
_IN_ORDER = """
SELECT task_id FROM records WHERE run = ?
ORDER BY json_extract(unpacked(record), '$.foreign.line'), task_id
"""
_RECORD = "SELECT record FROM records WHERE run = ? AND task_id = ?"


class _Plan(msgspec.Struct):
    n_p: int | None = None
    n_fr: int | None = None
    n_f: int | None = None
    depth: int | None = None
    policy: str | None = None
    budget: int | None = None
    rounds: int | None = None
    games: int | None = None


class _Setup(msgspec.Struct):
    model: str | None = None
    sources: tuple[str, ...] | None = None
    arms: tuple[str, ...] | None = None
    prompts: str | None = None
    rival: str | None = None
    plan: _Plan | None = None


class _Grown(msgspec.Struct):
    complete: bool = False


class _Chain(msgspec.Struct):
    number: int = 0


class _Brief(msgspec.Struct):
    """What a list reads of a record; the rest, megabytes of trees, is passed over."""

    setup: _Setup | None = None
    grown: _Grown | None = None
    chains: tuple[_Chain, ...] = ()


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
        name: What its user calls it; empty: nothing.
        note: What its user says of it; empty: nothing.
        settings: How its trees could grow and what they were asked by, by name (``n_p``, ``n_fr``,
            ``budget``, ``prompts``, …); of games how many, and the rival. Several values, where
            records differ, have "or" between them.
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
    """The runs of a store by number; records are read one at a time, and little of each.

    Raises:
        StoreError: The file cannot be read.
    """

    def work(connection: sqlite3.Connection) -> list[StoredRun]:
        called = labels_in(connection)
        rows = connection.execute(_RUNS).fetchall()
        return [
            _summed(number, uid, started, called[number], _briefs(connection, number))
            for number, uid, started in rows
        ]

    return store.read(work)


def _briefs(connection: sqlite3.Connection, run: int) -> Iterator[_Brief]:
    for (text,) in connection.execute(_BRIEFS, (run,)):
        try:
            yield msgspec.json.decode(text, type=_Brief)
        except msgspec.DecodeError:  # which record it is says whoever reads it whole
            yield _Brief()


def _summed(
    number: int, uid: str, started: str, label: RunLabel, briefs: Iterable[_Brief]
) -> StoredRun:
    models, sources, settings = set[str](), dict[str, None](), dict[str, set[str]]()
    tasks = scored = 0
    for each in briefs:
        tasks += 1
        scored += each.grown is not None or bool(each.chains)
        if each.setup is None:
            continue
        models |= {each.setup.model} if each.setup.model is not None else set()
        sources |= dict.fromkeys(each.setup.sources or each.setup.arms or ())
        for name, value in _settings(each.setup):
            settings.setdefault(name, set()).add(value)
    return StoredRun(
        run=number,
        uid=uid,
        started=started,
        models=tuple(sorted(models)),
        sources=tuple(sources),
        tasks=tasks,
        scored=scored,
        name=label.name,
        note=label.note,
        settings={name: " or ".join(sorted(values)) for name, values in settings.items()},
    )


def _settings(setup: _Setup) -> Iterator[tuple[str, str]]:
    found = {} if setup.plan is None else msgspec.structs.asdict(setup.plan)
    for name, value in (*found.items(), ("prompts", setup.prompts), ("rival", setup.rival)):
        if value is not None:
            yield name, str(value)


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

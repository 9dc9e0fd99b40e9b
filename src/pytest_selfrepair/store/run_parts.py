"""The runs of a store as parts of runs shared by several stores."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

import msgspec

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.rows import opened_record
from pytest_selfrepair.store.run_labels import RunLabel, labels
from pytest_selfrepair.store.sqlite_store import SqliteStore

_RECORDS = """
SELECT run, task_id, json_extract(record, '$.shard'), json_remove(
    json_extract(record, '$.setup'), '$.isolation'
)
FROM (SELECT run, task_id, unpacked(record) AS record FROM records) ORDER BY run, task_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPart:
    """A run of a store, as a part to be merged.

    Attributes:
        store: The store.
        run: Its number there.
        uid: Its id, unique across stores.
        started: Its start.
        task_ids: The items with a record.
        shard: Its shard; None for a whole run.
        setups: The setups of its records as JSON, without the isolation.
        label: Its name and note.
    """

    store: SqliteStore
    run: int
    uid: str
    started: str
    task_ids: tuple[str, ...] = ()
    shard: Shard | None = None
    setups: frozenset[str] = field(default_factory=frozenset)
    label: RunLabel = field(default_factory=RunLabel)

    @property
    def name(self) -> str:
        """A RUN for it."""
        return f"{self.store.path}::{self.run}"


def parts_of(store: SqliteStore) -> list[RunPart]:
    """The runs of a store, the earliest first.

    Raises:
        StoreError: The file cannot be read.
    """
    runs = store.read(
        lambda connection: connection.execute(
            "SELECT id, uid, started FROM runs ORDER BY id"
        ).fetchall()
    )
    rows = store.read(lambda connection: connection.execute(_RECORDS).fetchall())
    called = labels(store)
    task_ids: dict[int, list[str]] = defaultdict(list)
    shards: dict[int, Shard] = {}
    setups: dict[int, set[str]] = defaultdict(set)
    for run, task_id, shard, setup in rows:
        task_ids[run].append(task_id)
        if shard is not None:
            shards[run] = msgspec.convert(json.loads(shard), Shard)
        if setup is not None:
            setups[run].add(setup)
    return [
        RunPart(
            store=store,
            run=run,
            uid=uid,
            started=started,
            task_ids=tuple(task_ids[run]),
            shard=shards.get(run),
            setups=frozenset(setups[run]),
            label=called[run],
        )
        for run, uid, started in runs
    ]


def record_of(part: RunPart, task_id: str) -> AnyRecord:
    """The record of an item in a run.

    Raises:
        StoreError: It cannot be read.
    """
    query = "SELECT record FROM records WHERE run = ? AND task_id = ?"
    [kept] = part.store.read(
        lambda connection: connection.execute(query, (part.run, task_id)).fetchone()
    )
    return opened_record(kept)


def substance(record: AnyRecord) -> object:
    """The facts of a record that depend only on its completions.

    They exclude times, the share paid for in that run, and the isolation of programs.
    """
    if not isinstance(record, Record) or record.grown is None:
        return (record.task_id, record.unscored, getattr(record, "chains", None))
    return [
        (node.node, node.program, node.verdict.judged, node.feedback and node.feedback.text)
        for node in record.grown.nodes
    ]

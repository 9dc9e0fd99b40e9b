"""Merge the stores of several hosts, joining the shards of each run."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from pytest_selfrepair.core.shard import Shard, whole_account
from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.exchange import Taken
from pytest_selfrepair.store.lines import RecordLine
from pytest_selfrepair.store.merged_samples import join_samples
from pytest_selfrepair.store.rows import kept_verdict
from pytest_selfrepair.store.run_parts import RunPart, parts_of, record_of, substance
from pytest_selfrepair.store.sqlite_store import SqliteStore

_SPEND = """
INSERT INTO campaigns VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (campaign) DO UPDATE SET
    tokens = tokens + excluded.tokens,
    picodollars = picodollars + excluded.picodollars,
    lost = lost + excluded.lost,
    lost_tokens = lost_tokens + excluded.lost_tokens,
    lost_picodollars = lost_picodollars + excluded.lost_picodollars
"""
_CAMPAIGNS = (
    "SELECT campaign, tokens, picodollars, lost, lost_tokens, lost_picodollars FROM campaigns"
)
_HELD = (
    "SELECT campaign, 0, 0, count(*), sum(tokens), sum(picodollars) FROM reservations "
    "GROUP BY campaign"
)


@dataclass(slots=True, kw_only=True)
class Merged:
    """The result of a merge.

    Attributes:
        samples: The number of completions.
        verdicts: The number of verdicts.
        records: The number of records.
        runs: The number of runs joined from shards.
        others: The number of other runs.
        doubled: The number of duplicate samples, verdicts and records, which are kept once.
        missing: Missing shards and items, a line each.
        left_out: The number of completions of items whose record is kept from another part.
        apart: Items with different replies to one prompt that one host would have drawn once, a
            line each: both records are kept, and the first one's replies.
        contradictions: Differences between parts, a line each; the first part's value is kept.
    """

    samples: int = 0
    verdicts: int = 0
    records: int = 0
    runs: int = 0
    others: int = 0
    doubled: int = 0
    missing: list[str] = field(default_factory=list)
    left_out: int = 0
    apart: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


def merge(parts: Sequence[Path], out: Path) -> Merged:
    """Merge stores into a new one.

    Args:
        parts: The stores; where they differ, the first one's value is kept.
        out: The new file.

    Raises:
        StoreError: A store cannot be read, or the new one cannot be written.
    """
    found = Merged()
    with ExitStack() as opened:
        stores = [opened.enter_context(closing(SqliteStore(part, create=False))) for part in parts]
        whole = opened.enter_context(closing(SqliteStore(out)))
        kept_from = _join_runs(whole, stores, found)
        samples = join_samples(whole, stores, kept_from)
        found.samples, found.left_out = samples.new, samples.left_out
        found.doubled += samples.doubled
        found.apart = [
            _drawn_apart(*who, count, kept_from) for who, count in sorted(samples.apart.items())
        ]
        for number, store in enumerate(stores):
            _join_verdicts(whole, stores[: number + 1], found)
            _join_accounts(whole, store)
    return found


def _join_verdicts(whole: SqliteStore, stores: Sequence[SqliteStore], found: Merged) -> None:
    """Import the verdicts of the last of the stores."""
    *before, store = stores
    for line, taken in exchange.imported(whole, exchange.verdicts(store)):
        found.verdicts += taken is Taken.NEW
        found.doubled += taken is Taken.THERE
        if taken is Taken.OTHER:
            first = _first_with(before, line.key)
            found.contradictions.append(
                f"{line.task_id}: {first} and {store.path} have different verdicts of one "
                f"program ({line.key[:12]})"
            )


def _join_accounts(whole: SqliteStore, store: SqliteStore) -> None:
    """Add a store's spending, counting a shard's account towards the whole run's."""
    rows = store.read(
        lambda connection: [
            *connection.execute(_CAMPAIGNS).fetchall(),
            *connection.execute(_HELD).fetchall(),  # of dead processes, not counted as lost yet
        ]
    )
    payments = store.read(
        lambda connection: connection.execute("SELECT * FROM payments").fetchall()
    )

    def work(connection: sqlite3.Connection) -> None:
        for campaign, *spent in rows:
            connection.execute(_SPEND, (whole_account(campaign), *spent))
        connection.executemany("INSERT OR IGNORE INTO payments VALUES (?, ?, ?, ?)", payments)

    whole.write(work)


def _drawn_apart(
    first: str, other: str, path: Path, count: int, kept_from: Mapping[str, AbstractSet[Path]]
) -> str:
    """Describe two items with different replies that one host would have drawn once."""
    there = ", ".join(sorted(map(str, kept_from.get(first, frozenset()) - {path}))) or path
    return (
        f"{first} of {there} and {other} of {path} ask alike; requests with two replies: {count:,}"
    )


def _join_runs(
    whole: SqliteStore, stores: Sequence[SqliteStore], found: Merged
) -> dict[str, set[Path]]:
    """Join the shards of each run; other runs stay as they are.

    Returns:
        The stores whose records are kept, by item.
    """
    kept_from: dict[str, set[Path]] = defaultdict(set)

    def keep(kept: Mapping[str, RunPart]) -> None:
        for task_id, part in kept.items():
            kept_from[task_id].add(part.store.path)

    parts = [part for store in stores for part in parts_of(store)]
    others = {part.uid for part in parts if part.shard is None}
    for part in parts:
        if part.shard is None:
            keep(_join_run([part], part.uid, whole, found))
    found.others = len(others)
    sharded: dict[tuple[object, ...], list[RunPart]] = defaultdict(list)
    for part in parts:
        if part.shard is not None:
            sharded[(part.shard.count, part.setups)].append(part)
    for same in sharded.values():
        uids = sorted({part.uid for part in same})
        uid = hashlib.sha256(" ".join(uids).encode("utf-8", "replace")).hexdigest()[:16]
        tasks = _join_run(same, uid, whole, found)
        keep(tasks)
        found.missing += _missing(same, tasks)
        found.runs += 1
    return kept_from


def _join_run(
    parts: Sequence[RunPart], uid: str, whole: SqliteStore, found: Merged
) -> dict[str, RunPart]:
    """Join the records of some runs into one; return the origin of each task's record."""
    started = min(part.started for part in parts)
    name = next((part.label.name for part in parts if part.label.name), "")
    note = next((part.label.note for part in parts if part.label.note), "")
    places: dict[str, list[RunPart]] = defaultdict(list)
    for part in parts:
        for task_id in part.task_ids:
            places[task_id].append(part)
    kept: dict[str, RunPart] = {}
    for task_id, having in sorted(places.items()):
        line, kept[task_id] = _one_record(task_id, having, found)
        line = replace(line, run=uid, started=started, name=name, note=note)
        [taken] = exchange.import_lines(whole, [line])
        found.records += taken is Taken.NEW
        found.doubled += taken is Taken.THERE
        if taken is Taken.OTHER:
            found.contradictions.append(
                f"{task_id}: {kept[task_id].name} has another record of it than another part with "
                "the same run"
            )
    return kept


def _one_record(
    task_id: str, having: Sequence[RunPart], found: Merged
) -> tuple[RecordLine, RunPart]:
    """Select the record of a task among the parts that have one.

    Within a store the latest run's counts. Between stores a scored record comes before an unscored
    one, then the first store's.
    """
    latest: dict[Path, RunPart] = {}
    for part in having:
        before = latest.get(part.store.path)
        if before is None or (before.started, before.run) <= (part.started, part.run):
            latest[part.store.path] = part
    read = [(record_of(part, task_id), part) for part in latest.values()]
    read.sort(key=lambda each: each[0].unscored is not None)
    (record, first), *rest = read
    for other, part in rest:
        if other.unscored is not None:
            continue
        if substance(other) == substance(record):
            found.doubled += 1
        else:
            found.contradictions.append(
                f"{task_id}: {first.name} and {part.name} have different records of it"
            )
    return RecordLine(run=first.uid, started=first.started, record=record), first


def _missing(parts: Sequence[RunPart], tasks: dict[str, RunPart]) -> Iterator[str]:
    """Describe the missing shards of a run and their missing items."""
    shards: dict[int, Shard] = {part.shard.index: part.shard for part in parts if part.shard}
    [count] = {shard.count for shard in shards.values()}
    for index in range(count):
        if index not in shards:
            yield f"shard {index}/{count}: no store has it"
    for index, shard in sorted(shards.items()):
        having = sum(
            part.shard is not None and part.shard.index == index for part in tasks.values()
        )
        if having < shard.items:
            lacking = shard.items - having
            yield f"shard {shard}: {lacking} of its {shard.items} items have no record"


def _first_with(stores: Sequence[SqliteStore], key: str) -> Path | str:
    """The first store with a verdict for a key."""
    for store in stores:
        if store.read(lambda connection: kept_verdict(connection, key)):
            return store.path
    return "an earlier line"

"""Merge the completions of several stores, keeping one reply to each request.

One host draws a prompt once for each node, and replays the reply to equal requests. Separate hosts
draw separately: of two replies to one request, the merged store keeps that of the store whose
record of the item it keeps, so that a replay reproduces the record. Two items with one prompt can
both be kept only as records.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from pytest_selfrepair.store import exchange
from pytest_selfrepair.store.exchange import Taken
from pytest_selfrepair.store.lines import SampleLine
from pytest_selfrepair.store.rows import column
from pytest_selfrepair.store.sqlite_store import SqliteStore

_TASK = "SELECT task_id FROM samples WHERE key = ?"


@dataclass(slots=True, kw_only=True)
class MergedSamples:
    """The result of merging completions.

    Attributes:
        new: The number of completions.
        doubled: The number of duplicates, which are kept once.
        left_out: The number of completions of items whose record is kept from another store.
        apart: The numbers of differing replies to one prompt that two items of different stores,
            or runs, drew separately, by the item whose replies are kept, the other, and its
            store.
    """

    new: int = 0
    doubled: int = 0
    left_out: int = 0
    apart: Counter[tuple[str, str, Path]] = field(default_factory=Counter)


def join_samples(
    whole: SqliteStore, stores: Sequence[SqliteStore], kept_from: Mapping[str, AbstractSet[Path]]
) -> MergedSamples:
    """Import the completions of all stores.

    Args:
        whole: The merged store.
        stores: The parts, in the given order.
        kept_from: The stores whose records are kept, by item, as in the column.

    Raises:
        StoreError: A store cannot be read, or the new one cannot be written.
    """
    found = MergedSamples()
    for of_kept_records in (True, False):
        for store in stores:
            lines = (
                line
                for line in exchange.samples(store)
                if _is_of_kept(line, store.path, kept_from) is of_kept_records
            )
            for line, taken in exchange.imported(whole, lines):
                found.new += taken is Taken.NEW
                found.doubled += taken is Taken.THERE
                if taken is Taken.OTHER and of_kept_records:
                    found.apart[_first(whole, line), column(line.request.task_id), store.path] += 1
                elif taken is Taken.OTHER:
                    found.left_out += 1
    return found


def _is_of_kept(line: SampleLine, path: Path, kept_from: Mapping[str, AbstractSet[Path]]) -> bool:
    """Whether the record with a sample is kept, or no record of its item is."""
    return path in kept_from.get(column(line.request.task_id), {path})


def _first(whole: SqliteStore, line: SampleLine) -> str:
    """The item whose reply to the same request is stored."""
    key = line.request.key
    [found] = whole.read(lambda connection: connection.execute(_TASK, (key,)).fetchone())
    return str(found)

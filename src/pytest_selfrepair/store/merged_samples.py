"""The completions of several stores in one, where each request has one reply.

One host asks a prompt of a model once for each node, and serves the reply to whoever asks the same
again. Hosts that ask apart draw apart: of two true replies to one request the whole keeps one, that
of the store whose record of the item it keeps, so that a replay gives that record again. Two items
with one prompt can both be kept only as records.
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
    """What became of completions.

    Attributes:
        new: Completions of the whole.
        doubled: Those that two stores have alike: kept once.
        left_out: Those of items whose record another store has, which drew them too.
        apart: Replies that two items of different stores, or of different runs, drew apart of one
            prompt: how many, by the item whose replies are kept, and the other with
            its store.
    """

    new: int = 0
    doubled: int = 0
    left_out: int = 0
    apart: Counter[tuple[str, str, Path]] = field(default_factory=Counter)


def join_samples(
    whole: SqliteStore, stores: Sequence[SqliteStore], kept_from: Mapping[str, AbstractSet[Path]]
) -> MergedSamples:
    """Take in the completions of all stores.

    Args:
        whole: The store that they are joined into.
        stores: The parts, in the order in which they were given.
        kept_from: By item, as columns hold it, the stores whose records of it are kept.

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
    """Whether the record that a sample led to is kept, or none of its item is."""
    return path in kept_from.get(column(line.request.task_id), {path})


def _first(whole: SqliteStore, line: SampleLine) -> str:
    """The item whose reply to the same request is there."""
    key = line.request.key
    [found] = whole.read(lambda connection: connection.execute(_TASK, (key,)).fetchone())
    return str(found)

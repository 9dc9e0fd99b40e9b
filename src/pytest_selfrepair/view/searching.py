"""Search programs and talk for plain text, ignoring case, within limits."""

import contextlib
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.game import all_games
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord
from pytest_selfrepair.store.packing import unpacked
from pytest_selfrepair.store.rows import opened_record
from pytest_selfrepair.store.sqlite_store import SqliteStore

MOST_FOUND = 100
"""The most matches shown."""
MOST_SECONDS = 5.0
"""Seconds after which a search stops."""
LONGEST_SOUGHT = 200
"""The longest search text, in characters."""

_AROUND = 60  # characters on either side of a match
_MOST_OF_ITEM = 5  # places of one item
_PAGE = 50
_LAST = 2**62  # beyond every run's number
_RECORDS = """
SELECT run, task_id, record FROM records
WHERE (run < ? OR run = ? AND task_id > ?) AND (? IS NULL OR run = ?)
ORDER BY run DESC, task_id LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """A match of a search.

    Attributes:
        run: The run's number.
        task_id: The item.
        where: The program's node, or the speaker.
        before: The text before the match, shortened, on one line.
        found: The match.
        after: The text after it, likewise.
        is_task: Whether the item is a task, with trees.
    """

    run: int
    task_id: str
    where: str
    before: str
    found: str
    after: str
    is_task: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The result of a search.

    Attributes:
        places: The matches.
        items: The number of items searched.
        ended: Why it stopped early; None where it was complete.
    """

    places: tuple[SearchHit, ...]
    items: int
    ended: str | None


def search(
    store: SqliteStore,
    sought: str,
    *,
    run: int | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> SearchResult:
    """Search programs, feedback and talk in games.

    Args:
        store: The store.
        sought: The text, at least one character; case is ignored.
        run: The only run to search; None: all runs.
        clock: A monotonic clock, in seconds.

    Raises:
        StoreError: The store cannot be read.
    """
    sought = sought[:LONGEST_SOUGHT]
    places: list[SearchHit] = []
    items, end = 0, clock() + MOST_SECONDS
    for number, task_id, kept in _kept(store, run):
        if clock() > end:
            ended = f"{MOST_SECONDS:g} seconds were over"
            return SearchResult(places=tuple(places), items=items, ended=ended)
        items += 1
        places += _places(number, task_id, kept, sought)
        if len(places) >= MOST_FOUND:
            ended = f"{MOST_FOUND} places were found"
            return SearchResult(places=tuple(places[:MOST_FOUND]), items=items, ended=ended)
    return SearchResult(places=tuple(places), items=items, ended=None)


def _kept(store: SqliteStore, run: int | None) -> Iterator[tuple[int, str, str | bytes]]:
    """Stored records, the latest run's first, in batches."""
    after: tuple[int, str] = (_LAST, "")
    while True:
        values = (after[0], *after, run, run, _PAGE)

        def page(
            connection: sqlite3.Connection, values: tuple[object, ...] = values
        ) -> list[tuple[int, str, str | bytes]]:
            return connection.execute(_RECORDS, values).fetchall()

        rows = store.read(page)
        yield from rows
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0], rows[-1][1])


def _places(run: int, task_id: str, kept: str | bytes, sought: str) -> list[SearchHit]:
    found: list[SearchHit] = []
    with contextlib.suppress(StoreError, ValueError):  # opening the run reports the damage
        if sought.isascii():  # compare with the JSON first, for speed
            written = json.dumps(sought)[1:-1].lower()
            if written not in unpacked(kept).lower():
                return []
        record = opened_record(kept)
        wanted = re.compile(re.escape(sought), re.IGNORECASE)
        for where, text in _texts(record):
            if (match := wanted.search(text)) is None:
                continue
            at, end = match.span()
            found.append(
                SearchHit(
                    run=run,
                    task_id=task_id,
                    where=where,
                    before=_flat(text[max(at - _AROUND, 0) : at]),
                    found=_flat(text[at:end]),
                    after=_flat(text[end : end + _AROUND]),
                    is_task=isinstance(record, Record),
                )
            )
            if len(found) == _MOST_OF_ITEM:
                break
    return found


def _texts(record: AnyRecord) -> Iterator[tuple[str, str]]:
    """The texts of a record to search, each with its place."""
    yield "the name", record.task_id
    if isinstance(record, BargainRecord):
        for arm, number, round_, game in all_games(record.chains):
            of = f"game {number}, round {round_}{f' of {arm}' if arm else ''}"
            for turn in game.turns:
                yield f"{of}: {turn.role}", turn.talk
        return
    for node in record.grown.nodes if record.grown else ():
        yield node.node, node.program
        if node.feedback is not None:
            yield f"feedback of {node.node}", node.feedback.text


def _flat(text: str) -> str:
    return " ".join(text.replace("\t", " ").split("\n"))

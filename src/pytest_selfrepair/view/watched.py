"""Follow a store's runs: read once, then only what is new."""

import contextlib
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pytest_selfrepair.estimate.run.outcome import TaskOutcome
from pytest_selfrepair.store.briefs import GrownBrief, RecordBrief, brief_of, briefs
from pytest_selfrepair.store.listing import BegunRun, StoredRun, begun_runs, summed
from pytest_selfrepair.store.sqlite_store import SqliteStore

LIVE_SECONDS = 90.0
"""Seconds since its last record for which a growing run counts as live."""

_COUNTS = "SELECT run, count(*) FROM records GROUP BY run"
_IDS = "SELECT task_id FROM records WHERE run = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenItem:
    """A task or scenario of a run.

    Attributes:
        task_id: Its id.
        difficulty: Its difficulty, where it has one.
        outcome: The task's `TaskOutcome`; ``played`` for a scenario.
        why: Why it was not scored; empty where it was.
        tokens: Generated tokens.
    """

    task_id: str
    difficulty: str | None
    outcome: str
    why: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedRun:
    """A run as shown on the page.

    Attributes:
        about: Its entry in lists.
        live: Whether it appears to be running.
        outcomes: The number of items by outcome.
        tokens: Generated tokens of its items.
        dollars: US dollars where prices are known; None: none is.
        latest: Its items, the latest first.
    """

    about: StoredRun
    live: bool
    outcomes: dict[str, int]
    tokens: int
    dollars: float | None
    latest: tuple[SeenItem, ...]

    @property
    def label(self) -> str:
        """Its name on the page."""
        return self.about.name or f"run {self.about.run}"


@dataclass(slots=True)
class _Known:
    """What was read of a run: its records without trees, and their totals."""

    briefs: dict[str, RecordBrief] = field(default_factory=dict)
    items: dict[str, SeenItem] = field(default_factory=dict)
    grew: float | None = None

    def add(self, task_id: str, brief: RecordBrief) -> None:
        self.items[task_id] = _item(task_id, brief)
        if brief.grown is not None:
            brief.grown = GrownBrief()
        self.briefs[task_id] = brief


class Watched:
    """The runs of a store, shared by several threads.

    Args:
        path: The store's file; it is only read.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[int, _Known] = {}
        self._has_looked = False

    def runs(self) -> list[WatchedRun]:
        """Every run, the latest first.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._lock, contextlib.closing(self.opened()) as store:
            return [self._shown(each) for each in reversed(store.read(self._refreshed))]

    def run(self, number: int) -> WatchedRun | None:
        """One run; None where there is none with this number.

        Raises:
            StoreError: The store cannot be read.
        """
        return next((each for each in self.runs() if each.about.run == number), None)

    def opened(self) -> SqliteStore:
        """Open the store for reading.

        Raises:
            StoreError: It cannot be opened.
        """
        return SqliteStore(self.path, create=False, reading=True)

    def _refreshed(self, connection: sqlite3.Connection) -> list[BegunRun]:
        """The runs, after reading what is new."""
        found = begun_runs(connection)
        counts = dict(connection.execute(_COUNTS).fetchall())
        for begun in found:
            known = self._known.get(begun.run)
            if known is None:
                known = self._known[begun.run] = _Known()
                known.grew = self._clock() if self._has_looked else None
                for task_id, brief in briefs(connection, begun.run):
                    known.add(task_id, brief)
            elif counts.get(begun.run, 0) != len(known.briefs):
                self._catch_up(connection, begun.run, known)
        self._has_looked = True
        return found

    def _catch_up(self, connection: sqlite3.Connection, run: int, known: _Known) -> None:
        for (task_id,) in connection.execute(_IDS, (run,)).fetchall():
            if task_id in known.items:
                continue
            if (found := brief_of(connection, run, task_id)) is not None:
                known.add(task_id, found)
        known.grew = self._clock()

    def _shown(self, begun: BegunRun) -> WatchedRun:
        known = self._known[begun.run]
        live = known.grew is not None and self._clock() - known.grew < LIVE_SECONDS
        costs = [each.cost for each in known.briefs.values()]
        items = tuple(reversed(known.items.values()))
        priced = any(cost.samples > cost.unpriced for cost in costs)
        return WatchedRun(
            about=summed(begun, known.briefs.values()),
            live=live,
            outcomes=dict(Counter(each.outcome for each in items).most_common()),
            tokens=sum(cost.tokens for cost in costs),
            dollars=sum(cost.dollars for cost in costs) if priced else None,
            latest=items,
        )


def _item(task_id: str, brief: RecordBrief) -> SeenItem:
    return SeenItem(
        task_id=task_id,
        difficulty=brief.difficulty,
        outcome=_outcome(brief),
        why=brief.unscored or "",
        tokens=brief.cost.tokens,
    )


def _outcome(brief: RecordBrief) -> str:
    if brief.chains:
        return "played"
    if brief.grown is None:
        return str(TaskOutcome.UNSCORED)
    if brief.solved_at_once:
        return str(TaskOutcome.SOLVED)
    return str(TaskOutcome.REPAIRED if brief.solved_by_repair else TaskOutcome.UNSOLVED)

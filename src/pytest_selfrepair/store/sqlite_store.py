"""Samples as they are paid for, verdicts, and records as they end, in one SQLite file."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import (
    Grant,
    Lost,
    Paid,
    Reservation,
    RunLimits,
    Spent,
    Wanted,
)
from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.store.alive import SignOfLife
from pytest_selfrepair.store.any_record import AnyRecord, of_tasks
from pytest_selfrepair.store.layout import is_read_only, open_file
from pytest_selfrepair.store.ledger import LedgerTables, is_vain
from pytest_selfrepair.store.packing import unpacked
from pytest_selfrepair.store.rows import (
    cost_of,
    insert_record,
    insert_run,
    insert_verdict,
    kept_verdict,
    opened_record,
)
from pytest_selfrepair.store.samples import SampleRow, SampleTable
from pytest_selfrepair.store.store_failure import damaged_row
from pytest_selfrepair.store.writer import NOT_YET, NotYet, Writer

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

_MOST_COMPARED = 50

_T = TypeVar("_T")


class SqliteStore:
    """One file, written by every process of a run at once (write-ahead log, full sync).

    Texts are stored as ASCII JSON: half a surrogate pair in a reply cannot break the file. Neither
    keys nor headers are part of a request, so none reaches it.

    Args:
        path: The file.
        patience: Seconds to wait for another process that is writing.
        create: Whether the file and its folder are made where they are missing.
        run: What tells what this run pays from what others do; empty: it is not told.
        reading: Whether the file is opened only to be read, though it could be written.

    Attributes:
        read_only: Whether the file, or its folder, cannot be written, or is not to be.
        samples: The table of samples, for work that `read` and `write` are given.

    Raises:
        StoreError: The file cannot be opened, is no such store, or is of a later version.
    """

    def __init__(
        self,
        path: Path,
        *,
        patience: float = PATIENCE,
        create: bool = True,
        run: str = "",
        reading: bool = False,
    ) -> None:
        self._path = path
        self.samples = SampleTable(path)
        self._sign = SignOfLife(path)
        self._ledger = LedgerTables(self._sign, run)
        connection = open_file(path, patience=patience, create=create, reading=reading)
        self.read_only = is_read_only(connection)
        self._writer = Writer(path, connection)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    async def get_many(self, keys: Sequence[str]) -> dict[str, Sample]:
        """The samples filed under some requests' keys, as far as there are any.

        Raises:
            StoreError: The file cannot be read.
        """
        texts = await self._writer.do(partial(self.samples.samples, keys=keys), reads=True)
        return {key: self._sample(text) for key, text in texts.items()}

    async def put(
        self,
        request: SampleRequest,
        sample: Sample,
        *,
        reservation: Reservation | None = None,
        anew: bool = False,
    ) -> Sample:
        """File a sample and settle what was reserved for it, both or neither.

        It is filed also where the caller stops waiting: it is paid for.

        Args:
            request: What was asked.
            sample: What came back.
            reservation: What was set aside for it.
            anew: Whether it takes the place of one that is filed under the same key.

        Returns:
            The sample that is filed now: another one, where somebody else was faster and it is not
            `anew`. When this returns, it is on disk.

        Raises:
            StoreError: The file cannot be written. What could not be filed is tried again with
                whatever is filed later, and when the store is closed.
        """
        row = SampleRow.of(request, sample)

        def work(connection: sqlite3.Connection) -> str | None:
            if reservation is not None:
                tokens, dollars = cost_of(sample)
                self._ledger.settle(connection, reservation, tokens=tokens, dollars=dollars)
            if self.samples.insert(connection, row, anew=anew):
                return None
            return self.samples.samples(connection, [row.key])[row.key]

        other = await self._writer.do(work, keeps=True)
        return sample if other is None else self._sample(other)

    async def asked(self, task_id: str, node: str) -> list[SampleRequest]:
        """Some requests of one task and node whose samples are filed, to compare a miss with.

        Raises:
            StoreError: The file cannot be read.
        """
        texts = await self._writer.do(
            lambda connection: self.samples.requests(connection, task_id, node, _MOST_COMPARED),
            reads=True,
        )
        return [self._read(text, SampleRequest) for text in texts]

    async def verdict(self, key: str) -> Verdict | None:
        """The verdict kept under a key, or None.

        Raises:
            StoreError: The file cannot be read.
        """
        kept = await self._writer.do(partial(kept_verdict, key=key), reads=True)
        return None if kept is None else self._read(kept, Verdict)

    async def keep_verdict(self, key: str, task_id: str, verdict: Verdict) -> None:
        """Keep a verdict, in the place of one that is kept under the same key.

        Raises:
            StoreError: The file cannot be written.
        """
        await self._writer.do(
            lambda connection: insert_verdict(connection, key, task_id, verdict, anew=True)
        )

    async def reserve(
        self, campaign: str, wanted: Sequence[Wanted], limits: RunLimits, *, waits: bool = True
    ) -> tuple[Grant, ...]:
        """Set aside what some requests can cost; see `Ledger`.

        Raises:
            StoreError: The file cannot be written.
        """
        granted: list[Reservation] = []

        def work(connection: sqlite3.Connection) -> tuple[Grant, ...] | NotYet:
            grants = self._ledger.reserve(connection, campaign, wanted, limits)
            granted[:] = [each for each in grants if isinstance(each, Reservation)]
            return NOT_YET if waits and is_vain(grants) else grants

        try:
            return await self._writer.do(work, waits=waits)
        except asyncio.CancelledError:  # nothing was sent: what was granted meanwhile goes back
            self.give_back(granted)
            raise

    def give_back(self, reservations: Sequence[Reservation]) -> None:
        """Drop reservations of requests that were never sent, soon; nobody waits for it."""
        self._writer.post(partial(self._ledger.release_all, reservations=reservations))

    async def release(self, reservation: Reservation) -> None:
        """Give back what was set aside for a request that failed and cost nothing.

        Raises:
            StoreError: The file cannot be written.
        """
        work = partial(self._ledger.release_all, reservations=[reservation])
        await self._writer.do(work, keeps=True)

    async def lose(self, reservation: Reservation) -> None:
        """Give back what was set aside for a request of which nobody knows what it cost.

        Raises:
            StoreError: The file cannot be written.
        """
        work = partial(self._ledger.lose, reservation=reservation)
        await self._writer.do(work, keeps=True)

    def spent(self, campaign: str) -> Spent:
        """What a campaign has paid for, in all its runs and processes."""
        return self.read(lambda connection: self._ledger.spent(connection, campaign))

    def paid(self, run: str) -> Paid:
        """What a run has paid for, in all its processes."""
        return self.read(lambda connection: self._ledger.paid(connection, run))

    def in_flight(self, campaign: str) -> int:
        """Requests that are under way on a campaign's account, in all processes."""
        return self.read(lambda connection: self._ledger.in_flight(connection, campaign))

    def lost(self, campaign: str) -> Lost:
        """What a campaign's dead processes had in flight, up to now."""
        if not self.read_only:
            self.write(self._ledger.lose_the_dead)
        return self.read(lambda connection: self._ledger.lost(connection, campaign))

    def begin_run(self, name: str = "", note: str = "") -> int:
        """Open a new run and return its number.

        Args:
            name: What its user calls it; empty: nothing.
            note: What its user says of it, likewise.
        """
        return self.write(partial(insert_run, name=name, note=note))

    def add_record(self, run: int, record: AnyRecord) -> None:
        """Keep a record; a later one of the same item takes its place."""
        self.write(lambda connection: insert_record(connection, run, record, anew=True))

    def records(self, run: int) -> Iterator[Record]:
        """The records of a run's tasks, by task."""
        return of_tasks(self.every_record(run))

    def every_record(self, run: int) -> Iterator[AnyRecord]:
        """The records of a run one at a time, those of scenarios among them, by item."""
        for (task_id,) in self._rows("SELECT task_id FROM records WHERE run = ? ORDER BY 1", run):
            query = "SELECT record FROM records WHERE run = ? AND task_id = ?"
            for (kept,) in self._rows(query, run, task_id):
                yield opened_record(kept)

    def read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Look something up, by work that writes nothing.

        Raises:
            StoreError: The file cannot be read.
        """
        return self._writer.wait(work, reads=True)

    def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Have work done in one transaction; when this returns, it is on disk.

        Raises:
            StoreError: The file cannot be written.
        """
        return self._writer.wait(work)

    def close(self) -> None:
        """Write what is waiting, and give back the file."""
        self._writer.close(self._ledger.leave if self._sign.given else None)
        self._sign.end()

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        return self.read(lambda connection: connection.execute(query, values).fetchall())

    def _sample(self, text: str) -> Sample:
        return self._read(text, Sample)

    def _read(self, kept: str | bytes, kind: type[_T]) -> _T:
        try:
            return msgspec.convert(json.loads(unpacked(kept)), kind)
        except (ValueError, msgspec.ValidationError) as error:
            raise damaged_row(self._path, kind.__name__, error) from error

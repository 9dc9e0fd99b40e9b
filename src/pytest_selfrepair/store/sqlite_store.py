"""Samples as they are paid for, verdicts, and records as they end, in one SQLite file."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import Reservation
from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.store.alive import SignOfLife
from pytest_selfrepair.store.any_record import AnyRecord, of_tasks
from pytest_selfrepair.store.layout import is_read_only, open_file
from pytest_selfrepair.store.ledger import LedgerTables
from pytest_selfrepair.store.rows import cost_of, insert_record, insert_run, opened, opened_record
from pytest_selfrepair.store.samples import SampleRow, SampleTable
from pytest_selfrepair.store.stored_ledger import StoredLedger
from pytest_selfrepair.store.stored_verdicts import StoredVerdicts
from pytest_selfrepair.store.writer import Writer

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
        ledger: The account of runs.
        verdicts: The verdicts that are kept.

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
        self._tables = LedgerTables(self._sign, run)
        connection = open_file(path, patience=patience, create=create, reading=reading)
        self.read_only = is_read_only(connection)
        self._writer = Writer(path, connection)
        self.ledger = StoredLedger(self._tables, self._writer, read_only=self.read_only)
        self.verdicts = StoredVerdicts(path, self._writer)

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
        return {key: opened(text, Sample, self._path) for key, text in texts.items()}

    async def put(
        self,
        request: SampleRequest,
        sample: Sample,
        *,
        reservation: Reservation | None = None,
        anew: bool = False,
    ) -> Sample:
        """File a sample and settle what was reserved for it, both or neither.

        It is filed also where the caller stops waiting: it is paid for. See `SampleStore`.

        Raises:
            StoreError: The file cannot be written. What could not be filed is tried again with
                whatever is filed later, and when the store is closed.
        """
        row = SampleRow.of(request, sample)

        def work(connection: sqlite3.Connection) -> str | None:
            if reservation is not None:
                tokens, dollars = cost_of(sample)
                self._tables.settle(connection, reservation, tokens=tokens, dollars=dollars)
            if self.samples.insert(connection, row, anew=anew):
                return None
            return self.samples.samples(connection, [row.key])[row.key]

        other = await self._writer.do(work, keeps=True)
        return sample if other is None else opened(other, Sample, self._path)

    async def asked(self, task_id: str, node: str) -> list[SampleRequest]:
        """Some requests of one task and node whose samples are filed, to compare a miss with.

        Raises:
            StoreError: The file cannot be read.
        """
        texts = await self._writer.do(
            lambda connection: self.samples.requests(connection, task_id, node, _MOST_COMPARED),
            reads=True,
        )
        return [opened(text, SampleRequest, self._path) for text in texts]

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
        self._writer.close(self._tables.leave if self._sign.given else None)
        self._sign.end()

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        return self.read(lambda connection: connection.execute(query, values).fetchall())

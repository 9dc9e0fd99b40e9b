"""Store samples, verdicts and records in one SQLite file."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import Reservation
from pytest_selfrepair.core.sample import Filing, Sample, SampleRequest
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
"""Seconds to wait for another writing process."""

_MOST_COMPARED = 50

_T = TypeVar("_T")


class SqliteStore:
    """A store in one file, shared by all processes of a run (write-ahead log, full sync).

    Texts are stored as ASCII JSON, so lone surrogates in replies cannot break the file. API keys
    and secret headers are not part of a request and never reach it.

    Args:
        path: The file.
        patience: Seconds to wait for another writing process.
        create: Whether to create a missing file and its folder.
        run: The id under which this run's payments are counted; empty: they are not.
        reading: Whether to open the file read-only in any case.

    Attributes:
        read_only: Whether the file is open read-only.
        samples: The table of samples, for functions passed to `read` and `write`.
        ledger: The account of runs.
        verdicts: The stored verdicts.

    Raises:
        StoreError: The file cannot be opened, is not a store, or is of a later version.
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
        """Look up samples by their requests' keys; missing ones are left out.

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
        """Store one sample, as `put_many` does several."""
        filing = Filing(request=request, sample=sample, reservation=reservation)
        return (await self.put_many([filing], anew=anew))[0]

    async def put_many(self, filings: Sequence[Filing], *, anew: bool = False) -> list[Sample]:
        """Store samples and settle their reservations, in one transaction.

        As they are paid for, they are stored even if the caller is cancelled. See `SampleStore`.

        Raises:
            StoreError: The file cannot be written. The write is retried with later ones, and when
                the store is closed.
        """
        rows = [SampleRow.of(each.request, each.sample) for each in filings]

        def work(connection: sqlite3.Connection) -> list[str | None]:
            for each in filings:
                if each.reservation is not None:
                    self._tables.settle(connection, each.reservation, cost_of(each.sample))
            return [_inserted(self.samples, connection, row, anew=anew) for row in rows]

        others = await self._writer.do(work, keeps=True)
        return [
            filing.sample if other is None else opened(other, Sample, self._path)
            for filing, other in zip(filings, others, strict=True)
        ]

    async def stored_requests(self, task_id: str, node: str) -> list[SampleRequest]:
        """Some stored requests of a task and node, to compare with a missing one.

        Raises:
            StoreError: The file cannot be read.
        """
        texts = await self._writer.do(
            lambda connection: self.samples.requests(connection, task_id, node, _MOST_COMPARED),
            reads=True,
        )
        return [opened(text, SampleRequest, self._path) for text in texts]

    def begin_run(self, name: str = "", note: str = "") -> int:
        """Begin a new run and return its number.

        Args:
            name: Its name; empty for none.
            note: The user's note; empty for none.
        """
        return self.write(partial(insert_run, name=name, note=note))

    def add_record(self, run: int, record: AnyRecord) -> None:
        """Store a record, replacing an earlier one of the same item."""
        self.write(lambda connection: insert_record(connection, run, record, anew=True))

    def records(self, run: int) -> Iterator[Record]:
        """Yield the records of a run's tasks, by task."""
        return of_tasks(self.every_record(run))

    def every_record(self, run: int) -> Iterator[AnyRecord]:
        """Yield all records of a run one at a time, including scenarios, by item."""
        for (task_id,) in self._rows("SELECT task_id FROM records WHERE run = ? ORDER BY 1", run):
            query = "SELECT record FROM records WHERE run = ? AND task_id = ?"
            for (kept,) in self._rows(query, run, task_id):
                yield opened_record(kept)

    def read(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run a function that only reads.

        Raises:
            StoreError: The file cannot be read.
        """
        return self._writer.wait(work, reads=True)

    def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run a function in one transaction, which is on disk when this returns.

        Raises:
            StoreError: The file cannot be written.
        """
        return self._writer.wait(work)

    def close(self) -> None:
        """Write pending jobs, and close the file."""
        self._writer.close(self._tables.lose_remaining if self._sign.given else None)
        self._sign.end()

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        return self.read(lambda connection: connection.execute(query, values).fetchall())


def _inserted(
    samples: SampleTable, connection: sqlite3.Connection, row: SampleRow, *, anew: bool
) -> str | None:
    """Insert a sample; return the text of an already stored one, if any."""
    if samples.insert(connection, row, anew=anew):
        return None
    return samples.samples(connection, [row.key])[row.key]

"""The ledger of a store, used through the store's thread."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial

from pytest_selfrepair.core.run_account import (
    Grant,
    Lost,
    Paid,
    Reservation,
    RunLimits,
    Spent,
    Wanted,
)
from pytest_selfrepair.store.ledger import LedgerTables, must_all_wait
from pytest_selfrepair.store.writer import Writer
from pytest_selfrepair.store.writer_job import NOT_YET, NotYet


class StoredLedger:
    """The ledger of a store; see `Ledger`.

    Args:
        tables: The ledger's tables.
        writer: The store's thread.
        read_only: Whether the file is open read-only.
    """

    def __init__(self, tables: LedgerTables, writer: Writer, *, read_only: bool) -> None:
        self._tables = tables
        self._writer = writer
        self._read_only = read_only

    async def reserve(
        self, campaign: str, wanted: Sequence[Wanted], limits: RunLimits, *, waits: bool = True
    ) -> tuple[Grant, ...]:
        """Reserve what some requests can cost; see `Ledger`.

        Raises:
            StoreError: The file cannot be written.
        """
        granted: list[Reservation] = []

        def work(connection: sqlite3.Connection) -> tuple[Grant, ...] | NotYet:
            grants = self._tables.reserve(connection, campaign, wanted, limits)
            granted[:] = [each for each in grants if isinstance(each, Reservation)]
            return NOT_YET if waits and must_all_wait(grants) else grants

        try:
            return await self._writer.do(work, waits=waits)
        except asyncio.CancelledError:  # nothing was sent, so return the grants
            self.give_back(granted)
            raise

    def give_back(self, reservations: Sequence[Reservation]) -> None:
        """Drop the reservations of requests never sent, in the background."""
        self._writer.post(partial(self._tables.release_all, reservations=reservations))

    async def release(self, reservation: Reservation) -> None:
        """Release the reservation of a request that failed and cost nothing.

        Raises:
            StoreError: The file cannot be written.
        """
        work = partial(self._tables.release_all, reservations=[reservation])
        await self._writer.do(work, keeps=True)

    async def lose(self, reservation: Reservation) -> None:
        """End the reservation of a request of unknown cost, counting it as lost.

        Raises:
            StoreError: The file cannot be written.
        """
        work = partial(self._tables.lose, reservation=reservation)
        await self._writer.do(work, keeps=True)

    def spent(self, campaign: str) -> Spent:
        """The spending of a campaign in all its runs and processes."""
        return self._writer.wait(partial(self._tables.spent, campaign=campaign), reads=True)

    def paid(self, run: str) -> Paid:
        """The spending of a run in all its processes."""
        return self._writer.wait(partial(self._tables.paid, run=run), reads=True)

    def in_flight(self, campaign: str) -> int:
        """The number of a campaign's requests in flight, in all processes."""
        return self._writer.wait(partial(self._tables.in_flight, campaign=campaign), reads=True)

    def lost(self, campaign: str) -> Lost:
        """The requests in flight that a campaign's dead processes have lost so far."""
        if not self._read_only:
            self._writer.wait(self._tables.count_dead_as_lost)
        return self._writer.wait(partial(self._tables.lost, campaign=campaign), reads=True)

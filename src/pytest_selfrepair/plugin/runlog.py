"""The controller's log of a run: every item's record, in memory and in the store."""

import contextlib
from pathlib import Path

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import Account, Lost, RunLimits, Spent
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord, of_games, of_tasks
from pytest_selfrepair.store.sqlite_store import SqliteStore


class RunLog:
    """The records of one run; kept by the controller alone.

    Args:
        path: The store's file; opened when the first record arrives.
        run: The id of this run's payments in the account.
        name: The run's name; empty: none.
        note: The run's note; empty: none.

    Attributes:
        collected: The number of items to run.
        notices: Notices to the user on how models answered.
        rate_limits: How often endpoints reported their rate limit, by worker.
        others_failed: Whether an ordinary test failed or could not be collected.
        trouble: Why records could not be stored, or None.
        fault: Why a worker ended the run, or None.
    """

    def __init__(self, path: Path, run: str = "", *, name: str = "", note: str = "") -> None:
        self._path = path
        self._name = name
        self._note = note
        self._run_id = run
        self._store: SqliteStore | None = None
        self._run = 0
        self._records: dict[str, AnyRecord] = {}
        self.collected = 0
        self.notices: list[str] = []
        self.rate_limits: dict[str, int] = {}
        self.others_failed = False
        self.trouble: str | None = None
        self.fault: str | None = None

    @property
    def records(self) -> list[Record]:
        """One record for each task, in order of arrival."""
        return list(of_tasks(self._records.values()))

    @property
    def games(self) -> list[BargainRecord]:
        """One record for each scenario and role, in order of arrival."""
        return list(of_games(self._records.values()))

    @property
    def not_run(self) -> int:
        """The number of items collected and without a record."""
        return max(self.collected - len(self._records), 0)

    def add(self, record: AnyRecord) -> None:
        """Add a record; if the store cannot be written, the summary still has it."""
        self._records[record.task_id] = record
        try:
            store = self._opened()
            if store.read_only:
                self.notices = [*self.notices, f"{self._path} is read-only: no records are kept"]
                return
            if not self._run:
                self._run = store.begin_run(self._name, self._note)
            store.add_record(self._run, record)
        except StoreError as error:
            self.trouble = str(error)

    def bring_up_to_date(self) -> None:
        """Open the store if there is one, so that an earlier version's is brought up to date."""
        if self._path.is_file():
            with contextlib.suppress(StoreError):  # a later use of the store reports it
                self._opened()

    def progress(self, campaign: str) -> tuple[Spent, int]:
        """What an account has paid for, and the number of its requests in flight.

        Raises:
            StoreError: The store cannot be read.
        """
        ledger = self._opened().ledger
        return ledger.spent(campaign), ledger.in_flight(campaign)

    def account(self, campaign: str, limits: RunLimits) -> Account | None:
        """What this run and all of its settings have paid for; None if that cannot be read."""
        if self._store is None and not self._path.exists():
            return None
        try:
            ledger = self._opened().ledger
            return Account(
                paid=ledger.paid(self._run_id), spent=ledger.spent(campaign), limits=limits
            )
        except StoreError as error:
            self.trouble = str(error)
            return None

    def lost(self, campaign: str) -> Lost:
        """Requests that dead processes had in flight; none where the store cannot be read."""
        try:
            return self._opened().ledger.lost(campaign)
        except StoreError as error:
            self.trouble = str(error)
            return Lost()

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()

    def _opened(self) -> SqliteStore:
        if self._store is None:
            self._store = SqliteStore(self._path)
        return self._store

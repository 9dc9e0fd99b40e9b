"""What the controller keeps of a run: every item's record, in memory and in the store."""

import contextlib
from pathlib import Path

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.run_account import Account, Lost, RunLimits, Spent
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord, of_games, of_tasks
from pytest_selfrepair.store.sqlite_store import SqliteStore


class RunLog:
    """The records of one run; only the controller has one.

    Args:
        path: The store's file; it is opened when the first record comes.
        run: What tells what this run pays from what others do.
        name: What its user calls it; empty: nothing.
        note: What its user says of it; empty: nothing.

    Attributes:
        collected: Items that were to be run.
        notices: What the user should know of how models were asked.
        rate_limits: How often endpoints said that they were asked too much, by worker.
        others_failed: Whether an ordinary test beside the tasks failed, or could not be collected.
        trouble: Why records could not be kept, or None.
        fault: Why a worker found that the run cannot go on, or None.
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
        """One record a task, in the order in which they came."""
        return list(of_tasks(self._records.values()))

    @property
    def games(self) -> list[BargainRecord]:
        """One record of each scenario and role, likewise."""
        return list(of_games(self._records.values()))

    @property
    def not_run(self) -> int:
        """Items that were collected and have no record."""
        return max(self.collected - len(self._records), 0)

    def add(self, record: AnyRecord) -> None:
        """Keep a record; a store that cannot be written loses none for the summary."""
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
            with contextlib.suppress(StoreError):  # whatever needs it says so
                self._opened()

    def progress(self, campaign: str) -> tuple[Spent, int]:
        """What a campaign has paid for, and how many requests are under way on its account.

        Raises:
            StoreError: The store cannot be read.
        """
        store = self._opened()
        return store.spent(campaign), store.in_flight(campaign)

    def account(self, campaign: str, limits: RunLimits) -> Account | None:
        """What this run and all of its settings have paid for; None where that cannot be read."""
        if self._store is None and not self._path.exists():
            return None
        try:
            store = self._opened()
            return Account(
                paid=store.paid(self._run_id), spent=store.spent(campaign), limits=limits
            )
        except StoreError as error:
            self.trouble = str(error)
            return None

    def lost(self, campaign: str) -> Lost:
        """What dead processes had in flight; nothing where the store is out of reach."""
        try:
            return self._opened().lost(campaign)
        except StoreError as error:
            self.trouble = str(error)
            return Lost()

    def close(self) -> None:
        """Give back the store."""
        if self._store is not None:
            self._store.close()

    def _opened(self) -> SqliteStore:
        if self._store is None:
            self._store = SqliteStore(self._path)
        return self._store

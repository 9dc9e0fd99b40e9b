"""The SQLite file of a study: answers, drafts, judgements, consents and withdrawals.

The feedback source `human` reads the table `answers`.
Every change is on disk before it is confirmed. Deleted data is overwritten.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from pytest_selfrepair.annotate import answers_layout
from pytest_selfrepair.annotate.judgements import Judgements
from pytest_selfrepair.annotate.participants import Participants
from pytest_selfrepair.annotate.written_texts import WrittenTexts
from pytest_selfrepair.store.store_failure import is_busy

_LOCKED = "locked by another process; try again in a moment"
_OF_A_PERSON = ("answers", "drafts", "judgements")


class Answers:
    """A file of answers; threads may share it, and other processes may open it.

    Args:
        path: The file.
        create: Whether to create a missing file, readable by its owner only.

    Attributes:
        path: The file.
        texts: Drafts and answers.
        judgements: Judgements of texts.
        people: Consents and withdrawals.

    Raises:
        StoreError: The file cannot be opened, or is not a file of answers.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._locked_until = 0.0
        self._connection = answers_layout.open_file(path, create=create)
        self.texts = WrittenTexts(self._transaction)
        self.judgements = Judgements(self._transaction)
        self.people = Participants(self._transaction)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def key(self) -> bytes:
        """The file's own permanent secret."""
        with self._transaction() as connection:
            return bytes.fromhex(connection.execute("SELECT key FROM keys").fetchone()[0])

    def withdraw(self, participant: str) -> None:
        """Delete all that a participant wrote and all judgements of it; record the withdrawal.

        Raises:
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            for table in _OF_A_PERSON:
                connection.execute(f"DELETE FROM {table} WHERE participant = ?", (participant,))  # noqa: S608 - our own names
            connection.execute("DELETE FROM judgements WHERE author = ?", (participant,))
            connection.execute("INSERT OR REPLACE INTO people VALUES (?, NULL, 1)", (participant,))
        with self._lock, contextlib.suppress(sqlite3.Error):  # repeated later and on closing
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """An atomic transaction, on disk when it ends."""
        with self._lock:
            if time.monotonic() < self._locked_until:
                raise answers_layout.explain(self.path, sqlite3.OperationalError(_LOCKED))
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):  # already ended if the disk is full
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                if is_busy(error):  # spare the next callers the same wait
                    self._locked_until = time.monotonic() + answers_layout.PATIENCE
                raise answers_layout.explain(self.path, error) from error

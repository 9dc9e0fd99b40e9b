"""What people wrote, in one SQLite file: their answers, drafts, judgements, and who withdrew.

The table `answers` is what the feedback source `human` reads.
Nothing is returned to its writer before it is on disk. What is deleted is overwritten.
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
    """The file; threads may share it, and other processes open it too.

    Args:
        path: The file.
        create: Whether it is made, for nobody else to read, where it is missing.

    Attributes:
        path: The file.
        texts: Drafts and answers.
        judgements: What was said of texts.
        people: What participants agreed to, and who withdrew.

    Raises:
        StoreError: It cannot be opened, or is no file of answers.
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
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def key(self) -> bytes:
        """A secret of this file's own, the same whenever it is opened."""
        with self._transaction() as connection:
            return bytes.fromhex(connection.execute("SELECT key FROM keys").fetchone()[0])

    def withdraw(self, participant: str) -> None:
        """Delete all that a participant wrote, and what was judged of it; keep that they withdrew.

        Raises:
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            for table in _OF_A_PERSON:
                connection.execute(f"DELETE FROM {table} WHERE participant = ?", (participant,))  # noqa: S608 - names of ours
            connection.execute("DELETE FROM judgements WHERE author = ?", (participant,))
            connection.execute("INSERT OR REPLACE INTO people VALUES (?, NULL, 1)", (participant,))
        with self._lock, contextlib.suppress(sqlite3.Error):  # a later one does it, or the close
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk when it ends."""
        with self._lock:
            if time.monotonic() < self._locked_until:
                raise answers_layout.explain(self.path, sqlite3.OperationalError(_LOCKED))
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):  # it has ended where the disk is full
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                if is_busy(error):  # who comes meanwhile need not wait as long, one by one
                    self._locked_until = time.monotonic() + answers_layout.PATIENCE
                raise answers_layout.explain(self.path, error) from error

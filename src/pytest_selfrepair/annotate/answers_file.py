"""What people wrote, in one SQLite file: their answers, drafts, judgements, and who withdrew.

The table `answers` is what the feedback source `human` reads.
Nothing is returned to its writer before it is on disk. What is deleted is overwritten.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

from pytest_selfrepair.annotate import answers_layout
from pytest_selfrepair.annotate.study_items import Key
from pytest_selfrepair.feedback.human import COLUMNS, HumanText
from pytest_selfrepair.store.store_failure import is_busy

LONGEST_FEEDBACK = 20_000
"""Characters of one text."""

_LONGEST_SECONDS = 86_400.0
_LOCKED = "locked by another process; try again in a moment"
_OF_A_PERSON = ("answers", "drafts", "judgements")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a participant said of a text on a program.

    Attributes:
        task_id: The task.
        program_hash: The program.
        text_hash: The SHA-256 of the text.
        source: Whose it is: `human`, or a feedback source of the run.
        author: The code of the person who wrote it; empty for a model's.
        participant: Who judges.
        accuracy: `accurate`, `inaccurate` or `uncertain`.
        change: What the text asks for: a `small` or a `large` change, or `none`.
        seconds: How long they were at it.
    """

    task_id: str
    program_hash: str
    text_hash: str
    source: str
    author: str
    participant: str
    accuracy: str
    change: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingState:
    """Where a participant is with one program.

    Attributes:
        text: Their draft, or else their answer.
        seconds: Spent so far.
        revision: Of the draft: how often its text was changed; 0 where there is none.
        answered: Whether there is an answer.
        changed: Whether there is a draft that differs from the answer.
    """

    text: str = ""
    seconds: float = 0.0
    revision: int = 0
    answered: bool = False
    changed: bool = False


class WithdrawnError(Exception):
    """The participant has withdrawn: nothing of theirs is kept any more."""


class StaleError(Exception):
    """The draft was saved from another window since this one has read it.

    Args:
        now: What is kept.
    """

    def __init__(self, now: WritingState) -> None:
        super().__init__("saved from another window")
        self.now = now


class Answers:
    """The file; threads may share it, and other processes open it too.

    Args:
        path: The file.
        create: Whether it is made, for nobody else to read, where it is missing.

    Raises:
        StoreError: It cannot be opened, or is no file of answers.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._locked_until = 0.0
        self._connection = answers_layout.open_file(path, create=create)

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

    def written(self, key: Key, participant: str) -> WritingState:
        """Where a participant is with a program."""
        with self._transaction() as connection:
            return _written(connection, key, participant)

    def save_draft(
        self, key: Key, participant: str, *, text: str, seconds: float, revision: int
    ) -> WritingState:
        """Keep a draft.

        Args:
            key: The program.
            participant: Who writes.
            text: All of the text.
            seconds: Spent so far, in all; what is kept never falls.
            revision: That of the draft which this one follows, 0 where there was none.

        Raises:
            StaleError: Another draft was saved in between, and differs.
            WithdrawnError: The participant has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            _refuse_withdrawn(connection, participant)
            return _save_draft(connection, key, participant, (text, seconds, revision))

    def submit(
        self, key: Key, participant: str, *, text: str, seconds: float, revision: int
    ) -> None:
        """Keep an answer in place of an earlier one; the arguments are those of a draft.

        Raises:
            StaleError: Another draft was saved in between, and differs.
            WithdrawnError: The participant has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            _refuse_withdrawn(connection, participant)
            saved = _save_draft(connection, key, participant, (text, seconds, revision))
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                (key.task_id, key.program_hash, participant, text, saved.seconds),
            )

    def judge(self, judgement: Judgement) -> None:
        """Keep a judgement in place of an earlier one of the same text by the same person.

        Raises:
            WithdrawnError: Who judges has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            _refuse_withdrawn(connection, judgement.participant)
            connection.execute(
                "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    judgement.task_id,
                    judgement.program_hash,
                    judgement.text_hash,
                    judgement.source,
                    judgement.author,
                    judgement.participant,
                    judgement.accuracy,
                    judgement.change,
                    min(max(judgement.seconds, 0.0), _LONGEST_SECONDS),
                ),
            )

    def consent(self, participant: str, text_hash: str) -> None:
        """Keep that a participant agrees to the text of this hash.

        Raises:
            WithdrawnError: They have withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            _refuse_withdrawn(connection, participant)
            connection.execute(
                "INSERT OR REPLACE INTO people VALUES (?, ?, 0)", (participant, text_hash)
            )

    def consented(self, participant: str) -> str | None:
        """The hash of the text that a participant agreed to; None: to none."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT consent FROM people WHERE participant = ?", (participant,)
            ).fetchone()
        return None if row is None else row[0]

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

    def withdrawn(self) -> set[str]:
        """Who has withdrawn."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT participant FROM people WHERE withdrawn").fetchall()
        return {row[0] for row in rows}

    def answers(self) -> list[HumanText]:
        """All answers, by task, program and participant."""
        with self._transaction() as connection:
            rows = connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM answers ORDER BY 1, 2, 3"  # noqa: S608 - names of ours
            ).fetchall()
        return [HumanText(**dict(zip(COLUMNS, row, strict=True))) for row in rows]

    def drafted(self) -> list[tuple[str, Key]]:
        """Who has drafts of which programs that differ from their answers."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT participant, task_id, program_hash FROM drafts "
                "LEFT JOIN answers USING (task_id, program_hash, participant) "
                "WHERE text IS NOT feedback AND text <> '' ORDER BY 1, 2, 3"
            ).fetchall()
        return [(who, Key(task_id=task, program_hash=program)) for who, task, program in rows]

    def judgements(self) -> list[Judgement]:
        """All judgements, by task, program, text, source and who judges."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM judgements ORDER BY 1, 2, 3, 4, participant"
            ).fetchall()
        names = [field.name for field in fields(Judgement)]
        return [Judgement(**dict(zip(names, row, strict=True))) for row in rows]

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


def _written(connection: sqlite3.Connection, key: Key, participant: str) -> WritingState:
    row = (key.task_id, key.program_hash, participant)
    where = "WHERE (task_id, program_hash, participant) = (?, ?, ?)"
    answer = connection.execute(f"SELECT feedback, seconds FROM answers {where}", row).fetchone()  # noqa: S608 - as above
    draft = connection.execute(
        f"SELECT text, seconds, revision FROM drafts {where}",  # noqa: S608 - as above
        row,
    ).fetchone()
    if draft is None:
        if answer is None:
            return WritingState()
        return WritingState(text=answer[0], seconds=answer[1], answered=True)
    return WritingState(
        text=draft[0],
        seconds=draft[1],
        revision=draft[2],
        answered=answer is not None,
        changed=answer is None or answer[0] != draft[0],
    )


def _save_draft(
    connection: sqlite3.Connection, key: Key, participant: str, draft: tuple[str, float, int]
) -> WritingState:
    text, seconds, revision = draft
    before = _written(connection, key, participant)
    if revision != before.revision and text != before.text:
        raise StaleError(before)
    row = (key.task_id, key.program_hash, participant)
    connection.execute(
        "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)",
        (*row, text, _spent(seconds, before), before.revision + (text != before.text)),
    )
    return _written(connection, key, participant)


def _spent(seconds: float, before: WritingState) -> float:
    return round(min(max(seconds, before.seconds), _LONGEST_SECONDS), 1)


def _refuse_withdrawn(connection: sqlite3.Connection, participant: str) -> None:
    row = connection.execute(
        "SELECT withdrawn FROM people WHERE participant = ?", (participant,)
    ).fetchone()
    if row is not None and row[0]:
        raise WithdrawnError

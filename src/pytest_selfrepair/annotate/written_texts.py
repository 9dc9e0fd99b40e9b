"""Participants' drafts and answers on programs and games, in a file of answers."""

import sqlite3
from dataclasses import dataclass

from pytest_selfrepair.annotate.answers_layout import MOST_SECONDS, Transaction
from pytest_selfrepair.annotate.participants import refuse_withdrawn
from pytest_selfrepair.annotate.study_items import Key
from pytest_selfrepair.feedback.human import COLUMNS, HumanText

LONGEST_FEEDBACK = 20_000
"""The longest text, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingState:
    """A participant's progress on one program.

    Attributes:
        text: The draft, else the answer.
        seconds: Seconds spent so far.
        revision: The number of changes to the draft; 0 without one.
        answered: Whether it has an answer.
        changed: Whether the draft differs from the answer.
    """

    text: str = ""
    seconds: float = 0.0
    revision: int = 0
    answered: bool = False
    changed: bool = False


class StaleError(Exception):
    """The draft was saved from another window since this one read it.

    Args:
        now: The saved state.
    """

    def __init__(self, now: WritingState) -> None:
        super().__init__("saved from another window")
        self.now = now


class WrittenTexts:
    """The drafts and answers of one file.

    Args:
        transaction: Begins a transaction of the file.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def written(self, key: Key, participant: str) -> WritingState:
        """A participant's progress on a program."""
        with self._transaction() as connection:
            return _written(connection, key, participant)

    def save_draft(
        self, key: Key, participant: str, *, text: str, seconds: float, revision: int
    ) -> WritingState:
        """Save a draft.

        Args:
            key: The program.
            participant: The author.
            text: The whole text.
            seconds: Seconds spent so far; the saved value never decreases.
            revision: The revision of the draft that this one follows; 0 without one.

        Raises:
            StaleError: A different draft was saved in between.
            WithdrawnError: The participant has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            refuse_withdrawn(connection, participant)
            return _save_draft(connection, key, participant, (text, seconds, revision))

    def submit(
        self, key: Key, participant: str, *, text: str, seconds: float, revision: int
    ) -> None:
        """Save an answer, replacing an earlier one; arguments as for a draft.

        Raises:
            StaleError: A different draft was saved in between.
            WithdrawnError: The participant has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            refuse_withdrawn(connection, participant)
            saved = _save_draft(connection, key, participant, (text, seconds, revision))
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
                (key.task_id, key.program_hash, participant, text, saved.seconds),
            )

    def answers(self) -> list[HumanText]:
        """All answers, by task, program and participant."""
        with self._transaction() as connection:
            rows = connection.execute(
                f"SELECT {', '.join(COLUMNS)} FROM answers ORDER BY 1, 2, 3"  # noqa: S608 - our own names
            ).fetchall()
        return [HumanText(**dict(zip(COLUMNS, row, strict=True))) for row in rows]

    def drafted(self) -> list[tuple[str, Key]]:
        """The participants and programs with drafts that differ from the answers."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT participant, task_id, program_hash FROM drafts "
                "LEFT JOIN answers USING (task_id, program_hash, participant) "
                "WHERE text IS NOT feedback AND text <> '' ORDER BY 1, 2, 3"
            ).fetchall()
        return [(who, Key(task_id=task, program_hash=program)) for who, task, program in rows]


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
    return round(min(max(seconds, before.seconds), MOST_SECONDS), 1)

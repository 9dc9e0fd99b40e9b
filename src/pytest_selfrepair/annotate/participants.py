"""Who takes part in a study: what they agreed to, and who withdrew."""

import sqlite3

from pytest_selfrepair.annotate.answers_layout import Transaction


class WithdrawnError(Exception):
    """The participant has withdrawn: nothing of theirs is kept any more."""


class Participants:
    """The people of one file of answers.

    Args:
        transaction: Begins a transaction of the file.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def consent(self, participant: str, text_hash: str) -> None:
        """Keep that a participant agrees to the text of this hash.

        Raises:
            WithdrawnError: They have withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            refuse_withdrawn(connection, participant)
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

    def withdrawn(self) -> set[str]:
        """Who has withdrawn."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT participant FROM people WHERE withdrawn").fetchall()
        return {row[0] for row in rows}


def refuse_withdrawn(connection: sqlite3.Connection, participant: str) -> None:
    """Go on unless a participant has withdrawn.

    Raises:
        WithdrawnError: They have.
    """
    row = connection.execute(
        "SELECT withdrawn FROM people WHERE participant = ?", (participant,)
    ).fetchone()
    if row is not None and row[0]:
        raise WithdrawnError

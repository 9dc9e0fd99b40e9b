"""The participants of a study, with their consents and withdrawals."""

import sqlite3

from pytest_selfrepair.annotate.answers_layout import Transaction


class WithdrawnError(Exception):
    """The participant has withdrawn, and nothing of theirs may be saved."""


class Participants:
    """The participants of one file of answers.

    Args:
        transaction: Begins a transaction of the file.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def consent(self, participant: str, text_hash: str) -> None:
        """Save a participant's consent to the text with a hash.

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
        """The hash of the text that a participant consented to; None without consent."""
        with self._transaction() as connection:
            row = connection.execute(
                "SELECT consent FROM people WHERE participant = ?", (participant,)
            ).fetchone()
        return None if row is None else row[0]

    def withdrawn(self) -> set[str]:
        """The participants who have withdrawn."""
        with self._transaction() as connection:
            rows = connection.execute("SELECT participant FROM people WHERE withdrawn").fetchall()
        return {row[0] for row in rows}


def refuse_withdrawn(connection: sqlite3.Connection, participant: str) -> None:
    """Raise an error if a participant has withdrawn.

    Raises:
        WithdrawnError: They have.
    """
    row = connection.execute(
        "SELECT withdrawn FROM people WHERE participant = ?", (participant,)
    ).fetchone()
    if row is not None and row[0]:
        raise WithdrawnError

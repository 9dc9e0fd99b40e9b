"""What participants said of texts on programs, in a file of answers."""

from dataclasses import dataclass, fields

from pytest_selfrepair.annotate.answers_layout import MOST_SECONDS, Transaction
from pytest_selfrepair.annotate.participants import refuse_withdrawn


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


class Judgements:
    """The judgements of one file of answers.

    Args:
        transaction: Begins a transaction of the file.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def file(self, judgement: Judgement) -> None:
        """Keep a judgement in place of an earlier one of the same text by the same person.

        Raises:
            WithdrawnError: Who judges has withdrawn.
            StoreError: The file cannot be written.
        """
        with self._transaction() as connection:
            refuse_withdrawn(connection, judgement.participant)
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
                    min(max(judgement.seconds, 0.0), MOST_SECONDS),
                ),
            )

    def all(self) -> list[Judgement]:
        """All judgements, by task, program, text, source and who judges."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM judgements ORDER BY 1, 2, 3, 4, participant"
            ).fetchall()
        names = [field.name for field in fields(Judgement)]
        return [Judgement(**dict(zip(names, row, strict=True))) for row in rows]

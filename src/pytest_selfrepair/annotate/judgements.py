"""Participants' judgements of texts on programs, in a file of answers."""

from dataclasses import dataclass, fields

from pytest_selfrepair.annotate.answers_layout import MOST_SECONDS, Transaction
from pytest_selfrepair.annotate.participants import refuse_withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A participant's judgement of a text on a program.

    Attributes:
        task_id: The task.
        program_hash: The program.
        text_hash: The SHA-256 of the text.
        source: The source of the text: `human`, or a feedback source of the run.
        author: The code of the text's author; empty for a model.
        participant: The code of the judge.
        accuracy: `accurate`, `inaccurate` or `uncertain`.
        change: The change that the text asks for: `small`, `large` or `none`.
        seconds: The seconds spent on it.
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
        """Save a judgement, replacing an earlier one of the same text by the same person.

        Raises:
            WithdrawnError: The judge has withdrawn.
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
        """All judgements, by task, program, text, source and judge."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT * FROM judgements ORDER BY 1, 2, 3, 4, participant"
            ).fetchall()
        names = [field.name for field in fields(Judgement)]
        return [Judgement(**dict(zip(names, row, strict=True))) for row in rows]

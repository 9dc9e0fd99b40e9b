"""The rows of the store's tables: what is filed of a sample and of a run."""

import json
import sqlite3
from collections.abc import Sequence

import msgspec

from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample, SampleRequest
from pytest_selfrepair.core.verdict import Verdict

SampleRow = tuple[str, str, str, str, str, str]
"""A row of `samples`: key, model, task, node, and the JSON of the request and of the sample."""


def sample_row(request: SampleRequest, sample: Sample) -> SampleRow:
    """What is filed of a sample."""
    return (
        request.key,
        column(request.model),
        column(request.task_id),
        column(request.node),
        json.dumps(msgspec.to_builtins(request)),
        json.dumps(msgspec.to_builtins(sample)),
    )


def insert_sample(connection: sqlite3.Connection, row: SampleRow, *, anew: bool = False) -> bool:
    """File a row; say whether it is there now, or another one of its key was before."""
    statement = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
    statement += " INTO samples VALUES (?, ?, ?, ?, ?, ?)"
    return connection.execute(statement, row).rowcount == 1


def insert_verdict(
    connection: sqlite3.Connection, key: str, task_id: str, verdict: Verdict, *, anew: bool = False
) -> bool:
    """Keep a verdict; say whether it is there now, or another one of its key was before."""
    statement = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
    row = (key, column(task_id), json.dumps(msgspec.to_builtins(verdict)))
    return connection.execute(f"{statement} INTO verdicts VALUES (?, ?, ?)", row).rowcount == 1


def verdict_text(connection: sqlite3.Connection, key: str) -> str | None:
    """The JSON of the verdict of a key, or None."""
    row = connection.execute("SELECT verdict FROM verdicts WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def insert_run(connection: sqlite3.Connection) -> int:
    """Open a new run; its `uid` tells it apart in any other store."""
    row = connection.execute(
        "INSERT INTO runs (uid) VALUES (lower(hex(randomblob(8)))) RETURNING id"
    ).fetchone()
    return int(row[0])


def cost_of(sample: Sample) -> tuple[int, float]:
    """Generated tokens and US dollars that a sample cost when it was drawn."""
    if sample.finish_reason == CONTEXT_LIMIT:
        return 0, 0.0
    return sample.usage.completion_tokens, sample.dollars or 0.0


def column(text: str) -> str:
    """A text that SQLite accepts: file names that are no UTF-8 hold halves of surrogate pairs."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def sample_texts(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, str]:
    """The JSON of the samples of some keys."""
    found: dict[str, str] = {}
    for key in keys:
        row = connection.execute("SELECT sample FROM samples WHERE key = ?", (key,)).fetchone()
        if row is not None:
            found[key] = row[0]
    return found

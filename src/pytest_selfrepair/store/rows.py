"""The rows of the store's tables: what is filed of verdicts, runs and records."""

import json
import sqlite3
from pathlib import Path
from typing import TypeVar

import msgspec

from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample
from pytest_selfrepair.core.verdict import Verdict
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.any_record import AnyRecord, read_record
from pytest_selfrepair.store.packing import packed, unpacked
from pytest_selfrepair.store.store_failure import damaged_row

_T = TypeVar("_T")


def insert_verdict(
    connection: sqlite3.Connection, key: str, task_id: str, verdict: Verdict, *, anew: bool = False
) -> bool:
    """Keep a verdict; say whether it is there now, or another one of its key was before."""
    statement = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
    row = (key, column(task_id), packed(json.dumps(msgspec.to_builtins(verdict))))
    return connection.execute(f"{statement} INTO verdicts VALUES (?, ?, ?)", row).rowcount == 1


def kept_verdict(connection: sqlite3.Connection, key: str) -> str | bytes | None:
    """What is kept of the verdict of a key, to be unpacked; or None."""
    row = connection.execute("SELECT verdict FROM verdicts WHERE key = ?", (key,)).fetchone()
    return None if row is None else row[0]


def insert_run(connection: sqlite3.Connection, name: str = "", note: str = "") -> int:
    """Open a new run; its `uid` tells it apart in any other store."""
    row = connection.execute(
        "INSERT INTO runs (uid, name, note) VALUES (lower(hex(randomblob(8))), ?, ?) RETURNING id",
        (name, note),
    ).fetchone()
    return int(row[0])


def insert_record(
    connection: sqlite3.Connection, run: int, record: AnyRecord, *, anew: bool = False
) -> bool:
    """Keep a record; say whether it is there now, or another one of its item was before."""
    statement = "INSERT OR REPLACE" if anew else "INSERT OR IGNORE"
    row = (run, column(record.task_id), packed(record.to_json()))
    return connection.execute(f"{statement} INTO records VALUES (?, ?, ?)", row).rowcount == 1


def opened(kept: str | bytes, kind: type[_T], path: Path) -> _T:
    """Read a sample, a request or a verdict that is kept.

    Args:
        kept: What the store keeps.
        kind: What it is.
        path: The store's file, for messages.

    Raises:
        StoreError: It is damaged.
    """
    try:
        return msgspec.convert(json.loads(unpacked(kept)), kind)
    except (ValueError, msgspec.ValidationError) as error:
        raise damaged_row(path, kind.__name__, error) from error


def opened_record(kept: str | bytes) -> AnyRecord:
    """Read what `insert_record` keeps.

    Raises:
        StoreError: It is damaged, no record, or one of a later version.
    """
    try:
        return read_record(unpacked(kept))
    except ValueError as error:
        raise StoreError(f"not a record: {error}") from error


def cost_of(sample: Sample) -> tuple[int, float]:
    """Generated tokens and US dollars that a sample cost when it was drawn."""
    if sample.finish_reason == CONTEXT_LIMIT:
        return 0, 0.0
    return sample.usage.completion_tokens, sample.dollars or 0.0


def column(text: str) -> str:
    """A text that SQLite accepts: file names that are no UTF-8 hold halves of surrogate pairs."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

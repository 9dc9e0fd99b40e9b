"""Names and notes that users give their runs."""

import sqlite3
from dataclasses import dataclass

from pytest_selfrepair.store.sqlite_store import SqliteStore

LONGEST_NAME = 60
LONGEST_NOTE = 1_000

ACCEPTED_NAME = (
    f"up to {LONGEST_NAME} characters, all visible, no whole number, not `last`, no `::` in it, "
    "and no `:` first"
)
"""The accepted names, for help and errors."""

_HAS = "SELECT 1 FROM pragma_table_info('runs') WHERE name = 'note'"
_ALL = "SELECT id, name, note FROM runs ORDER BY id"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLabel:
    """The user's name and note for a run.

    Attributes:
        name: Its name; empty without one.
        note: The note; empty without one.
    """

    name: str = ""
    note: str = ""


def checked_name(text: str) -> str:
    """Check a name, which must differ from numbers, `last` and paths of stores.

    Raises:
        ValueError: It is invalid; the message says what is accepted.
    """
    if not (
        0 < len(text) <= LONGEST_NAME
        and text.isprintable()
        and text == text.strip()
        and not (text.isascii() and text.isdigit())
        and text != "last"
        and "::" not in text
        and not text.startswith(":")
    ):
        raise ValueError(ACCEPTED_NAME)
    return text


def checked_note(text: str) -> str:
    """Check a note's length and characters; it is escaped where shown.

    Raises:
        ValueError: It is too long, or not valid Unicode; the message says what is accepted.
    """
    if len(text) > LONGEST_NOTE or text.encode("utf-8", "replace").decode() != text:
        raise ValueError(f"up to {LONGEST_NOTE:,} characters")
    return text


def labels(store: SqliteStore) -> dict[int, RunLabel]:
    """The labels of runs by number, ascending.

    Raises:
        StoreError: The file cannot be read.
    """
    return store.read(labels_in)


def relabel(
    store: SqliteStore, run: int, *, name: str | None = None, note: str | None = None
) -> None:
    """Change a run's name or note.

    Args:
        store: The store.
        run: The run's number.
        name: The new name; empty: none; None: unchanged.
        note: The new note, likewise.

    Raises:
        StoreError: The file cannot be written.
    """

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE runs SET name = coalesce(?, name), note = coalesce(?, note) WHERE id = ?",
            (name, note, run),
        )

    store.write(work)


def labels_in(connection: sqlite3.Connection) -> dict[int, RunLabel]:
    """The labels of runs by number, within a transaction.

    A read-only store of an earlier layout has none.
    """
    if connection.execute(_HAS).fetchone() is None:
        numbers = connection.execute("SELECT id FROM runs ORDER BY id").fetchall()
        return {number: RunLabel() for (number,) in numbers}
    rows = connection.execute(_ALL).fetchall()
    return {number: RunLabel(name=name, note=note) for number, name, note in rows}

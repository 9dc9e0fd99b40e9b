"""Check whether a store has samples of a model, without opening it for writing."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from pytest_selfrepair.store.rows import column


def holds_samples(path: Path, models: Iterable[str]) -> bool:
    """Whether a store holds completions of every given model; False where it cannot be read."""
    if not path.is_file():
        return False
    query = "SELECT EXISTS (SELECT 1 FROM samples WHERE model = ?)"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        return all(connection.execute(query, (column(model),)).fetchone()[0] for model in models)
    except sqlite3.Error:
        return False
    finally:
        connection.close()

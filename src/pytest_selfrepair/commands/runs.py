"""`selfrepair runs`: which runs a store holds."""

import contextlib
import json
from pathlib import Path

import msgspec
from tabulate import tabulate

from pytest_selfrepair.store.listing import listing
from pytest_selfrepair.store.samples import SqliteStore

_HEADERS = ("run", "started (UTC)", "model", "sources", "tasks", "scored")


def run(path: Path, *, as_json: bool) -> int:
    """Print the runs of a store, the earliest first.

    Args:
        path: The store's file.
        as_json: Print a JSON list rather than a table.

    Returns:
        The exit status, 0.

    Raises:
        StoreError: The store cannot be read.
    """
    with contextlib.closing(SqliteStore(path, create=False)) as store:
        runs = listing(store)
    if as_json:
        print(json.dumps(msgspec.to_builtins(runs), indent=2))  # noqa: T201 - what a command does
        return 0
    rows = [
        (
            each.run,
            each.started,
            ", ".join(each.models) or "-",
            ", ".join(each.sources) or "-",
            each.tasks,
            each.scored,
        )
        for each in runs
    ]
    table = tabulate(rows, headers=_HEADERS, disable_numparse=True)
    text = table if rows else f"{path} holds no run."
    print(text.encode(errors="backslashreplace").decode())  # noqa: T201 - as above
    return 0

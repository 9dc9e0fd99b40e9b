"""`selfrepair runs`: which runs a store holds."""

import argparse
import contextlib
import json
from pathlib import Path

import msgspec
from tabulate import tabulate

from pytest_selfrepair.commands.output import show
from pytest_selfrepair.store.listing import listing
from pytest_selfrepair.store.run_names import DEFAULT_STORE
from pytest_selfrepair.store.sqlite_store import SqliteStore

_HEADERS = ("run", "started (UTC)", "model", "sources", "tasks", "scored")


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare what the command takes, and what it runs."""
    command.add_argument(
        "store",
        metavar="STORE",
        type=Path,
        nargs="?",
        default=DEFAULT_STORE,
        help=f"what --selfrepair-store names (default: {DEFAULT_STORE.as_posix()})",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    return run(options.store, as_json=options.json)


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
        show(json.dumps(msgspec.to_builtins(runs), indent=2))
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
    show(table if rows else f"{path} holds no run.")
    return 0

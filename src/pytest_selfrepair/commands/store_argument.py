"""The argument of commands that look into a store; apart, since stores bring half the package."""

import argparse
from pathlib import Path

from pytest_selfrepair.store.run_names import DEFAULT_STORE


def add_store(command: argparse.ArgumentParser, more: str = "") -> None:
    """Which store is meant; `more` goes on with its help."""
    command.add_argument(
        "store",
        metavar="STORE",
        type=Path,
        nargs="?",
        default=DEFAULT_STORE,
        help=f"what --selfrepair-store names (default: {DEFAULT_STORE.as_posix()}){more}",
    )

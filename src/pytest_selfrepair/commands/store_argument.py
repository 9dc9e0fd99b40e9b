"""The argument for a store, in a module of its own because stores import half the package."""

import argparse
from pathlib import Path

from pytest_selfrepair.store.run_names import DEFAULT_STORE


def add_store(command: argparse.ArgumentParser, more: str = "") -> None:
    """Add the store; `more` extends its help."""
    command.add_argument(
        "store",
        metavar="STORE",
        type=Path,
        nargs="?",
        default=DEFAULT_STORE,
        help=f"the store, as for --selfrepair-store (default: {DEFAULT_STORE.as_posix()}){more}",
    )

"""`selfrepair view`: serve a local page over a store: runs, live, compared and searched."""

import argparse
import contextlib

from pytest_selfrepair.commands.arguments import number
from pytest_selfrepair.commands.store_argument import add_store
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store.sqlite_store import SqliteStore

DEFAULT_PORT = 8766


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_store(command, "; it is only read")
    command.add_argument(
        "--port",
        metavar="N",
        type=number(int, 0, 65_535),
        default=DEFAULT_PORT,
        help=f"the port; 0: any free one (default: {DEFAULT_PORT})",
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    """Serve the page until the process is interrupted.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: The extra is not installed, or the port is taken.
        StoreError: The store cannot be read.
    """
    try:
        from pytest_selfrepair.view.view_server import serve  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"view: found no {error.name}; accepted: what `pip install "
            "'pytest-selfrepair[view]'` installs"
        ) from error
    with contextlib.closing(SqliteStore(options.store, create=False, reading=True)):
        pass  # raises before anything is served if the store cannot be read
    await serve(options.store, options.port)
    return 0

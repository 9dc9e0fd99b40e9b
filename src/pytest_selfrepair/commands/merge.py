"""`selfrepair merge`: join parts made by several hosts or processes.

`merge_stores` joins stores and `merge_verdicts` the JSON Lines of `selfrepair judge`; the files'
contents decide which. Each has a coroutine `run(parts, out)` that returns the exit status.
"""

import argparse
import importlib
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from pytest_selfrepair.errors import UsageError

_STORE = b"SQLite format 3\0"
_STORES, _VERDICTS = "merge_stores", "merge_verdicts"
_KINDS = {_STORES: "a store", _VERDICTS: "JSON Lines"}


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument(
        "parts",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="stores of runs with --selfrepair-shard, or files of `selfrepair judge --shard`",
    )
    command.add_argument(
        "-o", "--out", metavar="OUT", type=Path, required=True, help="the merged file"
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    module = importlib.import_module(f"pytest_selfrepair.commands.{_kind(options.parts)}")
    run: Callable[[Sequence[Path], Path], Coroutine[None, None, int]] = module.run
    return await run(options.parts, options.out)


def _kind(parts: Sequence[Path]) -> str:
    """The module that joins these files.

    Raises:
        UsageError: One cannot be read, or they are of two kinds.
    """
    kinds = {path: _STORES if _starts(path) == _STORE else _VERDICTS for path in parts}
    first = kinds[parts[0]]
    for path, kind in kinds.items():
        if kind != first:
            raise UsageError(
                f"{path}: found {_KINDS[kind]}, and {_KINDS[first]} in {parts[0]}; accepted: "
                "only stores, or only JSON Lines"
            )
    return first


def _starts(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_STORE))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; accepted: a file to read") from error

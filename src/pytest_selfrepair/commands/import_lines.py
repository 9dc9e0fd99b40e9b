"""`selfrepair import`: add exported lines to a store, which may have some of them already."""

import argparse
import contextlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pytest_selfrepair.commands import import_authors
from pytest_selfrepair.commands.output import tell
from pytest_selfrepair.core.record import UNKNOWN
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.store import lines
from pytest_selfrepair.store.authors import is_authors
from pytest_selfrepair.store.authors_file import SingleRepair
from pytest_selfrepair.store.exchange import Taken, import_lines
from pytest_selfrepair.store.run_names import DEFAULT_STORE
from pytest_selfrepair.store.sqlite_store import SqliteStore

_AT_ONCE = 200


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a file that `selfrepair export` wrote, or one in the authors' format",
    )
    command.add_argument(
        "--into",
        metavar="STORE",
        type=Path,
        default=DEFAULT_STORE,
        help=f"the store, created if it does not exist (default: {DEFAULT_STORE.as_posix()})",
    )
    command.add_argument(
        "--format",
        choices=["lines", "authors"],
        default="lines",
        help="as for export; authors makes a new run and prints its RUN (default: lines)",
    )
    authors = command.add_argument_group("with --format authors, for fields missing from lines")
    authors.add_argument(
        "--tasks", metavar="PATH", type=Path, help="tasks that give the difficulties"
    )
    authors.add_argument("--model", metavar="NAME", help=f"the code model (default: {UNKNOWN})")
    authors.add_argument("--source", metavar="NAME", help="the feedback source (default: self)")
    authors.add_argument(
        "--single-repair",
        choices=[str(each) for each in SingleRepair],
        help="how to read a failing program's single repair: passed: as the mark in old files of a "
        "program that passed when it ran again; repair: as a repair; auto: as passed if all other "
        "failing programs have equally many repairs, as in old files (default: auto)",
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    if options.format == "authors":
        return await import_authors.run(
            options.file,
            options.into,
            model=options.model or UNKNOWN,
            source=options.source or "self",
            single=SingleRepair(options.single_repair or SingleRepair.AUTO),
            tasks=options.tasks,
        )
    for name in ("model", "source", "single_repair", "tasks"):
        if (found := getattr(options, name)) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option}: found {found}; accepted: only with --format authors")
    return run(options.file, options.into)


def run(file: Path, into: Path) -> int:
    """Store new lines; report each that is malformed or conflicts with a stored one.

    Args:
        file: A file written by `selfrepair export`.
        into: The store's file; created where it is missing.

    Returns:
        The exit status: 0 where all lines are now in the store, else 1.

    Raises:
        UsageError: The file cannot be read, or is not an export.
        StoreError: The store cannot be written.
    """
    counts: Counter[Taken | None] = Counter()
    with _opened(file) as numbered, contextlib.closing(SqliteStore(into)) as store:
        while part := list(islice(numbered, _AT_ONCE)):
            good: list[tuple[int, lines.Line]] = []
            for number, line in part:
                try:
                    good.append((number, lines.read(line)))
                except StoreError as error:
                    counts[None] += 1
                    tell(f"{file}:{number}: {error}")
            taken = import_lines(store, [line for _, line in good])
            for (number, _), what in zip(good, taken, strict=True):
                counts[what] += 1
                if what is Taken.OTHER:
                    tell(f"{file}:{number}: not imported: the store has a different one there")
    tell(
        f"selfrepair: imported {counts[Taken.NEW]:,} into {into}; {counts[Taken.THERE]:,} were "
        f"there; {counts[Taken.OTHER]:,} differ from what was there; {counts[None]:,} malformed"
    )
    return int(bool(counts[None] or counts[Taken.OTHER]))


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Iterator[tuple[int, bytes]]]:
    """The lines after the first, numbered; blank ones are skipped."""
    try:
        with file.open("rb") as stream:
            try:
                lines.check_header(first := stream.readline())
            except StoreError as error:
                hint = "; or give --format authors" if is_authors(first) else ""
                raise UsageError(f"{file}:1: {error}{hint}") from error
            numbered = enumerate(stream, start=2)
            yield ((number, line) for number, line in numbered if line.strip())
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; accepted: a readable file") from error

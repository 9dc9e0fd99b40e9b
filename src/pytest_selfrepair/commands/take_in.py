"""`selfrepair import`: exported lines go into a store, which may have some of them already."""

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.store import lines
from pytest_selfrepair.store.authors import is_authors
from pytest_selfrepair.store.exchange import Taken, take_in
from pytest_selfrepair.store.samples import SqliteStore

_AT_ONCE = 200


def run(file: Path, into: Path) -> int:
    """File what is new; name each line that is malformed or that another one stands in the way of.

    Args:
        file: What `selfrepair export` wrote.
        into: The store's file; it is made where it is missing.

    Returns:
        The exit status: 0 where all lines are in the store now, else 1.

    Raises:
        UsageError: The file cannot be read, or is none of ours.
        StoreError: The store cannot be written.
    """
    counts: Counter[Taken | None] = Counter()
    with _opened(file) as numbered, contextlib.closing(SqliteStore(into)) as store:
        while part := list(islice(numbered, _AT_ONCE)):
            good: list[tuple[int, lines.SampleLine | lines.RecordLine]] = []
            for number, line in part:
                try:
                    good.append((number, lines.read(line)))
                except StoreError as error:
                    counts[None] += 1
                    _say(f"{file}:{number}: {error}")
            taken = take_in(store, [line for _, line in good])
            for (number, _), what in zip(good, taken, strict=True):
                counts[what] += 1
                if what is Taken.OTHER:
                    _say(f"{file}:{number}: not imported: the store has another one in its place")
    _say(
        f"selfrepair: imported {counts[Taken.NEW]:,} into {into}; {counts[Taken.THERE]:,} were "
        f"there; {counts[Taken.OTHER]:,} differ from what was there; {counts[None]:,} malformed"
    )
    return int(bool(counts[None] or counts[Taken.OTHER]))


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[Iterator[tuple[int, bytes]]]:
    """The lines after the first one, numbered; blank ones are left out."""
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


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - what a command does

"""`selfrepair export`: what a store holds, as lines of JSON that a repository can keep."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store import exchange, lines, runs
from pytest_selfrepair.store.samples import SqliteStore


def run(path: Path, out: Path | None, *, what: str, run: int | None) -> int:
    """Write a store's samples and records, in an order that does not depend on when they came.

    Args:
        path: The store's file.
        out: Where the lines go; None: standard output. A file is replaced when all is written.
        what: `samples`, `records`, or `all` of both.
        run: Only this run's records, and the samples of the tasks in it; None: everything.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: The file cannot be written, or there is no such run.
        StoreError: The store cannot be read.
    """
    store = SqliteStore(path, create=False)
    with contextlib.closing(store):
        if run is not None and run not in (known := exchange.runs(store)):
            accepted = ", ".join(str(number) for number in known) or "none, there is no run"
            raise UsageError(f"--run: found {run}; accepted: {accepted}")
        counts = {"samples": 0, "records": 0}
        with opened(out) as say:
            say(lines.header())
            if what != "records":
                for sample in exchange.samples(store, run):
                    say(lines.write(sample))
                    counts["samples"] += 1
            if what != "samples":
                for record in exchange.records(store, run):
                    say(lines.write(record))
                    counts["records"] += 1
    said = " and ".join(f"{count:,} {kind}" for kind, count in counts.items())
    print(f"selfrepair: exported {said}", file=sys.stderr)  # noqa: T201 - what a command does
    return 0


def chosen(name: str, number: int | None) -> tuple[Path, int | None]:
    """The store that a RUN names, and its run; None: all that is in it.

    Args:
        name: A RUN. The path of a store alone stands for all of it.
        number: What `--run` says, or None.

    Raises:
        UsageError: There is no such run, it is in no store, or two are named.
        StoreError: The store cannot be read.
    """
    path, which = runs.split(name)
    alone = which is None and not runs.is_shorthand(name)
    if not alone and number is not None:
        raise UsageError(f"--run: found {number} beside {name!r}; accepted: one of them")
    if alone and (not path.exists() or runs.kind_of(path) is runs.Kind.STORE):
        return path, number
    place = runs.find(name)
    if place.kind is not runs.Kind.STORE:
        raise UsageError(
            f"RUN: found {name!r}, {place.kind}; accepted with --format lines: a store or a run in "
            "one. `selfrepair import` takes a file into a store"
        )
    return place.path, int(place.run)


def numbered(name: str, number: int) -> str:
    """The RUN that a store's path and `--run` name.

    Raises:
        UsageError: The RUN says already which run is meant.
    """
    if runs.is_shorthand(name) or runs.split(name)[1] is not None:
        raise UsageError(f"--run: found {number} beside {name!r}; accepted: one of them")
    return f"{name}::{number}"


@contextlib.contextmanager
def opened(out: Path | None, *, encoding: str = "ascii") -> Iterator[Callable[[str], object]]:
    """What writes one line; a file appears whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    if out is None:
        sys.stdout.flush()
        stdout = sys.stdout.buffer
        yield lambda line: stdout.write(f"{line}\n".encode(encoding))
        stdout.flush()
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("w", encoding=encoding, newline="\n") as stream:
            yield lambda line: stream.write(f"{line}\n")
        part.replace(out)
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}; accepted: a file to write") from error
    finally:
        part.unlink(missing_ok=True)

"""`selfrepair export`: write a store as lines of JSON that a repository can keep."""

import argparse
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pytest_selfrepair.commands import export_authors
from pytest_selfrepair.commands.arguments import number
from pytest_selfrepair.commands.output import opened, tell
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.store import exchange, lines, run_names
from pytest_selfrepair.store.sqlite_store import SqliteStore

_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "samples": ("samples", "verdicts"),
        "verdicts": ("verdicts",),
        "records": ("records",),
        "all": ("samples", "verdicts", "records"),
    }
)
_READ: Mapping[str, Callable[[SqliteStore, int | None], Iterator[lines.Line]]] = MappingProxyType(
    {"samples": exchange.samples, "verdicts": exchange.verdicts, "records": exchange.records}
)


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    command.add_argument("run_name", metavar="RUN", help=run_names.ACCEPTED)
    command.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        type=Path,
        help="write to this file (default: standard output)",
    )
    command.add_argument(
        "--format",
        choices=["lines", "authors"],
        default="lines",
        help="lines: a whole STORE or one run, which can be imported again; authors: one run in "
        "the format of the authors of arXiv 2306.09896 (default: lines)",
    )
    command.add_argument(
        "--what",
        choices=["samples", "verdicts", "records", "all"],
        help="what to export; samples include their programs' verdicts, so that a replay elsewhere "
        "gives the same records (default: all)",
    )
    command.add_argument(
        "--run",
        metavar="N",
        dest="run_number",
        type=number(int, 1),
        help="export only the records of this run, and the samples of its tasks; STORE --run N is "
        "the same as STORE::N",
    )
    command.add_argument(
        "--source",
        metavar="NAME",
        help="with --format authors: the feedback source whose repairs the authors' scripts read "
        "(default: the first)",
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    name, which = options.run_name, options.run_number
    if options.format == "authors":
        if options.what is not None:
            raise UsageError(f"--what: found {options.what}; accepted: only with --format lines")
        if which is not None:
            name = _numbered(name, which)
        return export_authors.run(name, options.out, source=options.source)
    if options.source is not None:
        raise UsageError(f"--source: found {options.source}; accepted: only with --format authors")
    store, of = _chosen(name, which)
    return run(store, options.out, what=options.what or "all", run=of)


def run(path: Path, out: Path | None, *, what: str, run: int | None) -> int:
    """Write a store's contents in an order independent of when they were stored.

    Args:
        path: The store's file.
        out: The file; None: standard output. It is replaced only once everything is written.
        what: `samples` and verdicts, `verdicts` alone, `records`, or `all` of these.
        run: Only this run's records, and the samples and verdicts of the tasks in it; None: all.

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
        counts: Counter[str] = Counter()
        with opened(out) as say:
            say(lines.header())
            for kind in _KINDS[what]:
                for line in _READ[kind](store, run):
                    say(lines.write(line))
                    counts[kind] += 1
    said = ", ".join(f"{counts[kind]:,} {kind}" for kind in _KINDS[what])
    tell(f"selfrepair: exported {said}")
    return 0


def _chosen(name: str, number: int | None) -> tuple[Path, int | None]:
    """The store that a RUN names, and its run; None: the whole store.

    Args:
        name: A RUN. The path of a store alone stands for the whole store.
        number: The value of `--run`, or None.

    Raises:
        UsageError: There is no such run, it is in no store, or two are named.
        StoreError: The store cannot be read.
    """
    path, which = run_names.split(name)
    alone = which is None and not run_names.is_shorthand(name)
    if not alone and number is not None:
        raise UsageError(f"--run: found {number} beside {name!r}; accepted: one of them")
    if alone and (not path.exists() or run_names.kind_of(path) is run_names.Kind.STORE):
        return path, number
    place = run_names.find(name)
    if place.kind is not run_names.Kind.STORE:
        raise UsageError(
            f"RUN: found {name!r}, {place.kind}; accepted with --format lines: a store or a run in "
            "one. `selfrepair import` takes a file into a store"
        )
    return place.path, int(place.run)


def _numbered(name: str, number: int) -> str:
    """The RUN given by a store's path and `--run`.

    Raises:
        UsageError: The RUN already names a run.
    """
    if run_names.is_shorthand(name) or run_names.split(name)[1] is not None:
        raise UsageError(f"--run: found {number} beside {name!r}; accepted: one of them")
    return f"{name}::{number}"

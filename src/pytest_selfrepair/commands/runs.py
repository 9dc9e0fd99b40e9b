"""`selfrepair runs`: list a store's runs with the settings in which they differ, and name them."""

import argparse
import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from tabulate import tabulate

from pytest_selfrepair.commands.output import show, tell
from pytest_selfrepair.commands.store_argument import add_store
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.visible_text import harmless
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.lines import brief
from pytest_selfrepair.store.listing import StoredRun, listing
from pytest_selfrepair.store.run_labels import checked_name, checked_note, relabel
from pytest_selfrepair.store.sqlite_store import SqliteStore

_NONE = "-"


def arguments(command: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and the coroutine it runs."""
    add_store(command)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--rename",
        nargs=2,
        metavar=("RUN", "NAME"),
        help="name a run instead of listing; an empty NAME removes its name",
    )
    command.add_argument(
        "--note",
        nargs=2,
        metavar=("RUN", "TEXT"),
        help="attach a note to a run instead of listing; an empty TEXT removes it",
    )
    command.set_defaults(run=_command)


async def _command(options: argparse.Namespace) -> int:
    if options.rename or options.note:
        return label(options.store, rename=options.rename, note=options.note)
    return run(options.store, as_json=options.json)


def run(path: Path, *, as_json: bool) -> int:
    """Print the runs of a store, the earliest first, with the settings in which they differ.

    Args:
        path: The store's file.
        as_json: Print a JSON list rather than a table.

    Returns:
        The exit status, 0.

    Raises:
        StoreError: The store cannot be read.
    """
    with contextlib.closing(SqliteStore(path, create=False)) as store:
        found = listing(store)
    if as_json:
        show(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    show(_table(found) if found else f"{path} holds no run.")
    return 0


def label(
    path: Path, *, rename: Sequence[str] | None = None, note: Sequence[str] | None = None
) -> int:
    """Give runs new names or notes.

    Args:
        path: The store of a RUN that is a number, a name or `last`.
        rename: A RUN and its new name; None: rename none.
        note: A RUN and its new note, likewise.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: There is no such run, it is in no store, or the name or note is not accepted.
        StoreError: The store cannot be written.
    """
    for option, given in (("name", rename), ("note", note)):
        if given is None:
            continue
        which, text = given
        text = _checked(option, text)
        place = _place(path, which)
        with contextlib.closing(SqliteStore(place.path, create=False)) as store:
            relabel(store, int(place.run), **{option: text})
        said = f"{option} {text!r}" if text else f"no {option} any more"
        tell(f"selfrepair: run {place.run} of {place.path.as_posix()}: {said}")
    return 0


def _checked(option: str, text: str) -> str:
    check: Callable[[str], str] = checked_name if option == "name" else checked_note
    try:
        return check(text) if text else ""
    except ValueError as error:
        flag = "--rename" if option == "name" else "--note"
        raise UsageError(f"{flag}: found {brief(text)}; accepted: {error}") from error


def _place(path: Path, which: str) -> run_names.RunPlace:
    """The store of a RUN: the one given, unless it names its own."""
    own = run_names.split(which)[1] is not None or Path(which).exists()
    place = run_names.find(which if own else f"{path.as_posix()}::{which}")
    if place.kind is not run_names.Kind.STORE:
        raise UsageError(f"RUN: found {which!r}, {place.kind}; accepted: a run of a store")
    return place


def _table(found: Sequence[StoredRun]) -> str:
    """A row for each run, with the columns for names, notes and settings that are not empty."""
    columns = [
        ("run", [str(each.run) for each in found]),
        *_unless_empty("name", [each.name for each in found]),
        ("started (UTC)", [each.started for each in found]),
        ("model", [", ".join(each.models) for each in found]),
        ("sources", [", ".join(each.sources) for each in found]),
        *_differing(found),
        ("tasks", [str(each.tasks) for each in found]),
        ("scored", [str(each.scored) for each in found]),
        *_unless_empty("note", [each.note for each in found]),
    ]
    shown = {name: [harmless(value) or _NONE for value in values] for name, values in columns}
    return tabulate(shown, headers="keys", disable_numparse=True)


def _unless_empty(name: str, values: list[str]) -> Iterator[tuple[str, list[str]]]:
    if any(values):
        yield name, values


def _differing(found: Sequence[StoredRun]) -> Iterator[tuple[str, list[str]]]:
    """The settings in which runs differ; a run without records matches any."""
    names = dict.fromkeys(name for each in found for name in each.settings)
    for name in names:
        values = [each.settings.get(name, "") for each in found]
        if len({value for value, each in zip(values, found, strict=True) if each.settings}) > 1:
            yield name, values

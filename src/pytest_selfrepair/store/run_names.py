"""Resolve RUN, the name of a stored run in commands and options.

- a whole number N: run N of the store `DEFAULT_STORE` below the current folder;
- ``last``: that store's latest run;
- a run name: that store's latest run of this name, unless a file is called so;
- a store's path: its latest run; ``STORE::N``: its run N; ``STORE::last``: its latest;
  ``STORE::NAME``: its latest of this name;
- the path of a file from `selfrepair export`: its run, or the last to begin of several;
  ``FILE::UID``: its run of that uid; ``FILE::last``;
- the path of a file in the authors' format: its tasks.

Files are recognised by their content. A file called like a number or ``last`` is given with a
slash: ``./last``.
"""

import contextlib
import gc
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.collector import paused
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.store import authors, authors_file, exchange, lines
from pytest_selfrepair.store.any_record import AnyRecord, of_games, of_tasks
from pytest_selfrepair.store.listing import in_order, started
from pytest_selfrepair.store.run_labels import labels
from pytest_selfrepair.store.sqlite_store import SqliteStore

DEFAULT_STORE = Path(".selfrepair") / "samples.sqlite"
"""The store of a number and of `last`."""

LAST = "last"
ACCEPTED = (
    f"a run's number or `{LAST}` (of {DEFAULT_STORE.as_posix()}), a run's name, STORE, STORE::N, a "
    "file that `selfrepair export` wrote, or one in the authors' format"
)
"""The accepted forms of RUN, for help and errors."""

_SQLITE = b"SQLite format 3\0"
_NUMBER = re.compile(r"[0-9]{1,18}")
_MOST_LISTED = 10


class Kind(StrEnum):
    """The kind of a run's file."""

    STORE = "store"
    LINES = "exported lines"
    AUTHORS = "the authors' format"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """The place of a run.

    Attributes:
        path: The file.
        kind: The kind of the file.
        run: The run's number in a store, or its uid in exported lines; empty for other files.
        started: Its start in UTC: ``2030-01-31 12:00:00``; None where unknown.
        label: Its name; empty without one.
    """

    path: Path
    kind: Kind
    run: str = ""
    started: str | None = None
    label: str = ""

    @property
    def name(self) -> str:
        """A RUN for it that stays valid as runs are added: ``.selfrepair/samples.sqlite::3``."""
        return f"{self.path.as_posix()}::{self.run}" if self.run else self.path.as_posix()

    @property
    def title(self) -> str:
        """Its title for people: ``run 3 of samples.sqlite (2030-01-31 12:00:00 UTC)``."""
        called = f"{self.label}, " if self.label else ""
        which = f"run {self.run} of " if self.run else ""
        when = f" ({self.started} UTC)" if self.started else ""
        return f"{called}{which}{self.path.as_posix()}{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRun:
    """A stored run.

    Attributes:
        place: Its place and name.
        records: Its records of tasks, by task id.
        games: Its records of scenarios, by item.
    """

    place: RunPlace
    records: list[Record]
    games: list[BargainRecord] = field(default_factory=list)

    @property
    def name(self) -> str:
        """A RUN for it."""
        return self.place.name

    @property
    def title(self) -> str:
        """Its title for people."""
        return self.place.title

    @property
    def label(self) -> str | None:
        """Its run name; None without one."""
        return self.place.label or None


def load(run: str) -> LoadedRun:
    """Like `read`, for a process that uses the run until it ends.

    Raises:
        UsageError: As `read`.
        StoreError: As `read`.
    """
    found = read(run)
    gc.freeze()  # exempts a million nodes from garbage collection
    return found


def read(run: str, *, reading: bool = False) -> LoadedRun:
    """Read the records of a run, without other facts of the authors' format.

    Args:
        run: A RUN.
        reading: Whether to open a store read-only in any case.

    Raises:
        UsageError: The run does not exist; the error lists those that do. Or a line of a file is
            malformed, so that the records would be only a part of the run.
        StoreError: The store cannot be read.
    """
    place = find(run, reading=reading)
    with paused():
        found = list(every_record_of(place, keep=False, reading=reading))
        records = [replace(each, foreign=None) for each in of_tasks(found)]
    return LoadedRun(
        place=place,
        records=sorted(records, key=lambda each: each.task_id),
        games=sorted(of_games(found), key=lambda each: each.task_id),
    )


def records_of(place: RunPlace, *, keep: bool = True) -> Iterator[Record]:
    """Yield a run's records of tasks one at a time, as `every_record_of` does."""
    return of_tasks(every_record_of(place, keep=keep))


def every_record_of(
    place: RunPlace, *, keep: bool = True, reading: bool = False
) -> Iterator[AnyRecord]:
    """Yield a run's records one at a time, in the order of the file they were read from, if any.

    Args:
        place: The run's place.
        keep: Whether they keep the facts to write their lines in the authors' format again.
        reading: Whether to open a store read-only in any case.

    Raises:
        UsageError: A line of a file is malformed.
        StoreError: The store cannot be read.
    """
    if place.kind is Kind.STORE:
        with contextlib.closing(SqliteStore(place.path, create=False, reading=reading)) as store:
            yield from in_order(store, int(place.run))
    elif place.kind is Kind.LINES:
        found = (line.record for line in _record_lines(place.path) if line.run == place.run)
        yield from sorted(found, key=_order)
    else:
        for number, each in authors_file.open_file(place.path).records(keep=keep):
            if isinstance(each, StoreError):
                raise UsageError(
                    f"{place.path}:{number}: {each}. `selfrepair import` imports the other lines"
                )
            yield each


def others(place: RunPlace) -> Iterator[Record]:
    """Yield the records of tasks of all other runs in the same store; none for other files.

    Raises:
        StoreError: The store cannot be read.
    """
    if place.kind is not Kind.STORE:
        return
    with contextlib.closing(SqliteStore(place.path, create=False)) as store:
        for run in exchange.runs(store):
            if run != int(place.run):
                yield from store.records(run)


def find(run: str, *, reading: bool = False) -> RunPlace:
    """The place of a run.

    Args:
        run: A RUN.
        reading: Whether to open a store read-only in any case.

    Raises:
        UsageError: The run does not exist; the error lists those that do.
        StoreError: The store cannot be read.
    """
    if is_shorthand(run):
        if not DEFAULT_STORE.is_file():
            missing = f"found {run!r}, and no {DEFAULT_STORE.as_posix()} here"
            raise UsageError(f"RUN: {missing}; accepted: {ACCEPTED}")
        return _in_store(DEFAULT_STORE, run, reading=reading)
    path, said = split(run)
    which = LAST if said is None else said
    kind = kind_of(path)
    if kind is Kind.STORE:
        return _in_store(path, which, reading=reading)
    if kind is Kind.LINES:
        return _in_lines(path, which)
    if which != LAST:
        raise UsageError(
            f"RUN: found {run!r}; accepted: {path}, as a file in the authors' format is one run"
        )
    return RunPlace(path=path, kind=Kind.AUTHORS)


def is_shorthand(run: str) -> bool:
    """Whether a RUN is a number, `last` or a name in the default store.

    Raises:
        StoreError: That store cannot be read.
    """
    return run == LAST or _NUMBER.fullmatch(run) is not None or _is_called(run)


def split(run: str) -> tuple[Path, str | None]:
    """Split a RUN into path and run, or None; paths may contain `::`."""
    path, mark, which = run.rpartition("::")
    if not mark or not path or os.path.exists(run):  # noqa: PTH110 - Path's refuses long names
        return Path(run), None
    return Path(path), which


def kind_of(path: Path) -> Kind:
    """Recognise a file by its content.

    Raises:
        UsageError: The file cannot be read, or is of no known kind.
    """
    try:
        _, first = next(authors_file.numbered(path), (0, b""))
    except UsageError as error:
        raise UsageError(f"RUN: {error}; that is, {ACCEPTED}") from error
    if first.startswith(_SQLITE):
        return Kind.STORE
    if authors.is_authors(first):
        return Kind.AUTHORS
    if f'"{lines.FORMAT}"'.encode() in first:
        return Kind.LINES
    start = lines.brief(first) if first else "nothing in it"
    raise UsageError(f"RUN: found {path}, which begins {start}; accepted: {ACCEPTED}")


def _in_store(path: Path, which: str, *, reading: bool) -> RunPlace:
    with contextlib.closing(SqliteStore(path, create=False, reading=reading)) as store:
        runs, called = started(store), labels(store)
    if which == LAST:
        number = max(runs, default=0)
    else:
        number = max(
            (each for each in runs if called[each].name == which and which),
            default=_number(which),
        )
    if number not in runs:
        known = [str(each) for each in runs] + list(
            dict.fromkeys(called[each].name for each in runs if called[each].name)
        )
        raise UsageError(f"RUN: found {_asked(path, which)}; accepted: {_listed(known)}")
    return RunPlace(
        path=path,
        kind=Kind.STORE,
        run=str(number),
        started=runs[number],
        label=called[number].name,
    )


def _is_called(run: str) -> bool:
    """Whether it is the name of a run in the default store, and not of a file."""
    if os.path.exists(run) or not DEFAULT_STORE.is_file():  # noqa: PTH110 - Path's refuses long names
        return False
    with contextlib.closing(SqliteStore(DEFAULT_STORE, create=False)) as store:
        return bool(run) and any(each.name == run for each in labels(store).values())


def _in_lines(path: Path, which: str) -> RunPlace:
    about = {line.run: (line.started, line.name) for line in _record_lines(path)}
    runs = {uid: began for uid, (began, _) in about.items()}
    latest = max(runs, key=lambda uid: (runs[uid], uid), default="")
    uid = latest if which == LAST else which
    if uid not in runs:
        raise UsageError(f"RUN: found {_asked(path, which)}; accepted: {_listed(sorted(runs))}")
    return RunPlace(path=path, kind=Kind.LINES, run=uid, started=runs[uid], label=about[uid][1])


def _record_lines(path: Path) -> Iterator[lines.RecordLine]:
    """Yield the records of exported lines, with their runs.

    Raises:
        UsageError: A line is malformed, or the file is of a later version.
    """
    for place, (number, text) in enumerate(authors_file.numbered(path)):
        try:
            if place == 0:
                lines.check_header(text)
            elif b'"record":' in text:
                line = lines.read(text)
                if isinstance(line, lines.RecordLine):
                    yield line
        except StoreError as error:
            raise UsageError(f"{path}:{number}: {error}") from error


def _order(record: AnyRecord) -> tuple[int, str]:
    foreign = record.foreign if isinstance(record, Record) else None
    return foreign.line if foreign else 0, record.task_id


def _number(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else -1


def _asked(path: Path, which: str) -> str:
    return f"{path.as_posix()}::{which}"


def _listed(runs: list[str]) -> str:
    if not runs:
        return "none, for it holds no run"
    left_out = len(runs) - _MOST_LISTED
    more = f" and {left_out} before them" if left_out > 0 else ""
    return f"{LAST}, {', '.join(runs[-_MOST_LISTED:])}{more}"

"""RUN: how a command or an option names a stored run, and what it names.

- a whole number N: run N of the store `DEFAULT_STORE` below the current folder;
- ``last``: that store's latest run;
- a name that its user gave a run: that store's latest run of this name, where no file is called so;
- a store's path: its latest run; ``STORE::N``: its run N; ``STORE::last``: its latest;
  ``STORE::NAME``: its latest of this name;
- the path of a file that `selfrepair export` has written: its run, the one that began last where it
  holds several; ``FILE::UID``: its run of that uid; ``FILE::last``;
- the path of a file in the authors' format: its tasks.

A file is known by its content. One whose name is a number or ``last`` is named with a slash:
``./last``.
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
    f"a run's number or `{LAST}` (of {DEFAULT_STORE.as_posix()}), or its name, STORE, STORE::N, a "
    "file that `selfrepair export` wrote, or one in the authors' format"
)
"""What a RUN may be, for help and errors."""

_SQLITE = b"SQLite format 3\0"
_NUMBER = re.compile(r"[0-9]{1,18}")
_MOST_LISTED = 10


class Kind(StrEnum):
    """What a run's file is."""

    STORE = "store"
    LINES = "exported lines"
    AUTHORS = "the authors' format"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """Where a run is.

    Attributes:
        path: The file.
        kind: What the file is.
        run: The run's number in a store, or its uid in exported lines; empty for another file.
        started: When it began, in UTC: ``2030-01-31 12:00:00``; None where the file does not say.
        label: What its user calls it; empty: nothing.
    """

    path: Path
    kind: Kind
    run: str = ""
    started: str | None = None
    label: str = ""

    @property
    def name(self) -> str:
        """A RUN that names it, also when others follow: ``.selfrepair/samples.sqlite::3``."""
        return f"{self.path.as_posix()}::{self.run}" if self.run else self.path.as_posix()

    @property
    def title(self) -> str:
        """What people are told: ``run 3 of samples.sqlite (2030-01-31 12:00:00 UTC)``."""
        called = f"{self.label}, " if self.label else ""
        which = f"run {self.run} of " if self.run else ""
        when = f" ({self.started} UTC)" if self.started else ""
        return f"{called}{which}{self.path.as_posix()}{when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRun:
    """A stored run.

    Attributes:
        place: Where it is, and what it is called.
        records: Its records of tasks, by task id.
        games: Its records of scenarios, by item.
    """

    place: RunPlace
    records: list[Record]
    games: list[BargainRecord] = field(default_factory=list)

    @property
    def name(self) -> str:
        """A RUN that names it."""
        return self.place.name

    @property
    def title(self) -> str:
        """What people are told."""
        return self.place.title

    @property
    def label(self) -> str | None:
        """What its user calls it; None: nothing."""
        return self.place.label or None


def load(run: str) -> LoadedRun:
    """As `read`, for a process that works on this run until it ends.

    Raises:
        UsageError: As `read`.
        StoreError: As `read`.
    """
    found = read(run)
    gc.freeze()  # there may be a million nodes, which all stay until the process ends
    return found


def read(run: str, *, reading: bool = False) -> LoadedRun:
    """The records of a run, without what another format's line said beyond them.

    Args:
        run: A RUN.
        reading: Whether a store is opened only to be read, though it could be written.

    Raises:
        UsageError: There is no such run; the error says which there are. Or a line of a file is
            malformed: what is said of a part would be taken for the whole.
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
    """A run's records of tasks one at a time, as `every_record_of` yields them."""
    return of_tasks(every_record_of(place, keep=keep))


def every_record_of(
    place: RunPlace, *, keep: bool = True, reading: bool = False
) -> Iterator[AnyRecord]:
    """A run's records one at a time, in the order of the file that they were read from, if any.

    Args:
        place: Where it is.
        keep: Whether they are to be written again as they were in a file in the authors' format.
        reading: Whether a store is opened only to be read, though it could be written.

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
                    f"{place.path}:{number}: {each}. `selfrepair import` takes in the other lines"
                )
            yield each


def others(place: RunPlace) -> Iterator[Record]:
    """The records of tasks of all other runs of the same store, run by run; none of another file.

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
    """Where a run is.

    Args:
        run: A RUN.
        reading: Whether a store is opened only to be read, though it could be written.

    Raises:
        UsageError: There is no such run; the error says which there are.
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
            f"RUN: found {run!r}; accepted: {path}, for a file in the authors' format is one run"
        )
    return RunPlace(path=path, kind=Kind.AUTHORS)


def is_shorthand(run: str) -> bool:
    """Whether a RUN is a number, `last` or a name, of the default store.

    Raises:
        StoreError: That store cannot be read.
    """
    return run == LAST or _NUMBER.fullmatch(run) is not None or _is_called(run)


def split(run: str) -> tuple[Path, str | None]:
    """The path in a RUN, and which of its runs is meant, or None; a path may have `::` in it."""
    path, mark, which = run.rpartition("::")
    if not mark or not path or os.path.exists(run):  # noqa: PTH110 - Path's refuses long names
        return Path(run), None
    return Path(path), which


def kind_of(path: Path) -> Kind:
    """What a file is, by its content.

    Raises:
        UsageError: It cannot be read, or is none of these.
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
    """Whether a run of the default store is called so, and no file is."""
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
    """The records of exported lines, with their runs.

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

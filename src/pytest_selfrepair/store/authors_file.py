"""Read a file in the authors' format twice: first for a summary, then for its records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pytest_selfrepair.core.record import UNKNOWN, Foreign, Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.store.authors import FieldError, Fields, is_ours, load, objects, shown
from pytest_selfrepair.store.authors_read import LineReading, name, passes, read
from pytest_selfrepair.store.rows import column


class SingleRepair(StrEnum):
    """The meaning of a single repair of a failing program.

    In old files of the authors it marks a program that passed when rerun. `auto` assumes such a
    file if all other failing programs with repairs have the same number of them, and there are any.
    """

    AUTO = "auto"
    PASSED = "passed"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsSummary:
    """The summary of a whole file.

    Attributes:
        n_p: The most programs of a task.
        n_fr: The most repairs of a failing program.
        singles: The number of failing programs with a single repair.
        marks: Whether these passed when rerun.
    """

    n_p: int
    n_fr: int
    singles: int
    marks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsFile:
    """A file in the authors' format.

    Attributes:
        path: The file.
        summary: Its summary.
        reading: The interpretation of its lines.
    """

    path: Path
    summary: AuthorsSummary
    reading: LineReading

    def records(self, *, keep: bool = True) -> Iterator[tuple[int, Record | StoreError]]:
        """Yield the number of every non-blank line with its record or error.

        Args:
            keep: Whether records keep the facts needed to write their lines again.

        Raises:
            UsageError: The file cannot be read.
        """
        seen: dict[str, int] = {}
        unkept, last = True, ""
        for number, line in numbered(self.path):
            try:
                record, foreign = read(line, self.reading, number=number, keep=keep)
                task = column(record.task_id)
                if task in seen:
                    found = f"{shown(record.task_id)}, which line {seen[task]} has too"
                    raise FieldError("prob_path", found, "a task of its own")
            except StoreError as error:
                yield number, error
                continue
            except RecursionError:
                yield number, FieldError("", "values nested too deep", "fewer than 900 levels")
                continue
            seen[task] = number
            # A line in our own form and order is reproduced from its record alone.
            unkept, last = unkept and foreign is None and task > last, task
            if keep and not unkept:
                record = replace(
                    record, foreign=foreign or Foreign(line=number, patch="null", plain=False)
                )
            yield number, record


def open_file(
    path: Path,
    *,
    model: str = UNKNOWN,
    source: str = "self",
    single: SingleRepair = SingleRepair.AUTO,
    difficulty: Callable[[str], Difficulty | None] = lambda _: None,
) -> AuthorsFile:
    """Summarise a file for reading.

    Args:
        path: The file.
        model: M_P's name, for lines without it.
        source: The feedback source's name, for lines without it.
        single: The meaning of a single repair of a failing program.
        difficulty: Gives the difficulty of a task by its id, for lines without it.

    Raises:
        UsageError: The file cannot be read.
    """
    n_p, singles, others = 0, 0, set[int]()
    for _, line in numbered(path):
        try:
            fields = load(line)
            name(fields)
            sizes = None if is_ours(fields) else _sizes(fields)
        except FieldError:
            continue  # reported when the line is read
        if sizes is not None:
            n_p = max(n_p, len(objects(fields, "completions")))
            singles += sizes.count(1)
            others |= {*sizes} - {1}
    marks = single is SingleRepair.PASSED or (single is SingleRepair.AUTO and len(others) == 1)
    summary = AuthorsSummary(
        n_p=n_p,
        n_fr=max([*others, int(singles > 0 and not marks)], default=0),
        singles=singles,
        marks=marks and singles > 0,
    )
    reading = LineReading(
        model=model,
        source=source,
        n_p=summary.n_p,
        n_fr=summary.n_fr,
        marks=summary.marks,
        difficulty=difficulty,
    )
    return AuthorsFile(path=path, summary=summary, reading=reading)


def _sizes(fields: Fields) -> list[int]:
    """The numbers of repairs of a line's failing programs, where they have any."""
    return [
        len(repairs)
        for entry in objects(fields, "completions")
        if (repairs := objects(entry, "repairs")) and not passes(entry)
    ]


def numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines of a file with their numbers.

    Raises:
        UsageError: The file cannot be read, or only once.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a pipe or a device, which is read only once"
            raise UsageError(f"{path}: found {what}; accepted: a file")
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip().removeprefix(b"\xef\xbb\xbf"):
                    yield number, line
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{str(path)!r}: {why}; accepted: a readable file") from error

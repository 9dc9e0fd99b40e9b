"""A file in the authors' format, line by line: first what it holds as a whole, then its records."""

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
    """What a single repair of a failing program is.

    Old files of the authors mark by it a program that passed when it was run again. `auto` takes a
    file for such a one where every other failing program has repairs of one and the same number,
    and there are any.
    """

    AUTO = "auto"
    PASSED = "passed"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsSummary:
    """A whole file.

    Attributes:
        n_p: Programs of a task, the most of any.
        n_fr: Repairs of a failing program, the most of any.
        singles: Failing programs with a single repair.
        marks: Whether these passed when they were run again.
    """

    n_p: int
    n_fr: int
    singles: int
    marks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsFile:
    """A file in the authors' format, which is read twice.

    Attributes:
        path: The file.
        survey: What it holds as a whole.
        reading: How its lines are understood.
    """

    path: Path
    survey: AuthorsSummary
    reading: LineReading

    def records(self, *, keep: bool = True) -> Iterator[tuple[int, Record | StoreError]]:
        """Every line's number, and its record or why there is none; blank lines are left out.

        Args:
            keep: Whether records keep what they need to be written again as they were.

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
            # What is as we write it, and in our order, needs no more than its record.
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
    """Look through a file.

    Args:
        path: The file.
        model: M_P's name, where a line does not say it.
        source: What the feedback source is called, where a line does not say it.
        single: What a single repair of a failing program is.
        difficulty: The difficulty of a task, by its id, where its line does not say it.

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
            continue  # it is named when it is read
        if sizes is not None:
            n_p = max(n_p, len(objects(fields, "completions")))
            singles += sizes.count(1)
            others |= {*sizes} - {1}
    marks = single is SingleRepair.PASSED or (single is SingleRepair.AUTO and len(others) == 1)
    survey = AuthorsSummary(
        n_p=n_p,
        n_fr=max([*others, int(singles > 0 and not marks)], default=0),
        singles=singles,
        marks=marks and singles > 0,
    )
    reading = LineReading(
        model=model,
        source=source,
        n_p=survey.n_p,
        n_fr=survey.n_fr,
        marks=survey.marks,
        difficulty=difficulty,
    )
    return AuthorsFile(path=path, survey=survey, reading=reading)


def _sizes(fields: Fields) -> list[int]:
    """How many repairs the failing programs of a line have that have any."""
    return [
        len(repairs)
        for entry in objects(fields, "completions")
        if (repairs := objects(entry, "repairs")) and not passes(entry)
    ]


def numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, each with its number.

    Raises:
        UsageError: It cannot be read, or only once.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "a pipe or a device, which is read only once"
            raise UsageError(f"{path}: found {what}; accepted: a file")
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip().removeprefix(b"\xef\xbb\xbf"):
                    yield number, line
    except (OSError, ValueError) as error:  # a ValueError: NUL in its name
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{str(path)!r}: {why}; accepted: a readable file") from error

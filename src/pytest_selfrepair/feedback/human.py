"""The source `human`: people's texts on failing programs, from a file."""

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.core.feedback import Failure, Feedback
from pytest_selfrepair.core.tree import program_hash
from pytest_selfrepair.errors import UsageError

DEFAULT_FILE = Path(".selfrepair/annotations.sqlite")
"""The default file of people's texts."""

COLUMNS = ("task_id", "program_hash", "participant", "feedback", "seconds")
"""The columns of the table `answers`, and the fields of a JSON line."""

_SQLITE = b"SQLite format 3\0"
_SHA256 = 64  # hex digits


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanText:
    """A person's text on a failing program.

    Attributes:
        task_id: The task.
        program_hash: The program's `core.tree.program_hash`.
        participant: The author's code in the study.
        feedback: The text.
        seconds: The seconds spent on it; None where unknown.
    """

    task_id: str
    program_hash: str
    participant: str
    feedback: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Human:
    """People's texts in the order of their file; programs without any are not repaired.

    Attributes:
        name: The source's name in reports.
        answers: The texts, by task and program.
    """

    name: str
    answers: Mapping[tuple[str, str], tuple[HumanText, ...]]
    joint: bool = False
    max_tokens: int = 0

    @classmethod
    def read(cls, name: str, path: Path) -> "Human":
        """Read a file: a SQLite file with a table `answers`, or JSON Lines.

        Raises:
            UsageError: The file cannot be read; the error names file, line and field.
        """
        found: dict[tuple[str, str], tuple[HumanText, ...]] = {}
        for answer in read_answers(path):
            key = answer.task_id, answer.program_hash
            found[key] = (*found.get(key, ()), answer)
        return cls(name=name, answers=found)

    @property
    def most_texts(self) -> int:
        """The most texts on one program."""
        return max(map(len, self.answers.values()), default=0)

    @property
    def longest(self) -> int:
        """The length of the longest text in characters."""
        every = (answer for answers in self.answers.values() for answer in answers)
        return max((len(answer.feedback) for answer in every), default=0)

    def texts(self, failure: Failure) -> int:
        """The number of texts on a program."""
        return len(self._of(failure))

    async def feedback(self, failure: Failure, *, node: str) -> Feedback:
        """Return the text of the number at the node's end: ``p3/human/f1`` is the second."""
        answer = self._of(failure)[int(node.rpartition("/f")[2])]
        return Feedback(text=answer.feedback, author=answer.participant, seconds=answer.seconds)

    def _of(self, failure: Failure) -> tuple[HumanText, ...]:
        return self.answers.get((failure.task.id, program_hash(failure.program)), ())


def read_answers(path: Path) -> Iterator[HumanText]:
    """Yield people's texts from a file, except empty ones, which allow no repair.

    Raises:
        UsageError: The file cannot be read; the error names file, line and field.
    """
    try:
        with path.open("rb") as file:
            sqlite = file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise UsageError(
            f"--selfrepair-feedback human: {path}: {error.strerror}; accepted: a file of people's "
            f"texts, SQLite or JSON Lines with {', '.join(COLUMNS)}"
        ) from error
    for place, row in _rows(path) if sqlite else _lines(path):
        answer = _answer(f"{path}: {place}", row)
        if answer.feedback:
            yield answer


def _rows(path: Path) -> Iterable[tuple[str, Mapping[str, object]]]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
            rows = store.execute(
                f"SELECT {', '.join(COLUMNS)} FROM answers ORDER BY rowid"  # noqa: S608 - our own
            ).fetchall()
    except sqlite3.Error as error:
        raise UsageError(
            f"{path}: {error}; accepted: a table answers with {', '.join(COLUMNS)}"
        ) from error
    return [
        (f"answers, row {number}", dict(zip(COLUMNS, row, strict=True)))
        for number, row in enumerate(rows, start=1)
    ]


def _lines(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}; accepted: SQLite or JSON Lines in UTF-8") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}: line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise UsageError(f"{path}: line {number}: found {line[:40]!r}; accepted: an object")
        yield f"line {number}", row


def _answer(place: str, row: Mapping[str, object]) -> HumanText:
    texts = {name: _text(place, name, row.get(name)) for name in COLUMNS[:-1]}
    digest = texts["program_hash"].lower()
    if len(digest) != _SHA256 or not set(digest) <= set("0123456789abcdef"):
        raise UsageError(
            f"{place}: program_hash: found {digest[:80]!r}; accepted: the SHA-256 of the program's "
            "UTF-8 text, in hex"
        )
    seconds = row.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | None):
        raise UsageError(f"{place}: seconds: found {seconds!r}; accepted: a number, or null")
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise UsageError(f"{place}: seconds: found {seconds!r}; accepted: 0 or more")
    return HumanText(
        task_id=texts["task_id"],
        program_hash=digest,
        participant=texts["participant"],
        feedback=texts["feedback"].strip(),
        seconds=None if seconds is None else float(seconds),
    )


def _text(place: str, name: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and name == "participant":
        return str(value)
    if not isinstance(value, str):
        found = "nothing" if value is None else repr(value)[:80]
        raise UsageError(f"{place}: {name}: found {found}; accepted: a text")
    return value

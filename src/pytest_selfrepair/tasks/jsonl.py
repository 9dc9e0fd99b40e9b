"""Read tasks in JSON Lines, one per line; files may be compressed with gzip."""

import gzip
import threading
import weakref
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks import formats
from pytest_selfrepair.tasks.outline import Outline
from pytest_selfrepair.tasks.source import LARGEST_FILE, Source

ENDINGS = (".jsonl", ".jsonl.gz")
"""The suffixes of files with tasks."""

_BUFFER = 1 << 20


def is_lines(path: Path) -> bool:
    """Whether a file is JSON Lines, by its name."""
    return path.name.endswith(ENDINGS)


class LinesFile:
    """A file of lines, located by their offsets.

    A compressed file stays open once a line is read, and is read on from there: lines in order take
    one pass, an earlier one a pass from the start.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept: BinaryIO | None = None
        self._lock = threading.Lock()

    def lines(self) -> Iterator[tuple[int, int, bytes]]:
        """The number, from 1, offset and content of every non-blank line.

        The content of a line beyond the size limit is cut just after that limit.

        Raises:
            TaskError: The file cannot be read.
        """
        number = offset = 0
        try:
            with self._open() as file:
                while content := file.readline(LARGEST_FILE + 1):
                    number += 1
                    if content.strip():
                        yield number, offset, content
                    offset += len(content)
                    while not content.endswith(b"\n") and (content := file.readline(_BUFFER)):
                        offset += len(content)
        except (OSError, EOFError, zlib.error) as error:
            raise self._error(error) from error

    def at(self, offset: int) -> bytes:
        """The line at an offset.

        Raises:
            TaskError: The file can no longer be read.
        """
        try:
            if self.path.suffix != ".gz":
                with self._open() as file:
                    file.seek(offset)
                    return file.readline(LARGEST_FILE + 1)
            with self._lock:
                if self._kept is None:
                    self._kept = self._open()
                    weakref.finalize(self, self._kept.close)
                self._kept.seek(offset)
                return self._kept.readline(LARGEST_FILE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise self._error(error) from error

    def _open(self) -> BinaryIO:
        if self.path.suffix == ".gz":
            return cast("BinaryIO", gzip.open(self.path, "rb"))
        return self.path.open("rb", buffering=_BUFFER)

    def _error(self, error: Exception) -> TaskError:
        found = getattr(error, "strerror", None) or str(error)
        return TaskError(file=self.path.name, field="file", found=found, accepted="a readable file")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLine:
    """A line of a file, read on demand.

    Attributes:
        file: The file.
        number: The line's number, from 1.
        offset: Its start, in bytes.
    """

    file: LinesFile
    number: int
    offset: int

    def fields(self, content: bytes | None = None) -> dict[str, JsonValue]:
        """The line's columns.

        Args:
            content: The line, if it was just read.

        Raises:
            TaskError: It is not a JSON object.
        """
        return formats.columns(self._sized(content), self.source)

    def task(self, task_id: str) -> Task:
        """The task on this line.

        Raises:
            TaskError: The line or one of its columns is malformed.
        """
        return formats.read(task_id, self.fields(), self.source)

    def name(self, content: bytes | None = None) -> str:
        """The task's name in its file.

        Raises:
            TaskError: The line has no name.
        """
        return formats.name_of(self.fields(content), self.source)

    def outline(self, content: bytes) -> tuple[str, Outline | TaskError]:
        """The task's name, and its outline or the error in the rest of the line.

        Raises:
            TaskError: The line has no name.
        """
        return formats.outline(self._sized(content), self.source)

    def _sized(self, content: bytes | None) -> bytes:
        content = self.file.at(self.offset) if content is None else content
        if len(content) > LARGEST_FILE:
            raise self.source.error("size", "a longer line", f"at most {LARGEST_FILE} bytes")
        return content

    @property
    def source(self) -> Source:
        """The source named in errors."""
        return Source(file=f"{self.file.path.name}:{self.number}")


def lines(path: Path) -> Iterator[JsonLine]:
    """The non-blank lines of a file.

    Raises:
        TaskError: The file cannot be read.
    """
    file = LinesFile(path)
    for number, offset, _ in file.lines():
        yield JsonLine(file=file, number=number, offset=offset)


def named(path: Path) -> Iterator[tuple[JsonLine, str | TaskError]]:
    """The non-blank lines of a file, each with its name or with the error why it has none.

    Raises:
        TaskError: The file cannot be read.
    """
    for line, name, _ in _told_apart(path, outlines=False):
        yield line, name


def outlined(path: Path) -> Iterator[tuple[JsonLine, str | TaskError, Outline | TaskError | None]]:
    """The lines of a file with their names, and their outlines or errors.

    Raises:
        TaskError: The file cannot be read.
    """
    return _told_apart(path, outlines=True)


def _told_apart(
    path: Path, *, outlines: bool
) -> Iterator[tuple[JsonLine, str | TaskError, Outline | TaskError | None]]:
    seen: dict[str, int] = {}
    file = LinesFile(path)
    for number, offset, content in file.lines():
        line = JsonLine(file=file, number=number, offset=offset)
        outline: Outline | TaskError | None = None
        try:
            if outlines:
                name, outline = line.outline(content)
            else:
                name = line.name(content)
        except TaskError as error:
            yield line, error, None
            continue
        if name in seen:
            found = f"{name!r}, which line {seen[name]} has too"
            yield line, line.source.error("problem_id", found, "an id of its own"), None
        else:
            seen[name] = number
            yield line, name, outline

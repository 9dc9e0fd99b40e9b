"""Tasks in the hub's export of APPS: JSON Lines, one task a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.apps import LARGEST_FILE, Source, brief, read_json, read_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file, not read until asked for.

    Attributes:
        path: The file.
        number: The line's number, from 1.
        offset: Where it begins, in bytes.
    """

    path: Path
    number: int
    offset: int

    def fields(self) -> dict[str, JsonValue]:
        """The line's columns.

        Raises:
            TaskError: It is not a JSON object.
        """
        with self.path.open("rb") as file:
            file.seek(self.offset)
            content = file.readline(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise self.source.error("size", "a longer line", f"at most {LARGEST_FILE} bytes")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            found = f"byte {error.start} that is not UTF-8"
            raise self.source.error("text", found, "UTF-8 text") from error
        fields = read_json(text, self.source)
        if not isinstance(fields, dict):
            raise self.source.error("content", brief(fields), "an object with the columns of APPS")
        return fields

    def task(self, task_id: str) -> Task:
        """The task on this line.

        Raises:
            TaskError: The line or one of its columns is malformed.
        """
        return read_task(task_id, self.fields(), self.source)

    def name(self) -> str:
        """What the task is called within its file: its `problem_id` or `task_id`.

        Raises:
            TaskError: The line has neither.
        """
        fields = self.fields()
        found = fields.get("problem_id", fields.get("task_id"))
        if isinstance(found, int) and not isinstance(found, bool):
            return f"{found:04d}"
        if isinstance(found, str) and found.strip():
            return found.strip()
        raise self.source.error("problem_id", brief(found), "a number or a text")

    @property
    def source(self) -> Source:
        """What errors name."""
        return Source(file=f"{self.path.name}:{self.number}")


def lines(path: Path) -> Iterator[Line]:
    """The lines of a file that are not blank.

    Raises:
        TaskError: The file cannot be read.
    """
    offset = 0
    try:
        with path.open("rb") as file:
            for number, content in enumerate(file, start=1):
                if content.strip():
                    yield Line(path=path, number=number, offset=offset)
                offset += len(content)
    except OSError as error:
        raise TaskError(
            file=path.name, field="file", found=error.strerror or "", accepted="a readable file"
        ) from error


def named(path: Path) -> Iterator[tuple[Line, str | TaskError]]:
    """The lines of a file that are not blank, each with its name or with why it has none.

    Raises:
        TaskError: The file cannot be read.
    """
    seen: dict[str, int] = {}
    for line in lines(path):
        try:
            name = line.name()
        except TaskError as error:
            yield line, error
            continue
        if name in seen:
            found = f"{name!r}, which line {seen[name]} has too"
            yield line, line.source.error("problem_id", found, "an id of its own")
        else:
            seen[name] = line.number
            yield line, name

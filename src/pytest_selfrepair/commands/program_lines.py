"""Read a file of programs: `{"task_id": …, "program": …}`, one a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.tasks.source import Source, brief, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLine:
    """A line that has not been parsed yet.

    Attributes:
        index: Its position among the lines that are not blank, from 0.
        source: Its place in the file, for errors.
        text: The line.
    """

    index: int
    source: Source
    text: bytes

    def read(self) -> tuple[str | int, str]:
        """Parse a task's id and a program.

        Raises:
            TaskError: The line is malformed.
        """
        try:
            text = self.text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            found = f"byte {error.start} that is not UTF-8"
            raise self.source.error("text", found, "UTF-8 text") from error
        match read_json(text, self.source):
            case {"task_id": str() | int() as task_id, "program": str(program)}:
                return task_id, program
            case {"task_id": str() | int(), **rest}:
                raise self.source.error("program", brief(rest.get("program")), "a text")
            case dict(fields):
                raise self.source.error("task_id", brief(fields.get("task_id")), "a task's id")
            case other:
                raise self.source.error("content", brief(other), "an object: task_id, program")


def program_lines(programs: Path) -> Iterator[ProgramLine]:
    """The lines of a file without blank ones.

    Raises:
        UsageError: The file cannot be read.
    """
    index = 0
    try:
        with programs.open("rb") as file:
            for number, text in enumerate(file, start=1):
                if text.strip():
                    source = Source(file=f"{programs}:{number}")
                    yield ProgramLine(index=index, source=source, text=text)
                    index += 1
    except OSError as error:
        raise UsageError(f"{programs}: {error.strerror}; accepted: a readable file") from error

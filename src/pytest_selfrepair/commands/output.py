"""Write output of commands to files and standard streams."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.report.visible_text import without_commands
from pytest_selfrepair.report.whole_file import whole_file

STANDARD_OUTPUT = Path("-")


def show(text: str) -> None:
    """Print a result; invalid text, as in file names, is escaped."""
    print(text.encode(errors="backslashreplace").decode())  # noqa: T201 - what a command does


def as_json_line(facts: object) -> str:
    """One line of ASCII JSON without commands to a log's reader; `#` may be escaped."""
    return json.dumps(facts).replace("##", "#\\u0023")


def tell(line: str) -> None:
    """Print a message for people to standard error."""
    print(without_commands(line), file=sys.stderr)  # noqa: T201 - as above


def write(path: Path, text: str | Iterator[str]) -> None:
    """Write a text to a file, completely or not at all, or to standard output for `-`.

    Args:
        path: The file.
        text: The text, or its pieces.

    Raises:
        UsageError: The file cannot be written.
    """
    pieces = [text] if isinstance(text, str) else text
    if path == STANDARD_OUTPUT:
        ended = False
        for piece in pieces:
            sys.stdout.write(piece)
            ended = piece.endswith("\n") if piece else ended
        sys.stdout.write("" if ended else "\n")
        return
    with _whole(path, with_folder=True) as part, part.open("w", encoding="utf-8") as file:
        file.writelines(pieces)


def write_reports(
    out: Mapping[str, Path | None], reports: Mapping[str, Callable[[], str | Iterator[str]]]
) -> bool:
    """Write the requested reports.

    Args:
        out: The target of each, by its option without dashes: a file, `-` for standard output, or
            None.
        reports: A function that makes each report.

    Returns:
        Whether standard output remains for the text.

    Raises:
        UsageError: A file cannot be written, or two reports would go to standard output.
    """
    printed = [kind for kind, where in out.items() if where == STANDARD_OUTPUT]
    if len(printed) > 1:
        options = " and ".join(f"--{kind}" for kind in printed)
        raise UsageError(f"{options}: found `-` for each; accepted: for one of them")
    for kind, report in reports.items():
        if (where := out.get(kind)) is not None:
            write(where, report())
    return not printed


@contextlib.contextmanager
def opened(out: Path | None, *, encoding: str = "ascii") -> Iterator[Callable[[str], object]]:
    """Open a file for lines; it appears completely or not at all.

    Args:
        out: The file; None: standard output.
        encoding: The encoding of the lines.

    Raises:
        UsageError: It cannot be written.
    """
    if out is None:
        sys.stdout.flush()
        stdout = sys.stdout.buffer
        yield lambda line: stdout.write(f"{line}\n".encode(encoding))
        stdout.flush()
        return
    with _whole(out) as part, part.open("w", encoding=encoding, newline="\n") as stream:
        yield lambda line: stream.write(f"{line}\n")


@contextlib.contextmanager
def _whole(path: Path, *, with_folder: bool = False) -> Iterator[Path]:
    try:
        if with_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            yield part
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; accepted: a file to write") from error

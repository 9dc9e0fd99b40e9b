"""Where commands write what they were asked for."""

import contextlib
import sys
from pathlib import Path

from pytest_selfrepair.errors import UsageError

STANDARD_OUTPUT = Path("-")


def write(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all, or to standard output where the path is `-`.

    Raises:
        UsageError: The file cannot be written.
    """
    if path == STANDARD_OUTPUT:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; accepted: a file to write") from error
    finally:
        with contextlib.suppress(OSError):  # its folder may be none
            part.unlink()

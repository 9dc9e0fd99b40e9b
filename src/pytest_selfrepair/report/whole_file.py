"""A file that is written whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield a file beside `path` that takes its place when the block ends without an exception.

    Args:
        path: The file that is meant, in a folder that is there.
        private: Only the user may read and write it (mode 0600).

    Raises:
        OSError: It cannot be written. What was at `path` is as it was.
    """
    if path.exists() and not path.is_file():  # a terminal, a pipe: nothing can take its place
        yield path
        return
    path = path.resolve()  # a link stays one
    # The suffix stays: it decides the format of a figure. The process stands in the name, so that
    # two that write one file at once do not write into each other's.
    part = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        if private:
            part.touch(mode=0o600)
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # its folder may be none
            part.unlink(missing_ok=True)

"""Write a file completely or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yield a temporary file that replaces `path` when the block ends without an exception.

    Args:
        path: The target, in an existing folder.
        private: Restrict access to the user (mode 0600).

    Raises:
        OSError: It cannot be written. The file at `path` is unchanged.
    """
    if path.exists() and not path.is_file():  # a terminal or a pipe cannot be replaced
        yield path
        return
    path = path.resolve()  # keep a link, and replace its target
    # The suffix is kept, as it decides the format of a figure. The process id keeps two writers of
    # one file apart.
    part = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        if private:
            part.touch(mode=0o600)
        yield part
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):  # the folder may not exist
            part.unlink(missing_ok=True)

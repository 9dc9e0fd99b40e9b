"""Show progress: in one changing line on a terminal, in a few lines elsewhere."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_selfrepair.core.progress import LOGGER, PASSING
from pytest_selfrepair.report.visible_text import without_commands

_ON_TERMINAL = 0.2
_IN_FILE = 10.0
"""Seconds between passing lines in a file."""

_BACK = "\r\x1b[K"
"""Moves to the start of the line and clears it."""


class ProgressLines(logging.Handler):
    """Writes the lines of `core.progress`.

    Args:
        write: Writes a text unchanged, at the start of a line.
        prefix: The prefix of every line.
        terminal: Whether the output is a terminal.
        clock: A monotonic clock, in seconds.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        prefix: str,
        terminal: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(logging.INFO)
        self._write = write
        self._prefix = prefix
        self._terminal = terminal
        self._clock = clock
        self._last = clock()
        self._open = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or skip it."""
        text, now = self._prefix + without_commands(record.getMessage()), self._clock()
        back = _BACK if self._open else ""
        if not getattr(record, PASSING, False):
            self._open = False
            self._write(f"{back}{text}\n")
        elif self._terminal and (not self._open or now - self._last >= _ON_TERMINAL):
            self._open = True
            self._write(f"{back}{text}")
        elif not self._terminal and now - self._last >= _IN_FILE:
            self._write(f"{text}\n")
        else:
            return
        self._last = now

    def end(self) -> None:
        """End a changing line."""
        if self._open:
            self._open = False
            self._write("\n")


@contextmanager
def shown(write: Callable[[str], object], *, prefix: str, terminal: bool) -> Iterator[None]:
    """Show progress within the block.

    Args:
        write: Writes a text unchanged, at the start of a line.
        prefix: The prefix of every line.
        terminal: Whether the output is a terminal.
    """
    lines = ProgressLines(write, prefix=prefix, terminal=terminal)
    level = LOGGER.level
    LOGGER.addHandler(lines)
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        lines.end()
        LOGGER.removeHandler(lines)
        LOGGER.setLevel(level)

"""A status row at the bottom of the terminal, separate from pytest's output."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

PERIOD = 0.5
"""Seconds between updates."""

_TERMINAL = Path("/dev/tty")  # standard output may be captured
_SAVE, _RESTORE, _CLEAR = "\x1b7", "\x1b8", "\x1b[2K"


def shows_row(verbosity: int) -> bool:
    """Whether to draw the row: on a terminal, and neither in CI nor with `-q`."""
    if verbosity < 0 or os.environ.get("CI") or os.environ.get("TERM") in {None, "dumb"}:
        return False
    return sys.__stdout__ is not None and sys.__stdout__.isatty()


class BottomRow:
    """The last row of the terminal; the rows above scroll as usual.

    Args:
        text: Makes the text for a number of columns; called in a thread of its own.
    """

    def __init__(self, text: Callable[[int], str]) -> None:
        self._text = text
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="selfrepair-live", daemon=True)
        self._descriptor: int | None = None
        self._size = (0, 0)

    def start(self) -> None:
        """Reserve the row, where there is a terminal."""
        with contextlib.suppress(OSError):
            self._descriptor = os.open(_TERMINAL, os.O_WRONLY | os.O_NOCTTY)
            self._thread.start()

    def stop(self) -> None:
        """Clear and release the row."""
        if self._descriptor is None:
            return
        self._ended.set()
        self._thread.join()
        with contextlib.suppress(OSError):
            rows = self._size[1]
            self._write(f"{_SAVE}\x1b[r\x1b[{rows};1H{_CLEAR}{_RESTORE}")
        os.close(self._descriptor)
        self._descriptor = None

    def _watch(self) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone
            while True:
                self._draw()
                if self._ended.wait(PERIOD):
                    return

    def _draw(self) -> None:
        assert self._descriptor is not None  # noqa: S101 - the thread runs only with one
        size = os.get_terminal_size(self._descriptor)
        columns, rows = size
        if tuple(size) != self._size:  # a new terminal or another size: reserve the row
            self._size = (columns, rows)
            self._write(f"\n{_SAVE}\x1b[1;{rows - 1}r{_RESTORE}\x1b[1A")
        text = self._text(columns - 1)
        self._write(f"{_SAVE}\x1b[{rows};1H{_CLEAR}{text}{_RESTORE}")

    def _write(self, text: str) -> None:
        assert self._descriptor is not None  # noqa: S101 - as above
        os.write(self._descriptor, text.encode())  # in one write, so that nothing comes between

"""A progress bar, drawn only on a terminal."""

import shutil
import sys
from types import TracebackType
from typing import Self, TextIO

_WIDTH = 30


class ProgressLine:
    """Shows progress; its line is cleared on exit.

    Args:
        total: The number of pieces of work; None: unknown.
        stream: Where to draw if it is a terminal; by default standard error.
    """

    def __init__(self, total: int | None, stream: TextIO | None = None) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._done = 0

    def __enter__(self) -> Self:
        self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clear()

    def advance(self) -> None:
        """Count one more finished piece."""
        self._done += 1
        self._draw()

    def say(self, line: str, stream: TextIO | None = None) -> None:
        """Print a lasting line above the bar; by default to the bar's stream."""
        self._clear()
        print(line, file=stream or self._stream, flush=True)
        self._draw()

    def _draw(self) -> None:
        if not self._shown:
            return
        text = f"{self._done:,} done"
        if self._total:
            filled = _WIDTH * min(self._done, self._total) // self._total
            bar = "█" * filled + "·" * (_WIDTH - filled)
            text = f"{bar} {self._done:,} of {self._total:,}"
        columns = shutil.get_terminal_size().columns
        self._stream.write(f"\r{text[: columns - 1]}\x1b[K")
        self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

"""The open files to and from the process of one case."""

import contextlib
import os
from types import TracebackType
from typing import Self

from pytest_selfrepair.sandbox.files import memory_file, read_all, read_pipe, skip_inode_numbers

_TAIL = 4_000  # bytes of standard error that are kept
_CHUNK = 1 << 16


class CaseFiles:
    """The open files of one case: its input, output and standard error, and a channel.

    Args:
        given: Its input.
        most: The most bytes it may write to each.
    """

    def __init__(self, given: bytes, most: int) -> None:
        self._most, self._heard = most, bytearray()
        self._longest = 2 * most + _CHUNK
        self._stack = contextlib.ExitStack()
        skip_inode_numbers()
        self._files = [memory_file(self._stack, given), *(memory_file(self._stack) for _ in "oe")]
        self.channel, self._writing = os.pipe()
        self._stack.callback(os.close, self.channel)
        os.set_blocking(self.channel, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def shown(self) -> list[int]:
        """The descriptors for the case's process."""
        return [*self._files, self._writing]

    def close_writing(self) -> None:
        """Close the write end of the channel here, leaving it to the case's process."""
        os.close(self._writing)

    def read_channel(self) -> bool:
        """Read from the channel; false at its end."""
        return read_pipe(self.channel, self._heard, self._longest)

    @property
    def too_long(self) -> bool:
        """Whether its report exceeds the limit."""
        return len(self._heard) > self._longest

    @property
    def report(self) -> str:
        """The process's report on itself."""
        return self._heard.decode("utf-8", "replace")

    @property
    def stdout(self) -> str:
        """Its standard output."""
        return read_all(self._files[1], self._most).decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        """The end of its standard error."""
        return read_all(self._files[2], self._most)[-_TAIL:].decode("utf-8", "replace")

    @property
    def full(self) -> bool:
        """Whether a file has reached the output limit."""
        return any(os.fstat(each).st_size >= self._most for each in self._files[1:])

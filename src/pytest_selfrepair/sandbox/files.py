"""Unnamed open files that carry inputs to programs and answers back."""

import contextlib
import os
import sys
import tempfile

_MEMORY = sys.platform == "linux"
_MOST_BLURRED = 3
_CHUNK = 1 << 16


def memory_file(stack: contextlib.ExitStack, data: bytes = b"") -> int:
    """Create a file with ``data``, positioned at its start, and return its descriptor.

    It is closed with the stack.
    """
    if _MEMORY:
        descriptor = os.memfd_create("case")
        stack.callback(os.close, descriptor)
    else:
        descriptor = stack.enter_context(tempfile.TemporaryFile(buffering=0)).fileno()  # noqa: SIM115 - closed with the rest
    rest, at = memoryview(data), 0
    while rest:
        written = os.pwrite(descriptor, rest, at)
        rest, at = rest[written:], at + written
    return descriptor


def skip_inode_numbers() -> None:
    """Use up a random number of inode numbers, so that programs cannot count earlier files."""
    for _ in range(os.urandom(1)[0] % (_MOST_BLURRED + 1)):
        for descriptor in (*os.pipe(), *([os.memfd_create("case")] if _MEMORY else [])):
            os.close(descriptor)


def read_all(descriptor: int, most: int) -> bytes:
    """Read up to ``most`` bytes of a file."""
    return os.pread(descriptor, min(most, os.fstat(descriptor).st_size), 0)


def read_pipe(reading: int, heard: bytearray, most: int) -> bool:
    """Read from a non-blocking pipe; return false at its end.

    At most about ``most`` bytes are read in total.
    """
    try:
        while len(heard) <= most:
            said = os.read(reading, _CHUNK)
            if not said:
                return False
            heard += said
    except BlockingIOError:
        pass
    return True

"""Open files without a name, by which inputs go to programs and answers come from them."""

import contextlib
import os
import sys
import tempfile

_MEMORY = sys.platform == "linux"
_MOST_BLURRED = 3
_CHUNK = 1 << 16


def memory_file(stack: contextlib.ExitStack, data: bytes = b"") -> int:
    """The descriptor of a file that holds ``data``, its position at the beginning.

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


def blur_numbers() -> None:
    """Use up a few numbers of files, no one knows how many: they say nothing of earlier ones."""
    for _ in range(os.urandom(1)[0] % (_MOST_BLURRED + 1)):
        for descriptor in (*os.pipe(), *([os.memfd_create("case")] if _MEMORY else [])):
            os.close(descriptor)


def read_all(descriptor: int, most: int) -> bytes:
    """What a file holds, up to ``most`` bytes."""
    return os.pread(descriptor, min(most, os.fstat(descriptor).st_size), 0)


def hear(reading: int, heard: bytearray, most: int) -> bool:
    """Take what a pipe holds, which waits for nobody; false where no more will come.

    No more than about ``most`` bytes are taken in all.
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

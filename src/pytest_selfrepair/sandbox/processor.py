"""Processors, each of which one program at a time has for itself, whichever process judges it."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # where nothing is judged anyway
    fcntl = None  # type: ignore[assignment]


class Processors:
    """The processors that this process may use.

    All processes of a user on this machine that judge share them, by locks on files in the folder
    for temporary ones.

    Attributes:
        numbers: Their numbers; none where programs cannot be kept to one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[int, int] = {}
        self._claimed: set[int] = set()
        self.numbers: tuple[int, ...] = ()
        if hasattr(os, "sched_getaffinity"):
            with contextlib.suppress(OSError):
                folder = Path(tempfile.gettempdir(), f"selfrepair-processors-{os.getuid()}")
                folder.mkdir(mode=0o700, exist_ok=True)
                for number in sorted(os.sched_getaffinity(0)):
                    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
                    self._files[number] = os.open(folder / str(number), flags, 0o600)
                self.numbers = tuple(self._files)

    def claim(self, number: int) -> bool:
        """Take a processor, unless a program has it."""
        with self._lock:
            if number in self._claimed:
                return False
            try:
                fcntl.flock(self._files[number], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            self._claimed.add(number)
            return True

    def give_back(self, number: int) -> None:
        """Leave a processor to others."""
        with self._lock:
            self._claimed.discard(number)
            fcntl.flock(self._files[number], fcntl.LOCK_UN)

    def close(self) -> None:
        """Claim no more."""
        with self._lock:
            for descriptor in self._files.values():
                os.close(descriptor)
            self._files.clear()
            self.numbers = ()


@contextlib.contextmanager
def kept_to(number: int | None) -> Iterator[None]:
    """Let what this thread starts meanwhile run on one processor alone, where that is asked."""
    if number is None:
        yield
        return
    usual = os.sched_getaffinity(0)
    try:
        with contextlib.suppress(OSError):  # it may have been taken away
            os.sched_setaffinity(0, {number})
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, usual)

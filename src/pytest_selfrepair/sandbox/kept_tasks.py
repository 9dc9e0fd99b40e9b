"""Store the tasks sent to a worker, shared with all workers of its machine where possible.

A task is kept in memory, in an unnamed file of the process that received it. Other workers, which
are processes of the same user, open that file by its descriptor in /proc. Programs in the sandbox
do not see the descriptors; where isolation does not hide them, tasks are not shared.
"""

import contextlib
import hashlib
import os
import pickle
import stat
import threading
from collections import OrderedDict

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.sandbox.files import memory_file

_KEPT_BYTES = 512 << 20
"""The most bytes of pickled tasks that a worker keeps."""


class KeptTasks:
    """The tasks known to a worker.

    Args:
        shares: Whether other processes may open the tasks sent to this one.
    """

    def __init__(self, *, shares: bool) -> None:
        self._shares = shares
        self._lock = threading.Lock()
        self._tasks: OrderedDict[str, tuple[int, Task]] = OrderedDict()
        self._files: dict[str, tuple[contextlib.ExitStack, int]] = {}

    def keep(self, digest: str, data: bytes) -> str:
        """Store a pickled task; return the path for others to open, or an empty text."""
        with self._lock:
            if digest not in self._tasks:
                self._add(digest, data)
            if not self._shares:
                return ""
            if digest not in self._files:
                stack = contextlib.ExitStack()
                self._files[digest] = stack, memory_file(stack, data)
            return f"/proc/{os.getpid()}/fd/{self._files[digest][1]}"

    def find(self, digest: str, place: str) -> Task | None:
        """Find a task.

        Args:
            digest: The SHA-256 of the pickled task.
            place: Its path in another process of this machine.

        Returns:
            The task; None where it is in neither process.
        """
        with self._lock:
            if digest not in self._tasks:
                data = _read(place)
                if data is None or digest_of(data) != digest:
                    return None
                self._add(digest, data)
            self._tasks.move_to_end(digest)
            return self._tasks[digest][1]

    def close(self) -> None:
        """Remove all tasks, also for other processes."""
        with self._lock:
            self._tasks.clear()
            for stack, _ in self._files.values():
                stack.close()
            self._files.clear()

    def _add(self, digest: str, data: bytes) -> None:
        self._tasks[digest] = len(data), pickle.loads(data)  # noqa: S301 - members of a cluster can run code on it anyway
        while len(self._tasks) > 1 and sum(n for n, _ in self._tasks.values()) > _KEPT_BYTES:
            oldest, _ = self._tasks.popitem(last=False)
            if oldest in self._files:
                self._files.pop(oldest)[0].close()


def digest_of(data: bytes) -> str:
    """The digest by which workers recognise a task."""
    return hashlib.sha256(data).hexdigest()


def _read(place: str) -> bytes | None:
    """Read a place; None where it is not a readable regular file."""
    if not place:
        return None
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None

"""A sign of life: a small file beside the store, locked as long as the process lives that made it.

The kernel takes the lock back however a process ends, and sees through containers that share the
file but not their process numbers, which a process id and its start time would not.
"""

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

_MARK = "-alive-"


class SignOfLife:
    """The sign of one owner of reservations; made only when it is given.

    Args:
        store: The store's file.

    Attributes:
        owner: Who it is the sign of; never the same twice.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._descriptor: int | None = None
        self.owner = secrets.token_hex(8)

    @property
    def given(self) -> bool:
        """Whether it is shown."""
        return self._descriptor is not None

    def give(self) -> None:
        """Show that this owner lives, from now until `end` or the death of the process.

        Raises:
            OSError: The file cannot be made or locked.
        """
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            descriptor = os.open(self._path(self.owner), flags, 0o600)  # closed by any exec
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._descriptor = descriptor

    def others(self) -> set[str]:
        """Everyone who has given a sign that is still there, dead or alive."""
        start = f"{self._store.name}{_MARK}"
        names = (each.name for each in self._store.parent.iterdir())
        owners = {name.removeprefix(start) for name in names if name.startswith(start)}
        return owners - {self.owner}

    def sees(self, owner: str) -> bool:
        """Whether an owner lives, or may live.

        Raises:
            OSError: Its sign cannot be read.
        """
        if owner == self.owner:
            return True
        try:
            descriptor = os.open(self._path(owner), os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def clear(self, owner: str) -> None:
        """Remove the sign of one who is dead."""
        with contextlib.suppress(OSError):  # it says nothing any more; nobody asks for it again
            self._path(owner).unlink()

    def end(self) -> None:
        """Take this owner's sign away."""
        if self._descriptor is not None:
            self.clear(self.owner)
            os.close(self._descriptor)
            self._descriptor = None

    def _path(self, owner: str) -> Path:
        return self._store.with_name(f"{self._store.name}{_MARK}{owner}")

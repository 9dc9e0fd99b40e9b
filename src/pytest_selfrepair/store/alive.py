"""Signs of life: small files beside the store, each locked while its process lives.

The kernel releases the lock however the process ends. Unlike process ids and start times, locks
work across containers that share the file but not their process ids.
"""

import contextlib
import fcntl
import os
import secrets
from pathlib import Path

_MARK = "-alive-"


class SignOfLife:
    """The sign of life of one owner of reservations, created on demand.

    Args:
        store: The store's file.

    Attributes:
        owner: The owner's id, unique to each sign.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._descriptor: int | None = None
        self.owner = secrets.token_hex(8)

    @property
    def given(self) -> bool:
        """Whether the file exists."""
        return self._descriptor is not None

    def give(self) -> None:
        """Create and lock the file until `end` or the death of the process.

        Raises:
            OSError: The file cannot be created or locked.
        """
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
            descriptor = os.open(self._path(self.owner), flags, 0o600)  # closed on exec
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._descriptor = descriptor

    def others(self) -> set[str]:
        """The other owners with a file, dead or alive."""
        start = f"{self._store.name}{_MARK}"
        names = (each.name for each in self._store.parent.iterdir())
        owners = {name.removeprefix(start) for name in names if name.startswith(start)}
        return owners - {self.owner}

    def sees(self, owner: str) -> bool:
        """Whether an owner is, or may be, alive.

        Raises:
            OSError: Its file cannot be read.
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
        """Remove the file of a dead owner."""
        with contextlib.suppress(OSError):  # the file no longer matters
            self._path(owner).unlink()

    def end(self) -> None:
        """Remove this owner's file."""
        if self._descriptor is not None:
            self.clear(self.owner)
            os.close(self._descriptor)
            self._descriptor = None

    def _path(self, owner: str) -> Path:
        return self._store.with_name(f"{self._store.name}{_MARK}{owner}")

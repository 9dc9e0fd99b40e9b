"""Explain failures of the store's file in one line that says what to do."""

import errno
import sqlite3
from pathlib import Path

from pytest_selfrepair.errors import StoreError

_PRIMARY = 0xFF
"""The mask of the primary code within SQLite's extended codes."""
_OTHER = "give another file by --selfrepair-store"


def is_busy(error: BaseException) -> bool:
    """Whether another process locked the file for too long."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def explain(path: Path, error: sqlite3.Error | OSError) -> StoreError:
    """Build an error that names the file, the fault and the option."""
    code = _code(error)
    if is_busy(error):
        what, cure = "locked: another process is writing and does not end", "wait for it"
    elif code == sqlite3.SQLITE_FULL or _errno(error) in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        what, cure = f"the disk is full ({error})", "free space and repeat the command"
    elif code == sqlite3.SQLITE_IOERR:
        what, cure = f"cannot be written ({error})", "free space or check the disk"
    elif code == sqlite3.SQLITE_CORRUPT:
        what = f"damaged ({error}); it is left as it is"
        cure = f"rescue what can be read by `sqlite3 {path.name} .recover`"
    elif code == sqlite3.SQLITE_NOTADB:
        return no_store(path, str(error))
    elif code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        what, cure = f"cannot be opened for writing ({error})", "check its permissions"
    else:
        what, cure = str(error), "make this one usable"
    return StoreError(f"{path}: {what}; {cure}, or {_OTHER}")


def no_store(path: Path, why: str) -> StoreError:
    """The error for a file that is not a store, and is left untouched."""
    return StoreError(f"{path}: not a store of pytest-selfrepair ({why}); {_OTHER}")


def damaged_row(path: Path, what: str, error: Exception) -> StoreError:
    """The error for a row that can be read but not decoded."""
    return StoreError(f"{path}: damaged ({what}: {error}); it is left as it is; {_OTHER}")


def _code(error: BaseException) -> int | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def _errno(error: BaseException) -> int | None:
    return error.errno if isinstance(error, OSError) else None

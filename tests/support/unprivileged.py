"""Runs a command as nobody, who is shown the folders given first even if they lie in closed ones.

Started as root, as a plain file: FOLDER… -- COMMAND ARGUMENT…
"""

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS, _BIND, _REC, _PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000


def main() -> None:
    """Open the way to the folders, then become nobody."""
    end = sys.argv.index("--")
    folders, command = sys.argv[1:end], sys.argv[end + 1 :]
    here = Path.cwd()
    show(folders)
    os.chdir(here)  # which may now be reached in another way
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    os.execv(command[0], command)  # noqa: S606 - the purpose


def show(folders: list[str]) -> None:
    """Open the way to these folders for this process alone; what is beside them is hidden."""
    if not any(map(_closed, folders)):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_NEW_MOUNTS)
    # As they are before anything covers them, the outer ones first.
    inside = {folder: os.open(folder, os.O_PATH) for folder in sorted(folders, key=len)}
    libc.mount(b"none", b"/", None, _REC | _PRIVATE, None)
    os.umask(0o022)
    for folder, descriptor in inside.items():
        if closed := _closed(folder):
            libc.mount(b"none", str(closed[0]).encode(), b"tmpfs", 0, b"mode=755")
        if not Path(folder).exists():
            Path(folder).mkdir(parents=True)
            source = f"/proc/self/fd/{descriptor}".encode()
            libc.mount(source, folder.encode(), None, _BIND | _REC, None)


def _closed(folder: str) -> list[Path]:
    """The folders above it that not everyone may pass, outermost first, as far as they exist."""
    above = [path for path in reversed(Path(folder).parents) if path.exists()]
    return [path for path in above if not path.stat().st_mode & 1]


if __name__ == "__main__":
    main()

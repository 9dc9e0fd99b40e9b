"""Runs a command as nobody; the folder given first is shown to it even if it lies in a closed one.

Started as root, as a plain file: FOLDER COMMAND ARGUMENT…
"""

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS, _BIND, _REC, _PRIVATE = 0x20000, 0x1000, 0x4000, 0x40000


def main() -> None:
    """Open the way to the folder in mounts of this process's own, then become nobody."""
    folder, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    closed = [path for path in reversed(Path(folder).parents) if not path.stat().st_mode & 1]
    if closed:
        libc.unshare(_NEW_MOUNTS)
        inside = os.open(folder, os.O_PATH)
        libc.mount(b"none", b"/", None, _REC | _PRIVATE, None)
        libc.mount(b"none", str(closed[0]).encode(), b"tmpfs", 0, b"mode=755")
        os.umask(0o022)
        Path(folder).mkdir(parents=True)
        libc.mount(f"/proc/self/fd/{inside}".encode(), folder.encode(), None, _BIND | _REC, None)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    os.execv(command[0], command)  # noqa: S606 - the purpose


main()

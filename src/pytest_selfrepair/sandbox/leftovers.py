"""What a program may leave behind, processes and files, and how it is made to go."""

import contextlib
import os
import signal
import time
from pathlib import Path


def end_descendants(child: int | None) -> None:
    """Kill every descendant and wait until none is left.

    As PID 1 this is certain. Elsewhere it reaches the child's process group and, on Linux, whatever
    became an orphan of this process.
    """
    alone = os.getpid() == 1
    victims = [-1] if alone else [] if child is None else [-child]
    while True:
        for victim in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(victim, signal.SIGKILL)
        try:
            while os.waitpid(-1, 0 if alone else os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        victims = _children()
        if not victims:
            return


def empty_scratch() -> bool:
    """Remove all that lies in the current folder; true where nothing is left.

    What lies in a folder is moved up before the folder goes: a tree may be deeper than any path is
    long.
    """
    number = 0
    while names := os.listdir():  # noqa: PTH208 - half the time of a Path, in every case
        before = number
        for name in names:
            try:
                os.unlink(name)  # noqa: PTH108 - as above
                number += 1
                continue
            except OSError:
                pass
            with contextlib.suppress(OSError):  # a folder
                os.chmod(name, 0o700)  # noqa: PTH101 - as above
                for inner in os.listdir(name):  # noqa: PTH208 - as above
                    place = f"{name}/{inner}"
                    if os.path.isdir(place) and not os.path.islink(place):  # noqa: PTH112, PTH114 - as above
                        os.chmod(place, 0o700)  # noqa: PTH101 - only then can it be moved
                    os.rename(place, f".selfrepair-{number}-{time.monotonic_ns()}")  # noqa: PTH104 - as above
                    number += 1
                os.rmdir(name)  # noqa: PTH106 - as above
                number += 1
        if number == before:
            return False
    return True


def tasks_of_user() -> int:
    """Processes and threads of this user, which count against its children's limit (Linux)."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                count += len(list((folder / "task").iterdir()))
    return count


def _children() -> list[int]:
    """Processes whose parent this one is, or has become; none where the system keeps no list."""
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]
    return []

"""Remove the processes and files that a program leaves behind."""

import contextlib
import os
import re
import signal
import sys
import time
from typing import IO

_PAUSE = 0.001  # seconds
_LONGEST_LIST = 1 << 16


def end_descendants(known: list[int]) -> None:
    """Kill all descendants and wait for their end.

    This is certain as PID 1. Otherwise it reaches the process groups of known children and, on
    Linux, all orphans reparented to this process.
    """
    alone = os.getpid() == 1
    victims = [-1] if alone else [-pid for pid in known]
    while True:
        for victim in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(victim, signal.SIGKILL)
        try:
            while os.waitpid(-1, 0 if alone else os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(_PAUSE)  # killed processes die with a delay
        listed = open_children()
        victims = [*(-pid for pid in known), *(children(listed) or ())]
        if listed is not None:
            listed.close()


def restore_folder(folder: int, mode: int) -> None:
    """Restore an open folder's mode and times, and remove its extended attributes."""
    os.fchmod(folder, mode)
    if sys.platform == "linux":
        for name in os.listxattr(folder):
            os.removexattr(folder, name)
    os.utime(folder, (0, 0))


def empty_scratch() -> bool:
    """Empty the current folder; return whether nothing is left.

    The contents of a folder are moved up before it is removed, as a tree may be deeper than the
    longest path.
    """
    number = 0
    while names := os.listdir():
        before = number
        for name in names:
            try:
                os.unlink(name)
                number += 1
                continue
            except OSError:
                pass
            with contextlib.suppress(OSError):  # a folder
                os.chmod(name, 0o700)
                for inner in os.listdir(name):
                    place = f"{name}/{inner}"
                    if os.path.isdir(place) and not os.path.islink(place):
                        os.chmod(place, 0o700)
                    os.rename(place, f".selfrepair-{number}-{time.monotonic_ns()}")
                    number += 1
                os.rmdir(name)
                number += 1
        if number == before:
            return False
    return True


def tasks_of_user() -> int:
    """The number of this user's processes and threads, which count against its limit (Linux)."""
    count = 0
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


def open_children() -> IO[bytes] | None:
    """Open the system's list of this process's children; None without one."""
    with contextlib.suppress(OSError):
        return open(f"/proc/self/task/{os.getpid()}/children", "rb", buffering=0)
    return None


def children(listed: IO[bytes] | None) -> list[int] | None:
    """The current children of this process, including adopted ones; None without a list."""
    if listed is None:
        return None
    listed.seek(0)
    return [int(pid) for pid in listed.read(_LONGEST_LIST).split()]


def use_of_all(pids: set[int], own: int) -> tuple[float, int]:
    """The CPU seconds and bytes of memory of processes and, on Linux, their descendants.

    Args:
        pids: Some processes.
        own: A process whose memory all others inherit, so that it does not count.
    """
    seconds, common, memory = 0.0, _private_bytes(own), 0
    for each in _with_descendants(pids):
        with contextlib.suppress(OSError):
            seconds += time.clock_gettime((~each << 3) | 2)  # encoded as by clock_getcpuclockid
            seconds += _waited_for(each)
        memory += max(0, _private_bytes(each) - common)
    return seconds, memory


def _with_descendants(pids: set[int]) -> set[int]:
    found: set[int] = set()
    unseen = [*pids]
    while unseen:
        pid = unseen.pop()
        if pid not in found:
            found.add(pid)
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    with contextlib.suppress(OSError):
                        unseen += map(int, _read(f"/proc/{pid}/task/{task}/children").split())
    return found


def _private_bytes(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        lines = _read(f"/proc/{pid}/status")
        # Shared memory without a file counts for each process that shares it.
        return sum(int(number) << 10 for number in _OWN_MEMORY.findall(lines))
    return 0


def _waited_for(pid: int) -> float:
    """The CPU seconds of a process's ended and awaited children."""
    with contextlib.suppress(OSError, ValueError):
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        return sum(map(int, fields[13:15])) / _TICKS
    return 0.0


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


_TICKS = os.sysconf("SC_CLK_TCK")
_OWN_MEMORY = re.compile(r"^Rss(?:Anon|Shmem):\s*(\d+) kB$", re.MULTILINE)

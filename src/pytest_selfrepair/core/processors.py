"""Count the processors available to this process."""

import os


def usable_processors() -> int:
    """The number of processors that this process may use, at least one."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

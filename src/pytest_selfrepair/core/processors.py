"""How much of this machine there is for us."""

import os


def usable_processors() -> int:
    """How many processors this process may use; at least one."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

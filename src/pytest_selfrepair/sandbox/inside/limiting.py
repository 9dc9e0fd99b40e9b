"""Set the system's resource limits for the processes of a program.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import resource
import sys
import time

if __package__:
    from pytest_selfrepair.sandbox.inside import described
else:  # a plain file beside its siblings
    import described  # type: ignore[import-not-found,no-redef]

_REPORT_BYTES = 64 << 20  # bytes beyond the memory limit, for the report that it was reached
_WAITING = 4  # the zygote and the processes that wait for a case or a program


def limit_together(program: described.Program) -> None:
    """Limit a program whose cases run in the process shared with other programs.

    This ends an endless program even if the judge is too busy to end it.
    """
    seconds = _whole(time.process_time() + program.limits["cpu_seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (program.memory_bytes, resource.RLIM_INFINITY))


def limit_apart(program: described.Program, other_tasks: int) -> None:
    """Limit the processes of a program's cases, irrevocably.

    Args:
        program: The program.
        other_tasks: Tasks of other programs that count against the limit on processes.
    """
    limits = program.limits
    _limit("RLIMIT_CORE", 0, 0)
    seconds = _whole(limits["cpu_seconds"]) * (2 + program.cases) + 1
    _limit("RLIMIT_CPU", seconds, seconds)
    _limit("RLIMIT_FSIZE", limits["output_bytes"], limits["output_bytes"])
    _limit("RLIMIT_NOFILE", limits["open_files"], limits["open_files"])
    if sys.platform == "linux":
        tasks = limits["processes"] + _WAITING + other_tasks
        _limit("RLIMIT_NPROC", tasks, tasks)
        _limit("RLIMIT_AS", program.memory_bytes, program.memory_bytes + _REPORT_BYTES)


def limit_case(program: described.Program, used: float) -> None:
    """Set the CPU time limit of a case, on top of what its process has used so far."""
    seconds = _whole(used + program.limits["cpu_seconds"])
    _limit("RLIMIT_CPU", seconds, seconds + 1)


def _whole(seconds: float) -> int:
    return -int(-seconds // 1)


def _limit(name: str, soft: int, hard: int) -> None:
    which = getattr(resource, name)
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))

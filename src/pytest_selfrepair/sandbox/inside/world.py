"""The context that all programs of a zygote share.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

from typing import NamedTuple


class World(NamedTuple):
    """The context that all programs of a zygote share.

    Attributes:
        means: The restrictions on a child beyond its limits, from the zygote's arguments.
        other_tasks: Tasks of other programs that count against the limit on processes.
        names: The names defined for called programs.
        scratch: The current folder, from which programs import their own modules.
        pid: The zygote's process id.
        packages: The modules that programs may import besides the standard library.
        relays: Whether the zygote gets no notice of processes forked by others. The waiting process
            then forks the process of its only case, and reports its end.
    """

    means: frozenset[str]
    other_tasks: int
    names: dict[str, object]
    scratch: str
    pid: int
    packages: frozenset[str]
    relays: bool

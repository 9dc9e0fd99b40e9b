"""What all programs of a zygote have in common.

Like the zygote, beside which it is a plain file, it needs only the standard library.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all programs of a zygote have in common.

    Attributes:
        means: What is done to a child beyond its limits, as the zygote was told.
        other_tasks: Tasks of other programs that count against the limit on processes.
        names: What a called program finds defined.
        scratch: The current folder, from which a program's own modules come.
        pid: The zygote.
        packages: What programs may import beside the standard library.
        relays: Whether the zygote hears nothing of processes that others fork. Then the one that
            waits forks that of its only case, and says when it has ended.
    """

    means: frozenset[str]
    other_tasks: int
    names: dict[str, object]
    scratch: str
    pid: int
    packages: frozenset[str]
    relays: bool

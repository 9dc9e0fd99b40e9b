"""Count distinct programs: where all are the same, sampling cannot gain."""

from collections import Counter
from collections.abc import Sequence

from pytest_selfrepair.core.tree import Grown


def effective(programs: Sequence[str]) -> float:
    """The effective number of distinct programs: 1 ÷ the sum of the squared shares of each text.

    From 1, all the same, to their number, all different (Hill 1973, order 2). Lines are compared
    without trailing whitespace.

    Args:
        programs: At least one.
    """
    counts = Counter(_bare(program) for program in programs)
    return len(programs) ** 2 / sum(n * n for n in counts.values())


def sampling_can_gain(grown: Sequence[Grown]) -> bool:
    """False where all programs of each task are equal, and some task has several."""
    texts = [[node.program for node in (*each.programs, *each.baseline)] for each in grown]
    several = [programs for programs in texts if len(programs) > 1]
    return not several or any(len(set(map(_bare, programs))) > 1 for programs in several)


def _bare(program: str) -> str:
    return "\n".join(line.rstrip() for line in program.rstrip().splitlines())

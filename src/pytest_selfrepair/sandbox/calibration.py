"""How fast this machine is: what a fixed piece of Python takes."""

import functools
import time

_ROUNDS, _TURNS = 5, 20_000


@functools.cache
def calibration() -> float:
    """CPU seconds of a fixed piece of work: the least of a few; measured once in a process."""
    return min(_work() for _ in range(_ROUNDS))


def _work() -> float:
    began = time.thread_time()
    seen: dict[int, int] = {}
    total = 0
    for turn in range(_TURNS):
        total = (total * 31 + turn) % 1_000_003
        seen[total % 977] = seen.get(total % 977, 0) + len(str(total))
    sorted(seen.items(), key=lambda item: -item[1])
    return time.thread_time() - began

"""How fast this machine is: what a fixed piece of Python takes."""

import functools
import time

_ROUNDS, _TURNS = 5, 20_000

_ALIKE = 0.1
"""Machines whose speeds differ by no more than this share count as equally fast: it is noise."""

_MOST = 8.0
"""How many times as fast or slow as the reference a machine is taken to be at most."""


@functools.cache
def calibration() -> float:
    """CPU seconds of a fixed piece of work: the least of a few; measured once in a process."""
    return measured(_ROUNDS)


class Speed:
    """How fast this machine is from moment to moment, measured no more often than it pays.

    Args:
        seconds: For how long a measurement holds.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self._holds, self._ends, self._found = seconds, 0.0, 0.0

    def now(self) -> float:
        """CPU seconds of the calibration, at most so long ago."""
        if time.monotonic() >= self._ends:
            self._found = measured()
            self._ends = time.monotonic() + self._holds
        return self._found


def measured(rounds: int = 2) -> float:
    """The same, measured now: the least of so many."""
    return min(_work() for _ in range(rounds))


def scale_to(reference_ms: float | None, here: float | None = None) -> float:
    """How many times as long as on a reference machine programs take.

    Args:
        reference_ms: Milliseconds of the calibration there; None: there is no such machine.
        here: Seconds of the calibration here; None: they are measured.

    Returns:
        A factor; 1 where machines are alike but for noise, or there is no reference.
    """
    if reference_ms is None:
        return 1.0
    factor = (calibration() if here is None else here) * 1000 / reference_ms
    if abs(factor - 1) <= _ALIKE:
        return 1.0
    return min(max(factor, 1 / _MOST), _MOST)


def _work() -> float:
    began = time.thread_time()
    seen: dict[int, int] = {}
    total = 0
    for turn in range(_TURNS):
        total = (total * 31 + turn) % 1_000_003
        seen[total % 977] = seen.get(total % 977, 0) + len(str(total))
    sorted(seen.items(), key=lambda item: -item[1])
    return time.thread_time() - began

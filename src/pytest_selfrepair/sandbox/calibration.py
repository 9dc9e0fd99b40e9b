"""Measure the speed of this machine by a fixed piece of Python."""

import functools
import time

_ROUNDS, _TURNS = 5, 20_000

_ALIKE = 0.1
"""Speeds that differ by at most this share count as equal, as measurements are noisy."""

_MOST = 8.0
"""The largest factor between a machine's speed and the reference, either way."""


@functools.cache
def calibration() -> float:
    """The least CPU seconds of a fixed piece of work in a few runs; measured once per process."""
    return measured(_ROUNDS)


class Speed:
    """The current speed of this machine, measured at intervals.

    Args:
        seconds: The validity of a measurement.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self._holds, self._ends, self._found = seconds, 0.0, 0.0

    def now(self) -> float:
        """The CPU seconds of the calibration, by a valid measurement."""
        if time.monotonic() >= self._ends:
            self._found = measured()
            self._ends = time.monotonic() + self._holds
        return self._found


def measured(rounds: int = 2) -> float:
    """The least CPU seconds of the calibration in some rounds, run now."""
    return min(_work() for _ in range(rounds))


def scale_to(reference_ms: float | None, here: float | None = None) -> float:
    """The factor between the durations of programs here and on a reference machine.

    Args:
        reference_ms: Milliseconds of the calibration there; None without a reference.
        here: Seconds of the calibration here; None to measure them.

    Returns:
        The factor; 1 for machines equal up to noise, or without a reference.
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

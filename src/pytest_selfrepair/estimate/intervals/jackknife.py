"""The jackknife over tasks: how far each moves a statistic, and the standard error that makes."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from pytest_selfrepair.estimate.exact.draws import Floats

BLOCK = 2**18
"""Weights that are worked on at once: 2 MB, which stay in a core's cache."""

Statistic: TypeAlias = Callable[[Floats], Floats]
"""From weights of shape (draws, tasks), none negative, to the statistic of each draw, (draws,)."""

Strata: TypeAlias = tuple[tuple[int, ...], ...]
"""The positions of tasks, in groups that are each drawn from within themselves."""


def influence(statistic: Statistic, strata: Strata) -> Floats:
    """How far each task moves a statistic: (n_h - 1)·(mean of leave-one-out - its own)/n_h.

    Args:
        statistic: The statistic.
        strata: The strata of the tasks, of sizes n_h.

    Returns:
        Shape (tasks,), in the order of the tasks.
    """
    left_out = np.concatenate([statistic(weights) for weights in _leaving_one_out(strata)])
    found = np.empty_like(left_out)
    for stratum in strata:
        at, size = np.array(stratum), len(stratum)
        found[at] = (left_out[at].mean() - left_out[at]) * (size - 1) / size
    return found


def standard_error(moved: Floats, strata: Strata) -> float:
    """The standard error of a statistic within strata, from its influence."""
    sizes = _sizes(strata)
    return float(np.sqrt(np.sum(moved**2 * sizes / (sizes - 1))))


def _leaving_one_out(strata: Strata) -> Iterator[Floats]:
    """Weights without one task each; the others of its stratum make up for it."""
    tasks = sum(map(len, strata))
    stratum_of = np.empty(tasks, dtype=np.intp)
    for number, stratum in enumerate(strata):
        stratum_of[list(stratum)] = number
    sizes = _sizes(strata)
    rows = max(1, BLOCK // tasks)
    for first in range(0, tasks, rows):
        out = np.arange(first, min(first + rows, tasks))
        alike = stratum_of[out][:, None] == stratum_of[None, :]
        weights = np.where(alike, (sizes / (sizes - 1))[out][:, None], 1.0)
        weights[np.arange(len(out)), out] = 0.0
        yield weights


def _sizes(strata: Strata) -> Floats:
    """The size of each task's stratum, shape (tasks,)."""
    sizes = np.empty(sum(map(len, strata)))
    for stratum in strata:
        sizes[list(stratum)] = len(stratum)
    return sizes

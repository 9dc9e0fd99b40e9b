"""The curves of sampling without repair, thinned to a limited number of points."""

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.iid import iid, sampled
from pytest_selfrepair.estimate.exact.shapes import Expected
from pytest_selfrepair.estimate.exact.stopping import reach, stopping
from pytest_selfrepair.estimate.run.censoring import Usable
from pytest_selfrepair.estimate.run.curves import chosen, envelope, round_numbers

_MOST_POINTS = 40
"""Points of a curve: all of the first, then at growing distances."""


def iid_points(each: Usable, policy: Policy, *, replacement: bool) -> Expected | None:
    """Points of i.i.d. sampling of every task; None where nothing can be drawn."""
    most = sampled(each.grown)
    if not most:
        return None
    return _thinned(iid(each.samples, most, replacement=replacement, policy=policy))


def stopping_points(each: Usable, policy: Policy, *, replacement: bool) -> Expected | None:
    """Sampling under repair's stopping rule: the envelope over first and further programs.

    None where the trees ended at their first pass, or nothing can be drawn.
    """
    if each.order is not None or not each.arrays.most_programs:
        return None
    best: Expected | None = None
    for first in round_numbers(each.arrays.most_programs):  # one at a time, as each may be large
        found = stopping(
            each.samples, first, reach(each.samples, first), replacement=replacement, policy=policy
        )
        best = envelope(found if best is None else _both(best, found))
    return None if best is None else _thinned(best)


def _both(one: Expected, two: Expected) -> Expected:
    return Expected(
        n_p=one.n_p + two.n_p,
        n_fr=one.n_fr + two.n_fr,
        solved=np.concatenate([one.solved, two.solved], axis=1),
        cost=np.concatenate([one.cost, two.cost], axis=1),
    )


def _thinned(points: Expected) -> Expected:
    most = len(points.n_p)
    if most <= _MOST_POINTS:
        return points
    steps = [round(most ** (i / (_MOST_POINTS - 1))) for i in range(_MOST_POINTS)]
    return chosen(points, [number - 1 for number in dict.fromkeys(steps)])

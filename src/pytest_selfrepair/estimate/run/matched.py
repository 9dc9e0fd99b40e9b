"""Compare trees and sampling without repair at equal mean cost, and split the gain by task."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.estimate.exact.draws import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The pass rates and costs of trees, task by task, and of sampling 0, 1, … (more) programs.

    Attributes:
        solved: The chance that each task's tree solves it, shape (tasks,).
        cost: The tree's cost in generated tokens, shape (tasks,).
        rates: The chance that sampling solves each task, shape (tasks, points), at least two
            points.
        costs: The costs of sampling, of the same shape; mean costs ascend.
    """

    solved: Floats
    cost: Floats
    rates: Floats
    costs: Floats

    @property
    def _place(self) -> tuple[int, float, float]:
        """The point right of the trees' mean cost, the interpolation weight, and the slope there.

        The slope is that of the mean rate by the mean cost; 0 where the curve ends before.
        """
        at, xs = float(self.cost.mean()), self.costs.mean(axis=0)
        right = int(np.clip(np.searchsorted(xs, at), 1, len(xs) - 1))
        width = float(xs[right] - xs[right - 1])
        share = (at - float(xs[right - 1])) / width if width > 0 else 0.0
        if not 0 <= share <= 1 or width <= 0:
            return right, min(max(share, 0.0), 1.0), 0.0
        rise = float((self.rates[:, right] - self.rates[:, right - 1]).mean())
        return right, share, rise / width

    @property
    def programs(self) -> float:
        """How many (more) programs cost as much in the mean, including a fraction."""
        right, share, _ = self._place
        return right - 1 + share

    @property
    def sampled(self) -> Floats:
        """Influence values of the pass rate of sampling at the trees' mean cost, shape (tasks,).

        A task moves the mean by its own chance there, and by moving the cost at which the curve is
        read.
        """
        right, share, slope = self._place
        rates = _between(self.rates, right, share)
        found: Floats = rates + slope * (self.cost - _between(self.costs, right, share))
        return found

    @property
    def gain(self) -> Floats:
        """Influence values of the gain, shape (tasks,); their mean is the gain."""
        found: Floats = self.solved - self.sampled
        return found


def up_to(tokens: float, curve: Callable[[int], tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Rates and costs of 0, 1, … programs, up to the first number whose mean cost reaches a target.

    Where more programs cost no more, the target is out of reach and the curve ends after the last
    rise.

    Args:
        tokens: The mean cost to reach.
        curve: Gives rates and costs of 0 to so many programs, each of shape (tasks, points).
    """
    most = 1
    while True:
        rates, costs = curve(most)
        mean = costs.mean(axis=0)
        if mean[-1] >= tokens:
            enough = max(int(np.argmax(mean >= tokens)), 1)
            return rates[:, : enough + 1], costs[:, : enough + 1]
        if mean[-1] <= mean[-2]:
            return rates, costs
        most *= 2


def _between(points: Floats, right: int, share: float) -> Floats:
    found: Floats = points[:, right - 1] + share * (points[:, right] - points[:, right - 1])
    return found

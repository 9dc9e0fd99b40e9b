"""Trees and i.i.d. sampling at the same mean tokens, as statistics of the tasks' weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.exact.iid import reaching
from pytest_selfrepair.estimate.intervals.statistics import interpolated, mean_of
from pytest_selfrepair.estimate.run.outcome import solved_with, tree_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTokens:
    """Trees and i.i.d. sampling of the same tasks, as statistics of the tasks' weights.

    Attributes:
        rates: What each task's tree solves, 0 to 1, shape (tasks,).
        tokens: What it costs in generated tokens, shape (tasks,).
        curve_rates: What 0, 1, … i.i.d. programs solve, shape (tasks, programs + 1).
        curve_tokens: What they cost, of the same shape.
    """

    rates: Floats
    tokens: Floats
    curve_rates: Floats
    curve_tokens: Floats

    @classmethod
    def of(cls, tasks: Sequence[Grown], source: str) -> "AtTokens":
        """Trees as grown, of tasks that all have one of a source."""
        trees = [(grown, tree) for grown in tasks for tree in grown.trees if tree.source == source]
        solved = [solved_with(grown, source) for grown, _ in trees]
        tokens = [tree_tokens(grown, tree) for grown, tree in trees]
        return cls.beside(tasks, np.array(solved, dtype=float), np.array(tokens, dtype=float))

    @classmethod
    def beside(cls, tasks: Sequence[Grown], rates: Floats, tokens: Floats) -> "AtTokens":
        """Trees of which it is known what they solve and cost, beside i.i.d. sampling.

        The i.i.d. curve goes to twice the trees' mean tokens, which nearly every draw's stay under;
        beyond its end interpolation keeps to its last value.
        """
        curve_tokens, curve_rates = reaching(tasks, 2 * float(tokens.mean()))
        return cls(rates=rates, tokens=tokens, curve_rates=curve_rates, curve_tokens=curve_tokens)

    def repaired(self, weights: Floats) -> Floats:
        """What the trees solve."""
        return mean_of(self.rates)(weights)

    def iid(self, weights: Floats) -> Floats:
        """What i.i.d. sampling solves at the trees' mean tokens, on each draw's own curve."""
        solved = interpolated(
            weights @ self.tokens, weights @ self.curve_tokens, weights @ self.curve_rates
        )
        rates: Floats = solved / weights.sum(axis=1)
        return rates

    def samples(self, weights: Floats) -> Floats:
        """How many i.i.d. programs the trees' mean tokens buy."""
        costs = weights @ self.curve_tokens
        numbers = np.broadcast_to(np.arange(costs.shape[1], dtype=np.float64), costs.shape)
        return interpolated(weights @ self.tokens, costs, numbers)

    def gain(self, weights: Floats) -> Floats:
        """What the trees solve less what i.i.d. sampling does at the same mean tokens."""
        return self.repaired(weights) - self.iid(weights)

"""Sampling without repair at a tree's mean tokens, by each of three baselines.

Where an unsolved task has fewer programs than these tokens buy, sampling is understated there. The
evidence of a gain then includes a cautious version: each missing program passes as often as the
further programs of all unsolved tasks that were sampled. Tasks that have shown no pass yet are no
easier than that in the mean.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Bools, Floats, Ints
from pytest_selfrepair.estimate.exact.iid import from_none
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.stopping import further, stopping
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.decision import Evidence
from pytest_selfrepair.estimate.run.as_grown import Trees
from pytest_selfrepair.estimate.run.matched import Matched, up_to

_ALMOST = 1e-9
"""Tolerance on a number of programs."""

_Curve: TypeAlias = Callable[[int], tuple[Floats, Floats]]
"""Rates and costs of 0, 1, … programs, each of shape (tasks, points)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """One baseline at the mean tokens of some trees.

    Attributes:
        matched: Both at the same mean tokens.
        short: Shape (tasks,): unsolved tasks with fewer programs than needed.
        cautious: `matched` in the cautious version; None where no task is short.
    """

    matched: Matched
    short: Bools
    cautious: Matched | None

    @classmethod
    def beside(
        cls, trees: Trees, samples: Samples, n_p: int | None, baseline: Baseline
    ) -> "Sampling":
        """Compare with trees of n_p programs; None: with trees as grown."""
        cost = trees.one_by_one if baseline is Baseline.ONE_BY_ONE else trees.batch
        rates, costs = up_to(float(cost.mean()), _curve(samples, n_p, baseline))
        matched = Matched(solved=trees.solved, cost=cost, rates=rates, costs=costs)
        have = _available(samples, n_p, baseline)
        short = samples.unsolved & (have < math.ceil(matched.programs - _ALMOST))
        cautious = None
        if short.any():
            chance = _pass_share(samples, n_p)
            cautious = replace(matched, rates=_extended(rates, np.where(short, have, -1), chance))
        return cls(matched=matched, short=short, cautious=cautious)

    @property
    def evidence(self) -> Evidence:
        """The evidence of the trees' gain."""
        return Evidence(
            values=self.matched.gain.tolist(),
            cautious=None if self.cautious is None else self.cautious.gain.tolist(),
        )


def _curve(samples: Samples, n_p: int | None, baseline: Baseline) -> _Curve:
    """The baseline's curve, program by program."""

    def every_task(most: int) -> tuple[Floats, Floats]:
        costs, rates = from_none(samples, most, one_by_one=baseline is Baseline.ONE_BY_ONE)
        return rates, costs

    def unsolved_tasks(most: int) -> tuple[Floats, Floats]:
        policy = Policy.BFS if baseline is Baseline.ONE_BY_ONE else Policy.BATCH
        found = stopping(samples, n_p, most, replacement=False, policy=policy)
        return found.solved, found.cost[:, :, TOKENS]

    return every_task if _from_none(n_p, baseline) else unsolved_tasks


def _from_none(n_p: int | None, baseline: Baseline) -> bool:
    """Whether points of the curve count all programs rather than those beyond the initial ones.

    Drawn one by one from the start, sampling under the same rule is i.i.d. up to a pass.
    """
    return baseline is Baseline.EVERY_TASK or (baseline is Baseline.ONE_BY_ONE and n_p is not None)


def _available(samples: Samples, n_p: int | None, baseline: Baseline) -> Ints:
    return further(samples, 0 if _from_none(n_p, baseline) else n_p)


def _pass_share(samples: Samples, n_p: int | None) -> float:
    """The share of the further programs of unsolved tasks that pass; 1 where there are none."""
    nodes = [
        node
        for each, is_open in zip(samples.grown, samples.unsolved, strict=True)
        if is_open
        for node in (*(each.programs[n_p:] if n_p is not None else ()), *each.baseline)
    ]
    return sum(node.verdict.passed for node in nodes) / len(nodes) if nodes else 1.0


def _extended(rates: Floats, have: Ints, chance: float) -> Floats:
    """Rates where each program beyond a task's own passes with a given chance.

    Args:
        rates: Shape (tasks, points).
        have: Shape (tasks,): programs of short tasks; -1 for others.
        chance: The probability of a pass, 0 to 1.
    """
    points = np.arange(rates.shape[1])
    beyond = np.where(have[:, None] >= 0, np.maximum(points - have[:, None], 0), 0)
    found: Floats = 1 - (1 - rates) * (1 - chance) ** beyond
    return found

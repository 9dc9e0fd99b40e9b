"""Exact pass rates and token counts of repair trees, and of i.i.d. sampling at the same tokens.

Notation, after arXiv 2306.09896, section 4: a task has N i.i.d. programs, of which a share F fails;
a failing program i has R_i repairs, of which a share r_i passes. A tree of shape (n_p, n_fr) is
drawn from what was sampled, with or without replacement, under the batch policy: all n_p programs
are paid for, and all n_p·n_fr repairs where none of them passes. Trees are taken in the shape in
which they were grown: n_p = N and n_fr = R_i.

Drawing with replacement is the paper's estimate; it is biased low where n_p is near N, which it is
here. Drawing without is unbiased, the tree's analogue of pass@k in Chen et al. (arXiv 2107.03374).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A pass rate and what it costs.

    Attributes:
        tokens: Expected tokens generated per task.
        pass_rate: Expected share of tasks solved, 0 to 1.
    """

    tokens: float
    pass_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Repair against i.i.d. sampling at the same expected tokens.

    Attributes:
        tasks: Tasks behind it.
        pass_at_1: Expected pass rate of a single program.
        repaired: What the trees solve, and their tokens.
        iid: What i.i.d. sampling solves at those tokens.
        samples: How many i.i.d. programs those tokens buy.
    """

    tasks: int
    pass_at_1: float
    repaired: Point
    iid: Point
    samples: float

    @property
    def gain(self) -> float:
        """Pass rate of repair less that of i.i.d. sampling at the same tokens."""
        return self.repaired.pass_rate - self.iid.pass_rate


def pass_at_1(grown: Grown) -> float:
    """Share of a task's initial programs that pass: the unbiased estimate of pass@1.

    Baseline programs do not count: how many there are depends on what the initial ones did.
    """
    return 1.0 - _failing_share(grown.programs)


def repaired(grown: Grown, tree: RepairTree, *, replacement: bool) -> Point:
    """What a task's tree is expected to solve and to cost.

    With replacement, S = 1/N · sum over failing i of (1 - r_i)^n_fr: the task is solved with
    probability 1 - S^n_p, at n_p·t + F^n_p·n_p·n_fr·τ tokens (t and τ: mean tokens of a program,
    and of a repair with its feedback over failing programs). Without replacement and in the shape
    grown, both are what happened: solved or not, and repairs paid for where no program passed.

    A tree that its token budget cut short has no expectation with replacement, for the shape is not
    known: it counts as what happened.
    """
    n_p = len(grown.programs)
    tokens = float(sum(program.total_tokens for program in grown.programs))
    failing = [program.node for program in grown.programs if not program.verdict.passed]
    share = len(failing) / n_p if n_p else 1.0
    if not (replacement and tree.complete and grown.complete and failing):
        solved = share < 1 or any(repair.verdict.passed for repair in tree.repairs)
        paid = tokens + (tree.tokens if share == 1.0 else 0)
        return Point(tokens=paid, pass_rate=float(solved))
    unrepaired = sum(_unrepaired(tree, node) for node in failing)
    all_repairs = tree.tokens / len(failing) * n_p
    return Point(
        tokens=tokens + share**n_p * all_repairs,
        pass_rate=1.0 - (unrepaired / n_p) ** n_p,
    )


def baseline(grown: Grown, most: int, *, replacement: bool) -> tuple[Floats, Floats]:
    """What 0, 1, …, `most` i.i.d. programs of a task are expected to solve and to cost.

    The first n_p draws come from the initial programs, as in `repaired`; further ones from the
    baseline programs, which were sampled only where some initial program failed, so that mixing
    the two would make the failing share depend on when sampling stopped. Draws beyond what was
    sampled repeat its last value without replacement. A task without baseline programs goes on with
    its initial ones.

    Returns:
        Two arrays of shape (most + 1,): expected tokens, and probability of being solved.
    """
    first = grown.programs
    further = grown.baseline or first
    k = np.arange(most + 1, dtype=np.float64)
    k_first = np.minimum(k, len(first))
    k_further = k - k_first
    tokens = k_first * _mean_tokens(first) + k_further * _mean_tokens(further)
    unsolved = _all_fail(first, k_first, replacement=replacement) * _all_fail(
        further, k_further, replacement=replacement
    )
    return tokens, 1.0 - unsolved


def compare(tasks: Sequence[Grown], source: str, *, replacement: bool) -> Comparison:
    """Compare a feedback source's trees with i.i.d. sampling at the same mean tokens.

    As in the paper, both axes are means over tasks: the i.i.d. curve is averaged over tasks for
    each number of programs, then interpolated linearly at the trees' mean tokens.

    Args:
        tasks: The scored tasks, at least one, each with a tree of that source.
        source: The feedback source's name.
        replacement: How trees are drawn from what was sampled.
    """
    rates, tokens = repaired_by(tasks, source, replacement=replacement)
    curve_tokens, curve_rates = baselines(tasks, tokens.mean(), replacement=replacement)
    mean_curve = curve_tokens.mean(axis=0)
    return Comparison(
        tasks=len(tasks),
        pass_at_1=float(np.mean([pass_at_1(grown) for grown in tasks])),
        repaired=Point(tokens=float(tokens.mean()), pass_rate=float(rates.mean())),
        iid=Point(
            tokens=float(tokens.mean()),
            pass_rate=float(np.interp(tokens.mean(), mean_curve, curve_rates.mean(axis=0))),
        ),
        samples=float(np.interp(tokens.mean(), mean_curve, np.arange(len(mean_curve)))),
    )


def baselines(tasks: Sequence[Grown], tokens: float, *, replacement: bool) -> tuple[Floats, Floats]:
    """The i.i.d. curves of all tasks, long enough for their mean to reach `tokens`.

    Returns:
        Two arrays of shape (tasks, programs + 1): expected tokens, and probability of being solved.
    """
    most = 1
    while True:
        curves = [baseline(grown, most, replacement=replacement) for grown in tasks]
        costs = np.array([cost for cost, _ in curves])
        mean = costs.mean(axis=0)
        if mean[-1] >= tokens or mean[-1] <= mean[-2]:
            return costs, np.array([rate for _, rate in curves])
        most *= 2


def repaired_by(tasks: Sequence[Grown], source: str, *, replacement: bool) -> tuple[Floats, Floats]:
    """What every task's tree of one source solves and costs.

    Returns:
        Two arrays of shape (tasks,): probability of being solved, and expected tokens.
    """
    points = [
        repaired(grown, tree, replacement=replacement)
        for grown in tasks
        for tree in grown.trees
        if tree.source == source
    ]
    return (
        np.array([point.pass_rate for point in points]),
        np.array([point.tokens for point in points]),
    )


def _failing_share(programs: Sequence[ProgramNode]) -> float:
    if not programs:
        return 1.0
    return sum(not program.verdict.passed for program in programs) / len(programs)


def _mean_tokens(programs: Sequence[ProgramNode]) -> float:
    return sum(program.total_tokens for program in programs) / max(len(programs), 1)


def _unrepaired(tree: RepairTree, node: str) -> float:
    """(1 - r_i)^n_fr of one failing program."""
    repairs = [repair for repair in tree.repairs if repair.parent == node]
    return _failing_share(repairs) ** len(repairs)


def _all_fail(programs: Sequence[ProgramNode], k: Floats, *, replacement: bool) -> Floats:
    """Probability that k programs drawn from these all fail, for each k of an array.

    Without replacement C(f, k) / C(n, k), with f failing of n (Chen et al. 2021, section 2.1).
    """
    if replacement:
        return np.where(k > 0, _failing_share(programs) ** k, 1.0)
    n = len(programs)
    failing = sum(not program.verdict.passed for program in programs)
    drawn = np.arange(n)
    steps = np.maximum(failing - drawn, 0) / (n - drawn)
    chances: Floats = np.concatenate([[1.0], np.cumprod(steps)])
    return chances[np.minimum(k, n).astype(np.intp)]

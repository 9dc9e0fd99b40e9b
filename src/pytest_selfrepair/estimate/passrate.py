"""Exact pass rates and token counts of repair trees, and of i.i.d. sampling at the same tokens.

Notation, after arXiv 2306.09896, section 4: a task has N i.i.d. programs, of which a share F fails;
a failing program i has R_i repairs, of which a share r_i passes. A tree of shape (n_p, n_fr) is
drawn from what was sampled, with or without replacement, under the batch policy: all n_p programs
are paid for, and all n_p·n_fr repairs where none of them passes. Trees are taken in the shape in
which they were grown: n_p = N and n_fr = R_i.

Drawing with replacement is the paper's estimate; it is biased low where n_p is near N, which it is
here. Drawing without is unbiased, the tree's analogue of pass@k in Chen et al. (arXiv 2107.03374).
Smaller shapes, and other policies, are in `shapes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Grown, ProgramNode, RepairTree
from pytest_selfrepair.estimate.draws import Floats
from pytest_selfrepair.estimate.findings import Policy
from pytest_selfrepair.estimate.forest import TOKENS, forest
from pytest_selfrepair.estimate.iid import iid
from pytest_selfrepair.estimate.shapes import expect


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
    and of a repair with its feedback over failing programs); see `shapes` for repairs of repairs.
    Without replacement and in the shape grown, both are what happened: solved or not, and a level
    of repairs paid for where nothing above it passed.

    A tree that its token budget cut short has no expectation with replacement, for the shape is not
    known: it counts as what happened.
    """
    n_p = len(grown.programs)
    failing = [program.node for program in grown.programs if not program.verdict.passed]
    if not (replacement and tree.complete and grown.complete and failing):
        return _happened(grown, tree)
    if {repair.parent for repair in tree.repairs} - set(failing):
        return _deep(grown, tree)
    tokens = float(sum(program.total_tokens for program in grown.programs))
    unrepaired = sum(_unrepaired(tree, node) for node in failing)
    all_repairs = tree.tokens / len(failing) * n_p
    return Point(
        tokens=tokens + (len(failing) / n_p) ** n_p * all_repairs,
        pass_rate=1.0 - (unrepaired / n_p) ** n_p,
    )


def baseline(grown: Grown, most: int, *, replacement: bool) -> tuple[Floats, Floats]:
    """What 0, 1, …, `most` i.i.d. programs of a task are expected to solve and to cost (`iid`).

    Returns:
        Two arrays of shape (most + 1,): expected tokens, and probability of being solved.
    """
    tokens, rates = _curves([grown], most, replacement=replacement)
    return tokens[0], rates[0]


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
        costs, rates = _curves(tasks, most, replacement=replacement)
        mean = costs.mean(axis=0)
        if mean[-1] >= tokens or mean[-1] <= mean[-2]:
            return costs, rates
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


def _happened(grown: Grown, tree: RepairTree) -> Point:
    """What a tree solved and cost, level by level up to the first pass."""
    level, tokens, solved = grown.programs, 0, False
    while level and not solved:
        tokens += sum(node.total_tokens for node in level)
        solved = any(node.verdict.passed for node in level)
        above = {node.node for node in level}
        level = tuple(repair for repair in tree.repairs if repair.parent in above)
    return Point(tokens=float(tokens), pass_rate=float(solved))


def _deep(grown: Grown, tree: RepairTree) -> Point:
    """With replacement, a tree with repairs of repairs; each failing node has as many."""
    trees, policy = forest([grown], tree.source), Policy.BATCH
    found = expect(
        trees,
        [len(grown.programs)],
        [trees.most_repairs(trees.depth)],
        replacement=True,
        policies=[policy],
        depth=trees.depth,
    )[policy]
    return Point(tokens=float(found.cost[0, 0, TOKENS]), pass_rate=float(found.solved[0, 0]))


def _unrepaired(tree: RepairTree, node: str) -> float:
    """(1 - r_i)^n_fr of one failing program."""
    repairs = [repair for repair in tree.repairs if repair.parent == node]
    return _failing_share(repairs) ** len(repairs)


def _curves(tasks: Sequence[Grown], most: int, *, replacement: bool) -> tuple[Floats, Floats]:
    """Tokens and chances of 0 to `most` programs, each of shape (tasks, most + 1)."""
    found = iid(tasks, most, replacement=replacement)
    nothing = np.zeros((len(tasks), 1))
    return (
        np.concatenate([nothing, found.cost[:, :, TOKENS]], axis=1),
        np.concatenate([nothing, found.solved], axis=1),
    )

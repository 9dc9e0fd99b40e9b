"""The trees to compare sampling with: as grown, or smaller ones where those cannot be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.tree import Grown, Policy
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.shapes import Expected, expect, known
from pytest_selfrepair.estimate.exact.stopping import further, stopping
from pytest_selfrepair.estimate.exact.tree_arrays import DOLLARS, TOKENS, TreeArrays, tree_arrays
from pytest_selfrepair.estimate.run.outcome import (
    solved_with,
    tokens_to_pass,
    tree_cost,
    tree_tokens,
)
from pytest_selfrepair.estimate.run.scored import Scored, with_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """The results and costs of one source's trees, task by task.

    Attributes:
        solved: The chance that each task is solved, shape (tasks,).
        batch: Tokens generated where a level of repairs is paid for at once, shape (tasks,).
        one_by_one: The same where drawing stops at the first pass, shape (tasks,).
        dollars: Mean US dollars per task, in batches; None where a price is unknown.
    """

    solved: Floats
    batch: Floats
    one_by_one: Floats
    dollars: float | None

    @classmethod
    def as_grown(cls, grown: Sequence[Grown], source: str) -> "Trees":
        """The trees of tasks as they were drawn; every task has one of the source."""
        trees = [(each, tree) for each in grown for tree in each.trees if tree.source == source]
        cost = Cost.total(tree_cost(each, tree) for each, tree in trees)
        solved = [solved_with(each, source) for each, _ in trees]
        batch = [tree_tokens(each, tree) for each, tree in trees]
        in_turn = [tokens_to_pass(each, tree) for each, tree in trees]
        return cls(
            solved=np.array(solved, dtype=np.float64),
            batch=np.array(batch, dtype=np.float64),
            one_by_one=np.array(in_turn, dtype=np.float64),
            dollars=None if cost.unpriced else cost.dollars / len(trees),
        )

    @classmethod
    def of_shape(cls, grown: Sequence[Grown], source: str, n_p: int) -> "Trees":
        """Trees of n_p programs drawn without replacement, and one repair of each failing one."""
        shape = _with_one_repair(tree_arrays(grown, source), [n_p])
        batch = shape[Policy.BATCH]
        return cls(
            solved=batch.solved[:, 0],
            batch=batch.cost[:, 0, TOKENS],
            one_by_one=shape[Policy.BFS].cost[:, 0, TOKENS],
            dollars=known(float(batch.cost[:, 0, DOLLARS].mean())),
        )


def comparable(groups: Iterable[Sequence[Scored]], source: str) -> int | None:
    """The number of programs of trees that sampling can be compared with in every group.

    Runs of this plugin sample further programs of unsolved tasks, so trees are compared as grown.
    Trees from elsewhere may lack them. These are compared with a single repair of each program and
    as many programs as leave enough others to draw from: a choice that ignores what repairs solve.

    Returns:
        n_p; None: as grown, also where no tree is small enough.
    """
    most: list[int] = []
    for group in groups:
        grown = [task.grown for task in with_tree(group, source)]
        samples = Samples.of(grown)
        if not samples.unsolved.any():
            continue
        if further(samples, None)[samples.unsolved].any():
            return None
        trees = tree_arrays(grown, source)
        if trees.texts is not None or not (trees.most_programs and trees.most_repairs(1)):
            return None
        numbers = range(1, trees.most_programs)
        shapes = _with_one_repair(trees, numbers)[Policy.BATCH].cost[:, :, TOKENS].mean(axis=0)
        left = [stopping(samples, n, trees.most_programs - n, replacement=False) for n in numbers]
        bounds = [each.cost[:, -1, TOKENS].mean() for each in left]
        fit = [n for n, cost, bound in zip(numbers, shapes, bounds, strict=True) if cost <= bound]
        most.append(max(fit, default=0))
    return min(most, default=0) or None


def _with_one_repair(trees: TreeArrays, n_p: Sequence[int]) -> dict[Policy, Expected]:
    """Trees of given numbers of programs, with one repair of each failing program."""
    return expect(trees, n_p, [1], replacement=False, policies=[Policy.BATCH, Policy.BFS])

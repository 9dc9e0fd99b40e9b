"""The branches of a task's tree, and the share of variance between tasks that is noise of draws.

A branch is a program with its repairs. A task's N branches are independent draws, so where 2k ≤ N
the noise of pass@k needs no model: two trees of k branches each.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, variance

from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.findings import Spread
from pytest_selfrepair.estimate.intervals.bootstrap import FEWEST_TASKS
from pytest_selfrepair.estimate.intervals.draws_noise import largest_k, rates, share_of_draws
from pytest_selfrepair.estimate.run.scored import Scored


def branches(tasks: Iterable[Scored], source: str | None) -> Mapping[str, tuple[int, int]]:
    """For each task with a whole tree of a source, its branches and how many of them fail.

    Args:
        tasks: Scored tasks.
        source: The source; None: each branch is a program alone.
    """
    return {
        task.task_id: (len(task.grown.programs), failing)
        for task in tasks
        if (failing := _failing(task.grown, source)) is not None
    }


def spread(counts: Sequence[tuple[int, int]], source: str | None) -> Spread | None:
    """Estimate the share of the variance between tasks that is noise of draws.

    None where it is unknown: too few tasks, a task with a single branch, or all rates equal.

    Args:
        counts: For each task its branches and how many of them fail.
        source: The source of the branches.
    """
    k = largest_k([each for each, _ in counts])
    if len(counts) < FEWEST_TASKS or not k:
        return None
    found = rates(counts, k)
    share = share_of_draws(found)
    if share is None:
        return None
    return Spread(
        source=source,
        k=k,
        tasks=len(counts),
        pass_at_k=math.fsum(found.solved) / len(counts),
        share_of_draws=share,
    )


def spread_of_two(first: Sequence[float], second: Sequence[float]) -> Spread | None:
    """The same from whole trees: half the mean squared difference of a task's two trees is noise.

    Args:
        first: Each task's result in one run: 1 where its tree solves it, else 0.
        second: The same of another run of the same settings.
    """
    n = len(first)
    if n < FEWEST_TASKS:
        return None
    each_variance = variance(first) + variance(second)
    noise = math.fsum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / n
    if not each_variance:
        return None
    return Spread(
        source=None,
        k=None,
        tasks=n,
        pass_at_k=(fmean(first) + fmean(second)) / 2,
        share_of_draws=min(noise / each_variance, 1.0),
    )


def spreads(tasks: Sequence[Scored], sources: Sequence[str]) -> tuple[Spread, ...]:
    """One for each source where it is known; for programs alone where there is no source."""
    found = (
        spread(list(branches(tasks, source).values()), source) for source in sources or (None,)
    )
    return tuple(each for each in found if each is not None)


def _failing(grown: Grown, source: str | None) -> int | None:
    """How many programs fail with all their repairs; None where the tree is not whole."""
    tree = next((tree for tree in grown.trees if tree.source == source), None)
    if not grown.complete or (tree is not None and not tree.complete):
        return None
    root = {node.node: node.node for node in grown.programs}
    passing = {node.node for node in grown.programs if node.verdict.passed}
    for repair in () if tree is None else tree.repairs:
        root[repair.node] = root[str(repair.parent)]
        if repair.verdict.passed:
            passing.add(root[repair.node])
    return len(grown.programs) - len(passing)

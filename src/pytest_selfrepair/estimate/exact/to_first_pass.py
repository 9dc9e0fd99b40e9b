"""Trees that end at their first pass: the smaller shapes that they contain, as drawn.

Where drawing stops at the first pass, the number of samples depends on what passed, and nothing can
be redrawn from them. But a tree contains the beginning of every smaller shape drawn in the same
order, and that beginning is one unbiased draw for each task. For dfs these are the shapes with
fewer programs and as many repairs of each, and with one program those with fewer repairs; for bfs
those without repair, and the shape as grown. Any other shape would need the draws after a pass.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.shapes import Expected
from pytest_selfrepair.estimate.exact.tree_arrays import UNITS, TreeArrays, TreeLevel


def beginnings(policy: Policy, n_p: int, n_fr: int) -> list[tuple[int, int]]:
    """The shapes (n_p, n_fr) that begin a tree of one shape drawn up to its first pass."""
    if policy is Policy.BATCH:
        raise ValueError("policy = batch; accepted: dfs, bfs, which stop at the first pass")
    if policy is Policy.BFS:
        return [(n, 0) for n in range(1, n_p + 1)] + [(n_p, n_fr)] * (n_fr > 0)
    found = [(1, repairs) for repairs in range(n_fr)]
    return found + [(n, n_fr) for n in range(1, n_p + 1)]


def as_drawn(arrays: TreeArrays, policy: Policy, shapes: list[tuple[int, int]]) -> Expected:
    """Whether the trees of some shapes solved their tasks, and their costs.

    Args:
        arrays: Trees of depth 1, drawn up to their first pass.
        policy: The order in which they were drawn.
        shapes: Shapes from their `beginnings`.
    """
    children = [_children(level) for level in arrays.levels]
    solved = np.zeros((len(arrays.tasks), len(shapes)))
    cost = np.zeros((len(arrays.tasks), len(shapes), UNITS))
    for task in range(len(arrays.tasks)):
        for which, (n_p, n_fr) in enumerate(shapes):
            for level, node in _in_order(children, task, policy, n_p, n_fr):
                cost[task, which] += arrays.levels[level].cost[node]
                if arrays.levels[level].passed[node]:
                    solved[task, which] = 1.0
                    break
    return Expected(
        n_p=tuple(n_p for n_p, _ in shapes),
        n_fr=tuple(n_fr for _, n_fr in shapes),
        solved=solved,
        cost=cost,
    )


def _in_order(
    children: Sequence[Sequence[range]], task: int, policy: Policy, n_p: int, n_fr: int
) -> Iterator[tuple[int, int]]:
    """Levels and numbers of a task's nodes, in drawing order."""
    programs = children[0][task][:n_p]
    if policy is Policy.BFS:
        yield from ((0, program) for program in programs)
    for program in programs:
        if policy is Policy.DFS:
            yield 0, program
        if n_fr and len(children) > 1:
            yield from ((1, repair) for repair in children[1][program][:n_fr])


def _children(level: TreeLevel) -> list[range]:
    """The numbers of each parent's nodes."""
    both = zip(level.starts.tolist(), level.counts.tolist(), strict=True)
    return [range(start, start + count) for start, count in both]

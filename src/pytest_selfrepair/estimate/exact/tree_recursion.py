"""The recursion behind `shapes`: expectations below a node, from the lowest level up.

For a node v and k levels of repair below it, let u_k(v) be the chance that nothing passes down to
there: 0 where v passes, else `unsolved` over its repairs' u_{k-1} (see `draws`). What v's
descendants k levels down are expected to cost, where nothing above them passes, is for batch
c_k(v) = n_fr times `nth` of the last draw, with c_{k-1} and u_{k-2} of the repairs; for bfs
`in_turn`, with u_{k-1} and u_{k-2}. For dfs D_k(v) is v's cost and, where it fails, the sum of
`nth` over n_fr draws with D_{k-1} and u_{k-1}. A task is one more group, of which n_p items are
drawn.

With one level and with replacement the chance is 1 - S^n_p, S the mean of u_1, and the tokens are
for batch n_p·t + F^n_p·n_p·n_fr·τ and for bfs t·(1 + F + … + F^(n_p-1)) + F^n_p·τ'·(1 + s + … +
s^(n_p-1)), s and τ' being means over failing programs: of their chance of staying unrepaired, and
of what their repairs cost one by one.
"""

from dataclasses import dataclass, field

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Drawing, Floats, Groups, Ints
from pytest_selfrepair.estimate.exact.tree_arrays import DOLLARS, UNITS, TreeArrays


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """Expectations below the nodes of one level, for k = 0 (themselves) to the levels left.

    Attributes:
        unsolved: u_k, each of shape (nodes,).
        batch: c_k, each of shape (nodes, units).
        bfs: The same for bfs.
        dfs: D of all levels left, shape (nodes, units).
    """

    unsolved: list[Floats]
    batch: list[Floats]
    bfs: list[Floats]
    dfs: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    """The costs of n = 1, 2, … draws from each group, each of shape (groups, most, units).

    Attributes:
        batch: All at once, for k = 0 (the items themselves) to the levels below them, each where
            nothing above passes.
        bfs: One by one, likewise.
        dfs: Each with everything below it before the next.
    """

    batch: list[Floats]
    bfs: list[Floats]
    dfs: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Trees of one depth and way of drawing, for any n_fr.

    Attributes:
        arrays: The samples.
        depth: Levels of repair.
        most: The largest n_fr.
        draw: How nodes are drawn.
        policies: The policies whose costs are computed.
        lowest: Cached results for draws from the lowest level, the same for every n_fr.
    """

    arrays: TreeArrays
    depth: int
    most: int
    draw: Drawing
    policies: tuple[Policy, ...]
    lowest: list[tuple[list[Floats], _Costs]] = field(default_factory=list)

    def of_tasks(self, n_p: Ints, n_fr: int) -> tuple[Floats, dict[Policy, Floats]]:
        """Chance of staying unsolved, (tasks, n_p), and costs by policy, (tasks, n_p, units)."""
        nodes = self._leaves(self.depth)
        for number in range(self.depth, 0, -1):
            nodes = self._parents(number, nodes, n_fr)
        return self.above(nodes, n_p)

    def above(self, nodes: Nodes, n_p: Ints) -> tuple[Floats, dict[Policy, Floats]]:
        """The same, given the expectations below every program."""
        groups, most = self.arrays.groups(0), int(n_p.max(initial=0))
        found = self._costs(groups, nodes, most)
        costs: dict[Policy, Floats] = {}
        for policy in self.policies:
            by_level = {Policy.BATCH: found.batch, Policy.BFS: found.bfs, Policy.DFS: [found.dfs]}
            paid: Floats = np.sum(by_level[policy], axis=0)[:, n_p - 1]
            paid[self.arrays.unpriced(self.depth), :, DOLLARS] = np.nan
            costs[policy] = paid
        unsolved = self.draw.unsolved(groups, nodes.unsolved[self.depth], most)
        return unsolved[:, n_p], costs

    def _leaves(self, number: int) -> Nodes:
        level = self.arrays.levels[number]
        fails = (~level.passed).astype(np.float64)
        return Nodes(unsolved=[fails], batch=[level.cost], bfs=[level.cost], dfs=level.cost)

    def _parents(self, number: int, nodes: Nodes, n_fr: int) -> Nodes:
        """Expectations below the parents of a level's nodes."""
        if number < self.depth:
            unsolved, costs = self._drawn(number, nodes, n_fr)
        else:
            if not self.lowest:
                self.lowest.append(self._drawn(number, nodes, self.most))
            unsolved, costs = self.lowest[0]
        level = self.arrays.levels[number - 1]

        def whole(of_failing: Floats) -> Floats:
            found = np.zeros((len(level.passed), *of_failing.shape[1:]))
            found[~level.passed] = of_failing
            return found

        above = self._leaves(number - 1)
        return Nodes(
            unsolved=above.unsolved + [whole(each[:, n_fr]) for each in unsolved],
            batch=above.batch + [whole(each[:, n_fr - 1]) for each in costs.batch],
            bfs=above.bfs + [whole(each[:, n_fr - 1]) for each in costs.bfs],
            dfs=level.cost + (whole(costs.dfs[:, n_fr - 1]) if costs.dfs.size else 0.0),
        )

    def _drawn(self, number: int, nodes: Nodes, most: int) -> tuple[list[Floats], _Costs]:
        """What up to n draws leave unsolved, k levels down, and their costs."""
        groups = self.arrays.groups(number)
        unsolved = [self.draw.unsolved(groups, u, most) for u in nodes.unsolved]
        return unsolved, self._costs(groups, nodes, most)

    def _costs(self, groups: Groups, nodes: Nodes, most: int) -> _Costs:
        draw, n = self.draw, np.arange(1, most + 1)[:, None]
        batch, bfs = [], []
        dfs = np.zeros((len(groups.counts), 0, UNITS))
        for k, u in enumerate(nodes.unsolved):
            above = nodes.unsolved[k - 1] if k else np.ones(len(u))
            if Policy.BATCH in self.policies:
                batch.append(draw.nth(groups, above, nodes.batch[k], most) * n)
            if Policy.BFS in self.policies:
                bfs.append(draw.in_turn(groups, u, nodes.bfs[k], above, most))
        if Policy.DFS in self.policies:
            dfs = np.cumsum(draw.nth(groups, nodes.unsolved[-1], nodes.dfs, most), axis=1)
        return _Costs(batch=batch, bfs=bfs, dfs=dfs)

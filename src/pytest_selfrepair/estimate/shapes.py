"""What trees of every shape are expected to solve and to cost: exact, for every policy.

A tree of shape (n_p, n_fr) and depth d is drawn from what was sampled: n_p programs of a task, n_fr
repairs of each that fails, n_fr repairs of each of these that fails, down to d levels of repair.
Depth 1 is arXiv 2306.09896, section 4; n_fr = 0, with depth 0, is i.i.d. sampling. Policies:

- batch pays for a whole level at once, and goes on to the next where nothing in it passes;
- dfs draws a program, then the first repair of it, then what is below that repair, and so on, and
  stops at the first pass;
- bfs draws a level's nodes one by one, all children of the first node first, and goes on to the
  next level where none passes; it stops at the first pass.

All of them solve the same tasks. For a node v and k levels of repair below it, let u_k(v) be the
chance that nothing passes down to there: 0 where v passes, else `unsolved` over its repairs'
u_{k-1} (see `draws`). What v's descendants k levels down are expected to cost, where nothing above
them passes, is for batch c_k(v) = n_fr times `nth` of the last draw, with c_{k-1} and u_{k-2} of
the repairs; for bfs `in_turn`, with u_{k-1} and u_{k-2}. For dfs D_k(v) is v's cost and, where it
fails, the sum of `nth` over n_fr draws with D_{k-1} and u_{k-1}. A task is one more group, of which
n_p items are drawn.

With one level and with replacement the chance is 1 - S^n_p, S the mean of u_1, and the tokens are
for batch n_p·t + F^n_p·n_p·n_fr·τ and for bfs t·(1 + F + … + F^(n_p-1)) + F^n_p·τ'·(1 + s + … +
s^(n_p-1)), s and τ' being means over failing programs: of their chance of staying unrepaired, and
of what their repairs cost one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pytest_selfrepair.estimate.draws import Drawing, Floats, Groups, Ints, drawing
from pytest_selfrepair.estimate.findings import ALL, Policy, Shape
from pytest_selfrepair.estimate.forest import (
    ALL_TOKENS,
    DOLLARS,
    SAMPLES,
    TOKENS,
    UNITS,
    Forest,
)

POLICIES = tuple(Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What trees of some shapes are expected to solve and to cost, task by task.

    Attributes:
        n_p: Shape (shapes,): programs of each shape.
        n_fr: Shape (shapes,): repairs of each failing program.
        solved: Shape (tasks, shapes): chance of being solved.
        cost: Shape (tasks, shapes, 4): tokens generated, tokens generated and read, completions, US
            dollars; dollars are NaN where a price is not known.
    """

    n_p: tuple[int, ...]
    n_fr: tuple[int, ...]
    solved: Floats
    cost: Floats


def expect(
    forest: Forest,
    n_p: Sequence[int],
    n_fr: Sequence[int],
    *,
    replacement: bool,
    policies: Iterable[Policy] = POLICIES,
    depth: int = 1,
) -> dict[Policy, Expected]:
    """Expectations of every n_p with every n_fr.

    Args:
        forest: The trees; every task has as many programs, and every failing node as many repairs,
            as the largest shape.
        n_p: Programs, each 1 or more.
        n_fr: Repairs of each failing program; 0 is i.i.d. sampling.
        replacement: Whether programs and repairs are drawn with replacement.
        policies: For which; all solve the same.
        depth: Levels of repair, where n_fr is not 0.

    Returns:
        For each policy the shapes in the order of `n_fr`, for each of these in the order of `n_p`.

    Raises:
        ValueError: A shape is larger than the trees allow.
    """
    wanted = tuple(policies)
    _check(forest, n_p, n_fr, depth)
    columns = np.array(n_p, dtype=np.intp)
    size = len(forest.tasks)
    solved = [np.zeros((size, 0))]
    costs = {policy: [np.zeros((size, 0, UNITS))] for policy in wanted}
    work = {
        levels: _Work(
            forest=forest,
            depth=levels,
            most=max(n_fr, default=0),
            draw=drawing(replacement=replacement),
            policies=wanted,
        )
        for levels in (0, depth)
    }
    for repairs in n_fr if columns.size else ():
        unsolved, paid = work[depth if repairs else 0].of_tasks(columns, repairs)
        solved.append(1.0 - unsolved)
        for policy in wanted:
            costs[policy].append(paid[policy])
    every = np.concatenate(solved, axis=1)
    return {
        policy: Expected(
            n_p=tuple(n for _ in n_fr for n in n_p),
            n_fr=tuple(n for n in n_fr for _ in n_p),
            solved=every,
            cost=np.concatenate(costs[policy], axis=1),
        )
        for policy in wanted
    }


def shapes(
    forest: Forest,
    *,
    replacement: bool,
    policies: Iterable[Policy] = POLICIES,
    n_p: Sequence[int] | None = None,
    n_fr: Sequence[int] | None = None,
    difficulty: str = ALL,
) -> tuple[Shape, ...]:
    """Every shape that the trees of all tasks allow, by policy, depth, n_fr and n_p.

    Args:
        forest: The trees, uncensored (`censoring`).
        replacement: Whether programs and repairs are drawn with replacement.
        policies: Which policies.
        n_p: Only these, of those that the trees allow.
        n_fr: Only these, 0 being i.i.d. sampling.
        difficulty: What the shapes are labelled with: the difficulty of these tasks.

    Returns:
        The shapes; none where there are no tasks. Those with n_fr = 0 have no source.
    """
    if not forest.tasks:
        return ()
    wanted = tuple(policies)
    columns = allowed(n_p, range(1, forest.most_programs + 1))
    found: dict[Policy, list[Shape]] = {policy: [] for policy in wanted}
    for depth in range(forest.depth + 1):
        rows = allowed(n_fr, range(1, forest.most_repairs(depth) + 1) if depth else range(1))
        by_policy = expect(
            forest, columns, rows, replacement=replacement, policies=wanted, depth=depth
        )
        for policy, expected in by_policy.items():
            named = Named(
                source=forest.source if depth else None,
                policy=policy,
                replacement=replacement,
                depth=depth,
                difficulty=difficulty,
            )
            found[policy] += mean_shapes(expected, named)
    return tuple(shape for policy in wanted for shape in found[policy])


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What several shapes have in common; see `Shape`."""

    source: str | None
    policy: Policy
    replacement: bool
    depth: int
    difficulty: str


def mean_shapes(expected: Expected, named: Named) -> list[Shape]:
    """Means over tasks."""
    rates = expected.solved.mean(axis=0)
    costs = expected.cost.mean(axis=0)
    return [
        Shape(
            source=named.source,
            policy=named.policy,
            replacement=named.replacement,
            n_p=n_p,
            n_fr=n_fr,
            depth=named.depth,
            difficulty=named.difficulty,
            tasks=len(expected.solved),
            pass_rate=float(rate),
            tokens=float(cost[TOKENS]),
            all_tokens=float(cost[ALL_TOKENS]),
            samples=float(cost[SAMPLES]),
            dollars=known(cost[DOLLARS]),
        )
        for n_p, n_fr, rate, cost in zip(expected.n_p, expected.n_fr, rates, costs, strict=True)
    ]


def allowed(wanted: Sequence[int] | None, possible: range) -> list[int]:
    """What is wanted of what is possible; all of it where nothing else is said."""
    return [n for n in possible if wanted is None or n in wanted]


def known(dollars: float) -> float | None:
    """US dollars, or None where some price is not known."""
    return None if np.isnan(dollars) else float(dollars)


def _check(forest: Forest, n_p: Sequence[int], n_fr: Sequence[int], depth: int) -> None:
    most = forest.most_programs
    if any(not 1 <= n <= most for n in n_p):
        raise ValueError(f"n_p = {list(n_p)}; these trees allow 1 to {most}")
    most = forest.most_repairs(depth)
    if any(not 0 <= n <= most for n in n_fr):
        raise ValueError(f"n_fr = {list(n_fr)}; these trees allow 0 to {most} at depth {depth}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nodes:
    """What is expected below the nodes of one level, for k = 0 (themselves) to the levels left.

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
    """What n = 1, 2, … draws from each group cost, each of shape (groups, most, units).

    Attributes:
        batch: All together, for k = 0 (the items themselves) to the levels below them, each where
            nothing above passes.
        bfs: One by one, likewise.
        dfs: Each with all that is below it before the next.
    """

    batch: list[Floats]
    bfs: list[Floats]
    dfs: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """Trees of one depth; what is drawn from the lowest level is the same for every n_fr."""

    forest: Forest
    depth: int
    most: int
    draw: Drawing
    policies: tuple[Policy, ...]
    lowest: list[tuple[list[Floats], _Costs]] = field(default_factory=list)

    def of_tasks(self, n_p: Ints, n_fr: int) -> tuple[Floats, dict[Policy, Floats]]:
        """Chance of staying unsolved, (tasks, n_p), and costs by policy, (tasks, n_p, units)."""
        nodes = self._leaves(self.depth)
        for number in range(self.depth, 0, -1):
            nodes = self._lift(number, nodes, n_fr)
        groups, most = self.forest.groups(0), int(n_p.max(initial=0))
        found = self._costs(groups, nodes, most)
        costs: dict[Policy, Floats] = {}
        for policy in self.policies:
            by_level = {Policy.BATCH: found.batch, Policy.BFS: found.bfs, Policy.DFS: [found.dfs]}
            paid: Floats = np.sum(by_level[policy], axis=0)[:, n_p - 1]
            paid[self.forest.unpriced(self.depth), :, DOLLARS] = np.nan
            costs[policy] = paid
        unsolved = self.draw.unsolved(groups, nodes.unsolved[self.depth], most)
        return unsolved[:, n_p], costs

    def _leaves(self, number: int) -> _Nodes:
        level = self.forest.levels[number]
        fails = (~level.passed).astype(np.float64)
        return _Nodes(unsolved=[fails], batch=[level.cost], bfs=[level.cost], dfs=level.cost)

    def _lift(self, number: int, nodes: _Nodes, n_fr: int) -> _Nodes:
        """What is expected below the parents of a level's nodes."""
        if number < self.depth:
            unsolved, costs = self._drawn(number, nodes, n_fr)
        else:
            if not self.lowest:
                self.lowest.append(self._drawn(number, nodes, self.most))
            unsolved, costs = self.lowest[0]
        level = self.forest.levels[number - 1]

        def whole(of_failing: Floats) -> Floats:
            found = np.zeros((len(level.passed), *of_failing.shape[1:]))
            found[~level.passed] = of_failing
            return found

        above = self._leaves(number - 1)
        return _Nodes(
            unsolved=above.unsolved + [whole(each[:, n_fr]) for each in unsolved],
            batch=above.batch + [whole(each[:, n_fr - 1]) for each in costs.batch],
            bfs=above.bfs + [whole(each[:, n_fr - 1]) for each in costs.bfs],
            dfs=level.cost + (whole(costs.dfs[:, n_fr - 1]) if costs.dfs.size else 0.0),
        )

    def _drawn(self, number: int, nodes: _Nodes, most: int) -> tuple[list[Floats], _Costs]:
        """What up to so many draws leave unsolved, k levels down, and what they cost."""
        groups = self.forest.groups(number)
        unsolved = [self.draw.unsolved(groups, u, most) for u in nodes.unsolved]
        return unsolved, self._costs(groups, nodes, most)

    def _costs(self, groups: Groups, nodes: _Nodes, most: int) -> _Costs:
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

"""Exact expectations over draws from a group: the programs of a task, or the repairs of a program.

Three of them suffice for every estimate of a repair tree. A group has R items; item i has a chance
u_i of staying unsolved (it fails, and so does all that is drawn below it), and a cost c_i. With
X_0, X_1, … the items drawn, in order:

- `unsolved`: E[u(X_0)·…·u(X_{n-1})], that nothing passes;
- `nth`: E[u(X_0)·…·u(X_{m-1})·c(X_m)], the cost of draw m where all before it stay unsolved;
- `in_turn`: the sum over m < n of E[a(X_0)·…·a(X_{m-1})·c(X_m)·b(X_{m+1})·…·b(X_{n-1})], what is
  paid one by one in a level of a tree where no level above it has a pass: an item whose turn is
  over has failed in that level too (chance a), one whose turn is to come only above it (b ≥ a).

With replacement the draws are independent, and each is a product of means. Without, `unsolved` is
e_n(u)/C(R, n), e being the elementary symmetric polynomial: 1 - pass@k of Chen et al. (arXiv
2107.03374) where every u is 0 or 1. The others are coefficients of such polynomials with one item
marked by its cost: `nth` is the sum over i of c_i·e_m(u without i), divided by R·C(R-1, m). They
are built up item by item, each normalised by the number of its terms, so that every step is a
convex combination: nothing overflows or cancels for any R.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups:
    """Which items are drawn together; the items of a group are adjacent.

    Attributes:
        counts: Shape (groups,): items of each; the first items are those of the first group.
        endless: Shape (groups,): True where no draw can solve anything, however many are drawn; a
            draw there costs the mean of the items, or nothing in an empty group.
    """

    counts: Ints
    endless: Bools

    def total(self, values: Floats) -> Floats:
        """Sums over items: from shape (items, …) to (groups, …)."""
        starts, some = np.cumsum(self.counts) - self.counts, self.counts > 0
        if not some.all():  # an empty group has no first item
            found = np.zeros((len(self.counts), *values.shape[1:]))
            if some.any():
                found[some] = np.add.reduceat(values, starts[some], axis=0)
            return found
        whole: Floats = np.add.reduceat(values, starts, axis=0)
        return whole

    def mean(self, values: Floats) -> Floats:
        """Means over items, 0 for an empty group: from shape (items, …) to (groups, …)."""
        count = np.maximum(self.counts, 1)
        return self.total(values) / count.reshape(-1, *[1] * (values.ndim - 1))

    def padded(self, values: Floats) -> Floats:
        """Items by position in their group: from shape (items, …) to (positions, …, groups)."""
        starts = np.cumsum(self.counts) - self.counts
        places = int(self.counts.max(initial=0))
        found = np.zeros((places, *values.shape[1:], len(self.counts)))
        for place in range(places):
            has = self.counts > place
            found[place][..., has] = np.moveaxis(values[starts[has] + place], 0, -1)
        return found


class Drawing(Protocol):
    """How items are drawn from their groups.

    Chances have shape (items,), costs (items, units); `most` is the largest number of draws.
    """

    def unsolved(self, groups: Groups, u: Floats, most: int) -> Floats:
        """The chance that n draws solve nothing, n = 0..most: shape (groups, most + 1)."""
        ...

    def nth(self, groups: Groups, u: Floats, cost: Floats, most: int) -> Floats:
        """The cost of draw m where those before it solve nothing: shape (groups, most, units)."""
        ...

    def in_turn(self, groups: Groups, a: Floats, cost: Floats, b: Floats, most: int) -> Floats:
        """The cost of n draws' turns in one level, n = 1..most: shape (groups, most, units)."""
        ...


class WithReplacement:
    """Independent draws: the paper's estimate, biased where n is near R."""

    def unsolved(self, groups: Groups, u: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        share = _share(groups, u)
        powers: Floats = share[:, None] ** np.arange(most + 1)
        return powers

    def nth(self, groups: Groups, u: Floats, cost: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        powers = self.unsolved(groups, u, most)[:, :most, None]
        found: Floats = groups.mean(cost)[:, None, :] * powers
        return found

    def in_turn(self, groups: Groups, a: Floats, cost: Floats, b: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        before, after = _share(groups, a), _share(groups, b)
        turns = np.zeros((len(groups.counts), most))
        turn, power = np.zeros(len(before)), np.ones(len(before))
        for n in range(most):
            turn = turn * after + power  # sum over m <= n of before^m · after^(n - m)
            power = power * before
            turns[:, n] = turn
        found: Floats = groups.mean(cost)[:, None, :] * turns[:, :, None]
        return found


class WithoutReplacement:
    """No item is drawn twice: unbiased. `most` is at most a group's items, unless it is endless."""

    def unsolved(self, groups: Groups, u: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        if _is_binary(u):
            found = _falling(groups.total(u), groups.counts, most)
        else:
            found, _ = _marked(groups, u, None, most)
        found[groups.endless] = 1.0
        return found

    def nth(self, groups: Groups, u: Floats, cost: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        if _is_binary(u):
            found = _nth_of_leaves(groups, u, cost, most)
        else:
            _, found = _marked(groups, u, cost, most)
        found[groups.endless] = groups.mean(cost)[groups.endless, None, :]
        return found

    def in_turn(self, groups: Groups, a: Floats, cost: Floats, b: Floats, most: int) -> Floats:
        """As in `Drawing`."""
        if np.all(b == 1):
            found: Floats = np.cumsum(self.nth(groups, a, cost, most), axis=1)
        elif _is_binary(b):
            # No draw may have b = 0; where none has, all are draws from those with b = 1.
            kept = b == 1
            counts = groups.total(b).astype(np.intp)
            among = Groups(counts, np.zeros(len(counts), dtype=bool))
            turns = np.cumsum(self.nth(among, a[kept], cost[kept], most), axis=1)
            found = self.unsolved(groups, b, most)[:, 1:, None] * turns
        else:
            found = _between(groups, a, cost, b, most)
        means = groups.mean(cost)[groups.endless, None, :]
        found[groups.endless] = means * np.arange(1, most + 1)[:, None]
        return found


def drawing(*, replacement: bool) -> Drawing:
    """How to draw: with replacement or without."""
    return WithReplacement() if replacement else WithoutReplacement()


def _share(groups: Groups, u: Floats) -> Floats:
    share = groups.mean(u)
    share[groups.endless | (groups.counts == 0)] = 1.0
    return share


def _is_binary(u: Floats) -> bool:
    return bool(np.all((u == 0) | (u == 1)))


def _falling(failing: Floats, counts: Ints, most: int) -> Floats:
    """C(failing, n) / C(count, n) for n = 0..most: shape (groups, most + 1)."""
    k = np.arange(most)
    steps = np.maximum(failing[:, None] - k, 0) / np.maximum(counts[:, None] - k, 1)
    ones = np.ones((len(counts), 1))
    return np.concatenate([ones, np.cumprod(steps, axis=1)], axis=1)


def _nth_of_leaves(groups: Groups, u: Floats, cost: Floats, most: int) -> Floats:
    """`nth` in closed form, where every item either passes or fails for good.

    Of R items f fail, and K_pass and K_fail are summed costs of those that pass and fail:
    (K_pass·C(f, m) + K_fail·C(f-1, m)) / (R·C(R-1, m)).
    """
    failing = groups.total(u)
    others = groups.counts - 1
    after_pass = _falling(failing, others, most)[:, :most, None]
    after_fail = _falling(failing - 1, others, most)[:, :most, None]
    passed = groups.mean(cost * (1 - u)[:, None])[:, None, :]
    failed = groups.mean(cost * u[:, None])[:, None, :]
    found: Floats = passed * after_pass + failed * after_fail
    return found


def _marked(groups: Groups, u: Floats, cost: Floats | None, most: int) -> tuple[Floats, Floats]:
    """`unsolved` and `nth` for arbitrary chances; `nth` is empty where no cost is given.

    After k items W[j] is e_j(u)/C(k, j), and A[j] the sum of c_i·e_j(u without i) over k·C(k-1, j).
    """
    chances = groups.padded(u)
    costs = np.zeros((len(chances), 0, len(groups.counts))) if cost is None else groups.padded(cost)
    w = np.zeros((most + 1, len(groups.counts)))
    w[0] = 1.0
    a = np.zeros((most, costs.shape[1], len(groups.counts)))
    fewest = int(groups.counts.min(initial=0))
    for place, (chance, paid) in enumerate(zip(chances, costs, strict=True)):
        k = place + 1
        has = True if place < fewest else groups.counts > place
        top = min(k, most)
        j = np.arange(top)[:, None, None]
        grown = a[:top] * ((k - 1 - j) / k) + paid * (w[:top, None] / k)
        grown[1:] += a[: top - 1] * (chance * (j[1:] / k))
        np.copyto(a[:top], grown, where=has)
        j = np.arange(1, top + 1)[:, None]
        np.copyto(
            w[1 : top + 1], w[1 : top + 1] * ((k - j) / k) + w[:top] * (chance * (j / k)), where=has
        )
    return w.T, np.moveaxis(a, -1, 0)


def _between(groups: Groups, a: Floats, cost: Floats, b: Floats, most: int) -> Floats:
    """`in_turn` for any chances: marked polynomials in two variables, one for a and one for b.

    H[j, l] is the mean over all choices of j items for a and l others for b; P[j, l] that with one
    more item marked by its cost. O(R·most²) for each group.
    """
    before, after, costs = groups.padded(a), groups.padded(b), groups.padded(cost)
    size = len(groups.counts)
    h = np.zeros((most, most, size))
    h[0, 0] = 1.0
    p = np.zeros((most, most, costs.shape[1], size))
    j, length = np.ogrid[:most, :most]
    for place in range(len(costs)):
        k = place + 1
        has = groups.counts > place
        rest = np.maximum(k - 1 - j - length, 0)[:, :, None, None] / k
        grown = p * rest + costs[place] * (h[:, :, None] / k)
        grown[1:] += p[:-1] * (before[place] * (j[1:, :, None, None] / k))
        grown[:, 1:] += p[:, :-1] * (after[place] * (length[:, 1:, None, None] / k))
        np.copyto(p, grown, where=has)
        kept = h * (np.maximum(k - j - length, 0)[:, :, None] / k)
        kept[1:] += h[:-1] * (before[place] * (j[1:, :, None] / k))
        kept[:, 1:] += h[:, :-1] * (after[place] * (length[:, 1:, None] / k))
        np.copyto(h, kept, where=has)
    turns = [sum(p[m, n - m] for m in range(n + 1)) for n in range(most)]
    return np.moveaxis(np.array(turns).reshape(most, costs.shape[1], size), -1, 0)

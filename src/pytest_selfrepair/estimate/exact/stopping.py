"""Sampling under repair's own stopping rule: more programs only where all so far fail, no repair.

A user who does not repair draws on only for a task that is still unsolved, while i.i.d. sampling of
arXiv 2306.09896 (`iid`) pays for as many programs on every task. A task has P initial programs,
f of them failing, and where f = P also B further ones, g of them failing. Drawn are n_p programs,
and m more only if all of these fail: first m1 = min(m, P - n_p) of the other initial ones, then
m2 = m - m1 of the further ones. Without replacement a task stays unsolved with a chance of
C(f, n_p + m1) / C(P, n_p + m1)·(C(g, m2) / C(B, m2) where f = P, else 1), and costs, in batches,
n_p·c + m1·nth(n_p) + [f = P]·m2·b: c and b are the mean costs of initial and further programs, and
`nth` is that of one more draw where n_p before it fail (see `draws`). Where drawing stops after
each program, the m more cost the sum of nth(n_p + j) over j < m1, and on unsolved tasks that of
the further programs' nth(j) over j < m2.
"""

from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Drawing, Floats, Ints, drawing
from pytest_selfrepair.estimate.exact.program_arrays import Lot, Samples
from pytest_selfrepair.estimate.exact.shapes import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draws:
    """Draws of a lot, as many as requested: in a large run each further draw costs memory.

    Attributes:
        lot: The lot.
        draw: How programs are drawn.
    """

    lot: Lot
    draw: Drawing

    @property
    def mean(self) -> Floats:
        """Shape (tasks, units): mean cost."""
        return self.lot.groups.mean(self.lot.costs)

    def unsolved(self, number: Ints) -> Floats:
        """The chance that some numbers of draws all fail, of the shape of the numbers."""
        every = self.draw.unsolved(self.lot.groups, self.lot.fails, int(number.max(initial=0)))
        return np.take_along_axis(every, number, axis=1)

    def nth(self, most: int) -> Floats:
        """Shape (tasks, most, units): cost of each draw where all before it fail."""
        return self.draw.nth(self.lot.groups, self.lot.fails, self.lot.costs, most)


def stopping(
    samples: Samples,
    n_p: int | None,
    most: int,
    *,
    replacement: bool,
    policy: Policy = Policy.BATCH,
) -> Expected:
    """Expected pass rate and cost of 0, 1, …, `most` more programs of unsolved tasks.

    Args:
        samples: The samples.
        n_p: Programs drawn first; None: all initial ones of each task.
        most: The largest number of further programs, drawn where all of these fail. Beyond `reach`
            a task without more keeps its values at their mean cost, which understates sampling a
            little and never overstates it.
        replacement: Whether programs are drawn with replacement.
        policy: `batch` pays for the m more together; `bfs` and `dfs` stop at the first pass.

    Returns:
        For m = 0..most, `n_p` being n_p + m (m alone, where n_p is None), `n_fr` 0.
    """
    sizes = samples.initial.counts
    draw = drawing(replacement=replacement)
    one, two = _Draws(lot=samples.initial, draw=draw), _Draws(lot=samples.further, draw=draw)
    further_sizes = two.lot.counts[:, None]
    first = np.minimum(sizes if n_p is None else n_p, sizes)[:, None]
    m = np.broadcast_to(np.arange(most + 1, dtype=np.intp), (len(sizes), most + 1))
    open_ = samples.unsolved[:, None]
    within = np.minimum(m, sizes[:, None] - first)
    # With replacement, the initial programs of a solved task suffice for any number of draws.
    m1 = np.where(open_, within, m) if replacement else within
    m2 = np.where(open_, m - m1, 0)
    known = m2 if replacement else np.minimum(m2, further_sizes)
    chance = one.unsolved(first + m1) * two.unsolved(known)
    more = np.where(further_sizes > 0, two.mean, one.mean)
    begun = one.mean * first
    if policy is Policy.BATCH:
        in_order = one.nth(int(first.max(initial=0)) + 1)
        each = np.take_along_axis(in_order, first[:, :, None], axis=1)
        paid = each * m1[:, :, None]
        paid += more[:, None, :] * m2[:, :, None]
    else:
        in_turn = _up_to(one.nth(int(sizes.max(initial=0)) + most + 1))
        paid = np.take_along_axis(in_turn, (first + m1)[:, :, None], axis=1)
        paid -= np.take_along_axis(in_turn, first[:, :, None], axis=1)
        paid += np.take_along_axis(_up_to(two.nth(most)), known[:, :, None], axis=1)
        still = two.unsolved(further_sizes.clip(max=most))
        paid += more[:, None, :] * ((m2 - known) * still)[:, :, None]
    paid += begun[:, None, :]
    return Expected(
        n_p=tuple((n_p or 0) + number for number in range(most + 1)),
        n_fr=(0,) * (most + 1),
        solved=1.0 - chance,
        cost=paid,
    )


def reach(samples: Samples, n_p: int | None) -> int:
    """The largest number of programs that every unsolved task has beyond the first n_p.

    Args:
        samples: The samples.
        n_p: Programs drawn first; None: all initial ones.
    """
    left = further(samples, n_p)
    bounds = left[samples.unsolved]
    return int(bounds.min()) if bounds.size else int(left.max(initial=0))


def further(samples: Samples, n_p: int | None) -> Ints:
    """Each task's programs beyond the first n_p, initial and further: (tasks,)."""
    counts = samples.further.counts
    if n_p is None:
        return counts
    return counts + np.maximum(samples.initial.counts - n_p, 0)


def _up_to(nth: Floats) -> Floats:
    """The cost of the first 0, 1, … draws, one by one up to a pass: (tasks, draws + 1, units)."""
    nothing = np.zeros((nth.shape[0], 1, nth.shape[2]))
    return np.concatenate([nothing, np.cumsum(nth, axis=1)], axis=1)

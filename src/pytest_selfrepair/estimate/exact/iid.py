"""i.i.d. sampling: the pass rate and cost of k programs of a task, without repair.

The first draws come from the initial programs, further ones from the baseline programs. The latter
were sampled only where an initial program failed; mixing the two would make the share of failures
depend on when sampling stopped. A task without baseline programs goes on with its initial ones.

Without replacement, draws beyond a task's samples repeat its last value and cost the mean, which
understates i.i.d. sampling a little and never overstates it. Baseline programs are drawn until they
have cost as much as the costliest tree, so their number depends slightly on their length; the
estimate ignores this.
"""

from collections.abc import Sequence

import numpy as np

from pytest_selfrepair.core.tree import Grown, Policy
from pytest_selfrepair.estimate.exact.draws import Drawing, Floats, Ints, drawing
from pytest_selfrepair.estimate.exact.program_arrays import Lot, Samples
from pytest_selfrepair.estimate.exact.shapes import Expected
from pytest_selfrepair.estimate.exact.tree_arrays import TOKENS


def iid(
    samples: Samples,
    most: int,
    *,
    replacement: bool,
    policy: Policy = Policy.BATCH,
) -> Expected:
    """Expected pass rate and cost of 1, 2, …, `most` programs of each task.

    Args:
        samples: The samples.
        most: The largest number of programs; it may exceed what was sampled.
        replacement: Whether they are drawn with replacement.
        policy: `batch` pays for all of them; `dfs` and `bfs` draw them one by one up to a pass.
    """
    k = np.arange(1, most + 1, dtype=np.intp)
    k_first = np.minimum(k, samples.initial.counts[:, None])
    one = _Drawn(samples.initial, replacement=replacement, policy=policy)
    two = _Drawn(samples.onward, replacement=replacement, policy=policy)
    unsolved, cost = one.of(k_first)
    still, more = two.of(k - k_first)
    # One by one, the second lot is drawn only where the first has no pass.
    paid = more if policy is Policy.BATCH else more * unsolved[:, :, None]
    cost += np.where((k > k_first)[:, :, None], paid, 0.0)
    return Expected(
        n_p=tuple(range(1, most + 1)),
        n_fr=(0,) * most,
        solved=1.0 - unsolved * still,
        cost=cost,
    )


def from_none(samples: Samples, most: int, *, one_by_one: bool = False) -> tuple[Floats, Floats]:
    """Tokens and chances of 0, 1, …, `most` programs of each task, drawn without replacement.

    Args:
        samples: The samples.
        most: The largest number of programs; it may exceed what was sampled.
        one_by_one: Whether drawing stops at the first pass.

    Returns:
        Two arrays of shape (tasks, most + 1): expected tokens, and probability of being solved.
    """
    policy = Policy.BFS if one_by_one else Policy.BATCH
    found = iid(samples, most, replacement=False, policy=policy)
    nothing = np.zeros((len(found.solved), 1))
    return (
        np.concatenate([nothing, found.cost[:, :, TOKENS]], axis=1),
        np.concatenate([nothing, found.solved], axis=1),
    )


def sampled(grown: Sequence[Grown]) -> int:
    """How many programs i.i.d. sampling can draw before it repeats values.

    A task that a program solves sets no bound: more programs leave it solved.
    """
    sizes = [
        (
            len(each.programs) + len(each.baseline),
            any(node.verdict.passed for node in (*each.programs, *each.baseline)),
        )
        for each in grown
    ]
    bounds = [size for size, solved in sizes if not solved]
    return min(bounds) if bounds else max((size for size, _ in sizes), default=0)


class _Drawn:
    """Programs of many tasks, drawn in order."""

    def __init__(self, lot: Lot, *, replacement: bool, policy: Policy) -> None:
        self._lot = lot
        self._draw: Drawing = drawing(replacement=replacement)
        self._replacement, self._policy = replacement, policy

    def of(self, k: Ints) -> tuple[Floats, Floats]:
        """Chance that k draws all fail, (tasks, points), and their costs, (tasks, points, units).

        Args:
            k: Shape (tasks, points).
        """
        known = k if self._replacement else np.minimum(k, self._lot.counts[:, None])
        most = int(known.max(initial=0))
        chances = self._draw.unsolved(self._lot.groups, self._lot.fails, most)
        unsolved = np.take_along_axis(chances, known, axis=1)
        mean = self._lot.groups.mean(self._lot.costs)[:, None, :]
        if self._policy is Policy.BATCH:
            return unsolved, mean * k[:, :, None]
        each = self._draw.nth(self._lot.groups, self._lot.fails, self._lot.costs, most)
        each = np.concatenate([np.zeros_like(mean), np.cumsum(each, axis=1)], axis=1)
        paid = np.take_along_axis(each, known[:, :, None], axis=1)
        return unsolved, paid + mean * ((k - known) * unsolved)[:, :, None]

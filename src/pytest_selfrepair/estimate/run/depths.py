"""Estimate what each level of repair adds: trees cut at every depth, against i.i.d. sampling."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_selfrepair.core.tree import Grown, RepairTree
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.gain import AtEqualTokens
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.intervals.statistics import NEAR_ZERO
from pytest_selfrepair.estimate.run.equal_tokens import compared
from pytest_selfrepair.estimate.run.scored import Scored, with_tree


def by_depth(
    tasks: Sequence[Scored], sources: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> tuple[AtEqualTokens, ...]:
    """Each source with repairs of repairs, cut off at depth 1, 2, …, and the last as grown.

    Each depth is taken at its own token cost, so a level raises the gain over i.i.d. sampling where
    its tokens solve more than as many tokens of further programs would have.
    """
    return tuple(each for source in sources for each in _of(tasks, source, how))


def fresh_is_better(depths: Sequence[AtEqualTokens]) -> tuple[int, ...]:
    """The levels of one source whose tokens fresh sampling would have used better.

    By point estimates alone: a level is named where it lowers the gain over i.i.d. sampling; depth
    0 has no repair and no gain.

    Args:
        depths: One source's depths, from 1 up.
    """
    gains = [0.0, *(each.stopping.gain.value for each in depths)]
    return tuple(
        each.depth or 0
        for each, above, gain in zip(depths, gains, gains[1:], strict=False)
        if gain < above - NEAR_ZERO
    )


def _of(tasks: Sequence[Scored], source: str, how: Bootstrap) -> Iterator[AtEqualTokens]:
    tasks = with_tree(tasks, source)
    levels = [_levels(task.grown, tree) for task in tasks if (tree := task.tree(source))]
    deepest = max((max(each.values(), default=0) for each in levels), default=0)
    if deepest < 2:  # noqa: PLR2004 - a single level is the headline
        return
    for depth in range(1, deepest + 1):
        cut = [
            replace(task, grown=_cut(task.grown, source, level, depth))
            for task, level in zip(tasks, levels, strict=True)
        ]
        yield replace(compared(cut, source, ALL, how=how).found, depth=depth)


def _levels(grown: Grown, tree: RepairTree) -> dict[str, int]:
    """The level of every node: 0 for a program, 1 for its repairs, 2 for their repairs."""
    found = {program.node: 0 for program in grown.programs}
    for repair in tree.repairs:  # level by level, so each repair follows the program it repairs
        found[repair.node] = found.get(repair.parent or "", 0) + 1
    return found


def _cut(grown: Grown, source: str, levels: dict[str, int], depth: int) -> Grown:
    trees = tuple(
        replace(tree, repairs=tuple(each for each in tree.repairs if levels[each.node] <= depth))
        if tree.source == source
        else tree
        for tree in grown.trees
    )
    return replace(grown, trees=trees)

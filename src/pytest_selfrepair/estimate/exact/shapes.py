"""Exact expected pass rates and costs of repair trees of every shape and policy.

A tree of shape (n_p, n_fr) and depth d is drawn from what was sampled: n_p programs of a task, n_fr
repairs of each that fails, n_fr repairs of each of these that fails, down to d levels of repair.
Depth 1 is arXiv 2306.09896, section 4; n_fr = 0, with depth 0, is i.i.d. sampling. Policies:

- batch pays for a whole level at once, and goes on to the next where nothing in it passes;
- dfs draws a program, then the first repair of it, then what is below that repair, and so on, and
  stops at the first pass;
- bfs draws a level's nodes one by one, all children of the first node first, and goes on to the
  next level where none passes; it stops at the first pass.

All policies solve the same tasks; `tree_recursion` has the computation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Floats, drawing
from pytest_selfrepair.estimate.exact.shape import ALL, Shape
from pytest_selfrepair.estimate.exact.texts import SharedTexts
from pytest_selfrepair.estimate.exact.tree_arrays import (
    ALL_TOKENS,
    DOLLARS,
    SAMPLES,
    TOKENS,
    UNITS,
    TreeArrays,
)
from pytest_selfrepair.estimate.exact.tree_recursion import Levels

POLICIES = tuple(Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Expected results and costs of trees of some shapes, task by task.

    Attributes:
        n_p: Shape (shapes,): programs of each shape.
        n_fr: Shape (shapes,): repairs of each failing program.
        solved: Shape (tasks, shapes): chance of being solved.
        cost: Shape (tasks, shapes, 4): tokens generated, tokens generated and read, completions, US
            dollars; dollars are NaN where a price is not known.
        n_f: Shape (shapes,): texts of each failing program, where repairs share them; None: each
            repair has its own.
    """

    n_p: tuple[int, ...]
    n_fr: tuple[int, ...]
    solved: Floats
    cost: Floats
    n_f: tuple[int, ...] | None = None


def expect(
    arrays: TreeArrays,
    n_p: Sequence[int],
    n_fr: Sequence[int],
    *,
    replacement: bool,
    policies: Iterable[Policy] = POLICIES,
    depth: int = 1,
) -> dict[Policy, Expected]:
    """Compute the expectations of every n_p with every n_fr.

    Args:
        arrays: The trees; every task has as many programs, and every failing node as many repairs,
            as the largest shape.
        n_p: Programs, each 1 or more.
        n_fr: Repairs of each failing program; 0 is i.i.d. sampling.
        replacement: Whether programs and repairs are drawn with replacement.
        policies: The policies to compute; all solve the same tasks.
        depth: Levels of repair, where n_fr is not 0.

    Returns:
        For each policy the shapes in the order of `n_fr`, for each of these in the order of `n_p`.

    Raises:
        ValueError: A shape is larger than the trees allow.
    """
    wanted = tuple(policies)
    _check(arrays, n_p, n_fr, depth)
    columns = np.array(n_p, dtype=np.intp)
    size = len(arrays.tasks)
    solved = [np.zeros((size, 0))]
    costs = {policy: [np.zeros((size, 0, UNITS))] for policy in wanted}
    work = {
        levels: Levels(
            arrays=arrays,
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


def expect_texts(
    arrays: TreeArrays,
    n_p: Sequence[int],
    sizes: Sequence[tuple[int, int]] | None = None,
    *,
    replacement: bool,
    policies: Iterable[Policy] = POLICIES,
) -> dict[Policy, Expected]:
    """Compute the expectations of every n_p with some (n_f, n_r): shared texts, depth 1.

    Args:
        arrays: The trees, with `texts`.
        n_p: Programs, each 1 or more.
        sizes: (n_f, n_r): texts, and repairs on each; None: all that these trees allow.
        replacement: Whether programs, texts and repairs are drawn with replacement.
        policies: The policies to compute; all solve the same tasks.

    Returns:
        For each policy the shapes in the order of `sizes`, for each of these in the order of `n_p`.
    """
    wanted = tuple(policies)
    shared = SharedTexts.of(arrays, replacement=replacement)
    every = tuple(sizes if sizes is not None else shared.sizes)
    columns = np.array(n_p, dtype=np.intp)
    levels = Levels(
        arrays=arrays, depth=1, most=0, draw=drawing(replacement=replacement), policies=wanted
    )
    found = [levels.above(shared.below(*size), columns) for size in every if columns.size]
    empty = np.zeros((len(arrays.tasks), 0))
    solved = np.concatenate([empty, *(1.0 - unsolved for unsolved, _ in found)], axis=1)
    nothing = np.zeros((len(arrays.tasks), 0, UNITS))
    return {
        policy: Expected(
            n_p=tuple(n for _ in every for n in n_p),
            n_fr=tuple(n_f * n_r for n_f, n_r in every for _ in n_p),
            n_f=tuple(n_f for n_f, _ in every for _ in n_p),
            solved=solved,
            cost=np.concatenate([nothing, *(paid[policy] for _, paid in found)], axis=1),
        )
        for policy in wanted
    }


def shapes(
    arrays: TreeArrays,
    *,
    replacement: bool,
    policies: Iterable[Policy] = POLICIES,
    n_p: Sequence[int] | None = None,
    n_fr: Sequence[int] | None = None,
    difficulty: str = ALL,
) -> tuple[Shape, ...]:
    """Every shape that the trees of all tasks support, by policy, depth, n_fr and n_p.

    Args:
        arrays: The trees, uncensored (`censoring`).
        replacement: Whether programs and repairs are drawn with replacement.
        policies: Which policies.
        n_p: Only these, of those that the trees support.
        n_fr: Only these, 0 being i.i.d. sampling.
        difficulty: The label of the shapes: the difficulty of these tasks.

    Returns:
        The shapes; none where there are no tasks. Those with n_fr = 0 have no source.
    """
    if not arrays.tasks:
        return ()
    wanted = tuple(policies)
    columns = allowed(n_p, range(1, arrays.most_programs + 1))
    found: dict[Policy, list[Shape]] = {policy: [] for policy in wanted}
    for depth in range(arrays.depth + 1):
        if depth and arrays.texts is not None:
            by_policy = expect_texts(arrays, columns, replacement=replacement, policies=wanted)
        else:
            rows = allowed(n_fr, range(1, arrays.most_repairs(depth) + 1) if depth else range(1))
            by_policy = expect(
                arrays, columns, rows, replacement=replacement, policies=wanted, depth=depth
            )
        for policy, expected in by_policy.items():
            named = Named(
                source=arrays.source if depth else None,
                policy=policy,
                replacement=replacement,
                depth=depth,
                difficulty=difficulty,
            )
            found[policy] += mean_shapes(expected, named)
    return tuple(shape for policy in wanted for shape in found[policy])


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The fields that several shapes share; see `Shape`."""

    source: str | None
    policy: Policy
    replacement: bool
    depth: int
    difficulty: str


def mean_shapes(expected: Expected, named: Named) -> list[Shape]:
    """Average over tasks."""
    rates = expected.solved.mean(axis=0)
    costs = expected.cost.mean(axis=0)
    texts = expected.n_f or (None,) * len(expected.n_p)
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
            n_f=n_f,
        )
        for n_p, n_fr, n_f, rate, cost in zip(
            expected.n_p, expected.n_fr, texts, rates, costs, strict=True
        )
    ]


def allowed(wanted: Sequence[int] | None, possible: range) -> list[int]:
    """The wanted values among the possible ones; all of them where none are named."""
    return [n for n in possible if wanted is None or n in wanted]


def known(dollars: float) -> float | None:
    """US dollars, or None where a price is unknown."""
    return None if np.isnan(dollars) else float(dollars)


def _check(arrays: TreeArrays, n_p: Sequence[int], n_fr: Sequence[int], depth: int) -> None:
    most = arrays.most_programs
    if any(not 1 <= n <= most for n in n_p):
        raise ValueError(f"n_p = {list(n_p)}; these trees allow 1 to {most}")
    most = arrays.most_repairs(depth)
    if any(not 0 <= n <= most for n in n_fr):
        raise ValueError(f"n_fr = {list(n_fr)}; these trees allow 0 to {most} at depth {depth}")

"""pass@t curves and heat maps: repair against sampling at equal generated tokens.

Both axes are means over tasks, as in arXiv 2306.09896, sections 4 and 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Floats, Ints
from pytest_selfrepair.estimate.exact.shape import ALL
from pytest_selfrepair.estimate.exact.shapes import Expected, expect, expect_texts, known
from pytest_selfrepair.estimate.exact.texts import SharedTexts
from pytest_selfrepair.estimate.exact.tree_arrays import ALL_TOKENS, DOLLARS, TOKENS, TreeArrays
from pytest_selfrepair.estimate.findings import Curve, CurvePoint, HeatCell, HeatMap
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.intervals.estimate import Estimate

SAME = 1e-12
"""Pass rates closer than this are equal up to rounding."""

ROUND_NUMBERS = (1, 2, 3, 5, 10, 15, 20, 25, 50, 100, 200, 500, 1_000)
"""Rows and columns of a heat map that is too large to show all of them."""

MOST_ROWS = 6
"""Up to this many rows or columns, a heat map shows all."""


def envelope(expected: Expected) -> Expected:
    """The shapes that no other dominates, by ascending tokens.

    A shape is left out where another with at most as many tokens solves at least as much.
    """
    tokens, rates = means(expected)
    order = np.lexsort((-rates, tokens))
    kept: list[int] = []
    for number in order:
        if not kept or rates[number] > rates[kept[-1]] + SAME:
            kept.append(int(number))
    return chosen(expected, kept)


def chosen(expected: Expected, numbers: Sequence[int]) -> Expected:
    """The shapes at some positions, in order of their numbers."""
    columns: Ints = np.array(numbers, dtype=np.intp)
    return replace(
        expected,
        n_p=tuple(expected.n_p[number] for number in numbers),
        n_fr=tuple(expected.n_fr[number] for number in numbers),
        n_f=None if expected.n_f is None else tuple(expected.n_f[number] for number in numbers),
        solved=expected.solved[:, columns],
        cost=expected.cost[:, columns],
    )


def averaged(expected: Expected) -> Expected:
    """The mean over tasks in place of every task: large runs have too many numbers to keep."""
    return replace(
        expected,
        solved=expected.solved.mean(axis=0, keepdims=True),
        cost=expected.cost.mean(axis=0, keepdims=True),
    )


def means(expected: Expected) -> tuple[Floats, Floats]:
    """Expected generated tokens and pass rate of every shape: each of shape (shapes,)."""
    return expected.cost[:, :, TOKENS].mean(axis=0), expected.solved.mean(axis=0)


def curve(
    expected: Expected,
    *,
    source: str | None,
    label: str,
    policy: Policy,
    replacement: bool,
    difficulty: str = ALL,
    baseline: Baseline | None = None,
) -> Curve:
    """Make the shapes points of a curve, in the order given; rates have no intervals yet."""
    tokens, rates = means(expected)
    costs = expected.cost.mean(axis=0)
    return Curve(
        source=source,
        label=label,
        policy=policy,
        replacement=replacement,
        difficulty=difficulty,
        baseline=baseline,
        points=tuple(
            CurvePoint(
                tokens=float(tokens[number]),
                pass_rate=Estimate(value=float(rates[number])),
                n_p=n_p,
                n_fr=n_fr,
                all_tokens=float(costs[number, ALL_TOKENS]),
                dollars=known(costs[number, DOLLARS]),
                n_f=None if expected.n_f is None else expected.n_f[number],
            )
            for number, (n_p, n_fr) in enumerate(zip(expected.n_p, expected.n_fr, strict=True))
        ),
    )


def rate_at(baseline: Expected, tokens: Floats) -> Floats:
    """The pass rate of i.i.d. sampling at some mean tokens; NaN beyond its last point.

    Interpolated linearly between its points, and from zero to the first.

    Args:
        baseline: i.i.d. sampling by ascending programs (`iid`), at least one.
        tokens: Shape (points,).
    """
    at, rates = means(baseline)
    found = np.interp(tokens, np.concatenate([[0.0], at]), np.concatenate([[0.0], rates]))
    return np.where(tokens > at[-1] * (1 + SAME), np.nan, found)


def heat_map(
    expected: Expected,
    rivals: Mapping[int, Expected],
    *,
    source: str,
    policy: Policy,
    replacement: bool,
    baseline: Baseline = Baseline.EVERY_TASK,
) -> HeatMap:
    """Each shape's pass rate ÷ that of sampling without repair at the same mean tokens.

    Args:
        expected: Every n_p with every n_fr (`expect`), n_fr being 1 or more.
        rivals: For every n_p, sampling by ascending programs, of the same tasks and drawing.
        source: The feedback source's name.
        policy: How trees are drawn.
        replacement: Whether trees are drawn with replacement.
        baseline: How programs are sampled.
    """
    tokens, rates = means(expected)
    columns = tuple(sorted(set(expected.n_p)))
    rows = tuple(sorted(set(expected.n_fr), reverse=True))
    numbers = {shape: i for i, shape in enumerate(zip(expected.n_p, expected.n_fr, strict=True))}
    cells = []
    for n_fr in rows:
        for n_p in columns:
            number = numbers[n_p, n_fr]
            [beside] = rate_at(rivals[n_p], tokens[[number]])
            cells.append(
                HeatCell(
                    n_p=n_p,
                    n_fr=n_fr,
                    ratio=float(rates[number] / beside) if beside > 0 else None,
                    out_of_bounds=bool(np.isnan(beside)),
                    pass_rate=float(rates[number]),
                    tokens=float(tokens[number]),
                )
            )
    return HeatMap(
        source=source,
        policy=policy,
        replacement=replacement,
        n_p=columns,
        n_fr=rows,
        cells=tuple(cells),
        baseline=baseline,
    )


def rectangle(trees: TreeArrays, n_p: Sequence[int], *, replacement: bool) -> Expected:
    """The shapes of a heat map: each n_p with all n_fr, or round ones, in the trees' full depth.

    With several shared texts, every text takes all its repairs.
    """
    if trees.texts is None:
        n_fr = round_numbers(trees.most_repairs(trees.depth))
        return expect(
            trees,
            n_p,
            n_fr,
            replacement=replacement,
            policies=[Policy.BATCH],
            depth=trees.depth,
        )[Policy.BATCH]
    sizes = SharedTexts.of(trees, replacement=replacement).sizes
    most_texts, most_repairs = (
        max((n for n, _ in sizes), default=0),
        max((n for _, n in sizes), default=0),
    )
    rows = [(n, most_repairs) for n in round_numbers(most_texts)]
    if most_texts == 1:
        rows = [(1, n) for n in round_numbers(most_repairs)]
    return expect_texts(trees, n_p, rows, replacement=replacement, policies=[Policy.BATCH])[
        Policy.BATCH
    ]


def round_numbers(most: int) -> tuple[int, ...]:
    """Rows or columns of a heat map of 1 to `most`: all if few, else round ones and the last."""
    if most <= MOST_ROWS:
        return tuple(range(1, most + 1))
    return (*(n for n in ROUND_NUMBERS if n < most), most)

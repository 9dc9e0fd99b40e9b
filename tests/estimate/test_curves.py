"""pass@t curves and heat maps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import grown
from examples import examples
from pytest_selfrepair.core.tree import Grown, Policy
from pytest_selfrepair.estimate.exact.iid import iid, sampled
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.exact.shapes import Expected, expect
from pytest_selfrepair.estimate.exact.tree_arrays import UNITS, tree_arrays
from pytest_selfrepair.estimate.run.curves import (
    chosen,
    curve,
    envelope,
    heat_map,
    means,
    rate_at,
    round_numbers,
)
from trees import Task, arrays_of, random_task, small_tasks


def points(*facts: tuple[int, int, float, float]) -> Expected:
    """One task with shapes of some n_p, n_fr, tokens and pass rate."""
    cost = np.array([[[tokens, 2 * tokens, n_p, np.nan] for n_p, _, tokens, _ in facts]])
    return Expected(
        n_p=tuple(fact[0] for fact in facts),
        n_fr=tuple(fact[1] for fact in facts),
        solved=np.array([[rate for *_, rate in facts]]),
        cost=cost,
    )


SOME = points((1, 1, 20, 0.3), (1, 2, 30, 0.3), (2, 1, 10, 0.1), (2, 2, 30, 0.6), (3, 1, 40, 0.5))


def test_the_envelope_leaves_out_what_another_beats() -> None:
    best = envelope(SOME)
    assert list(zip(best.n_p, best.n_fr, strict=True)) == [(2, 1), (1, 1), (2, 2)]
    assert best.solved.tolist() == [[0.1, 0.3, 0.6]]


@examples(30)
@given(tasks=st.lists(small_tasks(3, 3, 1), min_size=1, max_size=3), replacement=st.booleans())
def test_no_shape_lies_above_the_envelope(tasks: list[Task], replacement: bool) -> None:
    every = expect(arrays_of(tasks, 1, 3), range(1, 4), range(1, 4), replacement=replacement)
    for expected in every.values():
        best = envelope(expected)
        at, rates = means(best)
        assert np.all(np.diff(at) > 0)
        assert np.all(np.diff(rates) > 0)
        for tokens, rate in zip(*means(expected), strict=True):
            assert rate <= rates[at <= tokens].max() + 1e-9


def test_a_curve_has_a_point_for_each_shape_and_no_intervals_yet() -> None:
    found = curve(SOME, source="self", label="M_P = M_F = x", policy=Policy.BATCH, replacement=True)
    first = found.points[0]
    assert (first.n_p, first.n_fr, first.tokens, first.all_tokens) == (1, 1, 20, 40)
    assert (first.pass_rate.value, first.pass_rate.low, first.dollars) == (0.3, None, None)
    assert len(found.points) == 5
    assert found.difficulty == "all"


def test_a_heat_cell_compares_with_iid_sampling_at_the_same_tokens() -> None:
    baseline = points((1, 0, 20, 0.2), (2, 0, 40, 0.5))
    shapes = points((1, 1, 10, 0.2), (1, 3, 30, 0.7), (2, 1, 40, 0.6), (2, 3, 41, 0.8))
    found = heat_map(
        shapes,
        dict.fromkeys((1, 2), baseline),
        source="self",
        policy=Policy.BATCH,
        replacement=True,
    )
    assert (found.n_p, found.n_fr) == ((1, 2), (3, 1))
    assert [(cell.n_p, cell.n_fr) for cell in found.cells] == [(1, 3), (2, 3), (1, 1), (2, 1)]
    assert [cell.ratio for cell in found.cells] == pytest.approx([0.7 / 0.35, None, 2, 1.2])
    assert [cell.out_of_bounds for cell in found.cells] == [False, True, False, False]


def test_a_baseline_that_solves_nothing_has_no_ratio() -> None:
    found = heat_map(
        points((1, 1, 10, 0.2)),
        {1: points((1, 0, 20, 0.0))},
        source="self",
        policy=Policy.BATCH,
        replacement=True,
    )
    assert (found.cells[0].ratio, found.cells[0].out_of_bounds) == (None, False)


def test_rates_are_read_between_points_and_not_beyond_the_last() -> None:
    found = rate_at(points((1, 0, 20, 0.2), (2, 0, 40, 0.5)), np.array([0.0, 10, 20, 30, 40, 50]))
    assert found == pytest.approx([0, 0.1, 0.2, 0.35, 0.5, np.nan], nan_ok=True)


def test_iid_sampling_of_initial_programs_is_that_of_shapes_without_repair() -> None:
    tasks = [grown([False, True, False, False]), grown([True, True, False, False])]
    for policy in Policy:
        for replacement in (True, False):
            one = iid(Samples.of(tasks), 4, replacement=replacement, policy=policy)
            other = expect(
                tree_arrays(tasks, None),
                range(1, 5),
                [0],
                replacement=replacement,
                policies=[policy],
            )[policy]
            assert one.solved == pytest.approx(other.solved)
            assert one.cost == pytest.approx(other.cost, nan_ok=True)


def test_further_programs_are_drawn_from_the_baseline_alone() -> None:
    task = grown([False, False], [[False]] * 2, baseline=[True, False, False, False])
    found = iid(Samples.of([task]), 7, replacement=False)
    assert found.solved[0] == pytest.approx([0, 0, 0.25, 0.5, 0.75, 1, 1])
    assert found.cost[0, :, 0] == pytest.approx(np.arange(1, 8) * 100)
    one_by_one = iid(Samples.of([task]), 7, replacement=False, policy=Policy.DFS)
    assert one_by_one.cost[0, :, 0] == pytest.approx([100, 200, 300, 375, 425, 450, 450])
    again = iid(Samples.of([task]), 4, replacement=True, policy=Policy.DFS)
    assert again.solved[0] == pytest.approx([0, 0, 0.25, 1 - 0.75**2])
    assert again.cost[0, :, 0] == pytest.approx([100, 200, 300, 375])


@pytest.mark.parametrize(
    ("tasks", "most"),
    [
        ([grown([False, False], [[False]] * 2, baseline=[False] * 3), grown([True] * 9)], 5),
        ([grown([False, False], [[False]] * 2, baseline=[True] * 3), grown([True])], 5),
        ([grown([False, True], [[False]])], 2),
        ([], 0),
    ],
)
def test_iid_sampling_reaches_as_far_as_tasks_that_nothing_solves_were_sampled(
    tasks: list[Grown], most: int
) -> None:
    assert sampled(tasks) == most


def test_tasks_keep_their_values_for_those_who_resample_them() -> None:
    rng = np.random.default_rng(0)
    trees = arrays_of([random_task(rng, 5, 4, 1, 0.2) for _ in range(7)], 1)
    best = envelope(expect(trees, range(1, 6), range(1, 5), replacement=False)[Policy.DFS])
    assert best.solved.shape == (7, len(best.n_p))
    assert best.cost.shape == (7, len(best.n_p), UNITS)
    assert chosen(best, [0]).solved[:, 0].tolist() == best.solved[:, 0].tolist()


@pytest.mark.parametrize(
    ("most", "shown"),
    [(0, ()), (4, (1, 2, 3, 4)), (25, (1, 2, 3, 5, 10, 15, 20, 25)), (7, (1, 2, 3, 5, 7))],
)
def test_a_large_heat_map_has_round_rows_and_the_last(most: int, shown: tuple[int, ...]) -> None:
    assert round_numbers(most) == shown

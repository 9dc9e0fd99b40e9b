"""Exact expectations of repair trees, against all trees there are, and against many drawn ones."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from pytest_selfrepair.core.tree import Policy
from pytest_selfrepair.estimate.exact.draws import Floats, Groups, drawing
from pytest_selfrepair.estimate.exact.shapes import expect, shapes
from pytest_selfrepair.estimate.exact.tree_arrays import UNITS, TreeArrays
from trees import Node, Task, arrays_of, every_tree, one_tree, paid, random_task, small_tasks

replacements = pytest.mark.parametrize("replacement", [True, False])
policies = pytest.mark.parametrize("policy", list(Policy))


def by_enumeration(
    task: Task, n_p: int, n_fr: int, depth: int, *, replacement: bool
) -> dict[Policy, Floats]:
    """Pass rate and the four costs of all trees of one shape."""
    chances, trees = zip(*every_tree(task, n_p, n_fr, depth, replacement=replacement), strict=True)
    return {policy: np.array(chances) @ results(trees, policy) for policy in Policy}


def results(trees: Sequence[Task], policy: Policy) -> Floats:
    """Whether each drawn tree solves its task, and its four costs."""
    return np.array([[solved, *cost] for solved, cost in (paid(tree, policy) for tree in trees)])


def exactly(
    arrays: TreeArrays, policy: Policy, n_p: int, n_fr: int, depth: int, *, replacement: bool
) -> Floats:
    """The same, for every task, from closed forms: shape (tasks, 5)."""
    found = expect(
        arrays, [n_p], [n_fr], replacement=replacement, policies=[policy], depth=max(depth, 1)
    )[policy]
    return np.concatenate([found.solved, found.cost[:, 0]], axis=1)


@st.composite
def cases(
    draw: st.DrawFn, sizes: Sequence[tuple[int, int, int, int, int]]
) -> tuple[list[Task], tuple[int, int, int]]:
    """Two tasks of some size (programs, repairs, depth), and a shape of that depth."""
    programs, repairs, depth, n_p, n_fr = draw(st.sampled_from(sizes))
    more = draw(st.integers(0, 1)) if depth < 2 else 0
    tasks = [
        draw(small_tasks(programs, repairs, depth)),
        draw(small_tasks(programs + more, repairs, depth)),
    ]
    return tasks, (n_p, n_fr, depth)


DEPTH_1 = [(1, 1, 1, 1, 1), (2, 3, 1, 2, 2), (3, 2, 1, 2, 1), (3, 2, 1, 3, 2), (3, 3, 1, 2, 0)]
DEPTH_2 = [(2, 2, 2, 1, 2), (3, 2, 2, 3, 1), (2, 2, 2, 2, 1), (2, 2, 2, 2, 2), (1, 3, 2, 1, 2)]


def assert_equal_to_the_enumeration(
    tasks: list[Task], n_p: int, n_fr: int, depth: int, *, replacement: bool
) -> None:
    expected = [by_enumeration(task, n_p, n_fr, depth, replacement=replacement) for task in tasks]
    arrays = arrays_of(tasks, depth, 3)
    for policy in Policy:
        found = exactly(arrays, policy, n_p, n_fr, depth, replacement=replacement)
        for each, row in zip(expected, found, strict=True):
            assert row == pytest.approx(each[policy], abs=1e-9)


@replacements
@given(case=cases(DEPTH_1))
def test_it_equals_the_enumeration_of_all_trees(
    replacement: bool, case: tuple[list[Task], tuple[int, int, int]]
) -> None:
    tasks, shape = case
    assert_equal_to_the_enumeration(tasks, *shape, replacement=replacement)


@replacements
@examples(6)
@given(case=cases(DEPTH_2))
def test_repairs_of_repairs_equal_the_enumeration_of_all_trees(
    replacement: bool, case: tuple[list[Task], tuple[int, int, int]]
) -> None:
    tasks, shape = case
    assert_equal_to_the_enumeration(tasks, *shape, replacement=replacement)


@replacements
@pytest.mark.parametrize("size", [(12, 8, 1, 5, 3), (10, 6, 2, 4, 2)])
def test_it_agrees_with_many_trees_drawn_at_random(
    size: tuple[int, int, int, int, int], replacement: bool
) -> None:
    programs, repairs, depth, n_p, n_fr = size
    rng = np.random.default_rng(11)
    task = random_task(rng, programs, repairs, depth, chance=0.1)
    drawn = [one_tree(task, n_p, n_fr, depth, rng, replacement=replacement) for _ in range(1_000)]
    arrays = arrays_of([task], depth)
    for policy in Policy:
        values = results(drawn, policy)
        found = exactly(arrays, policy, n_p, n_fr, depth, replacement=replacement)
        error = values.std(axis=0) / math.sqrt(len(values))
        assert np.all(error > 0)
        assert np.all(np.abs(values.mean(axis=0) - found[0]) < 5 * error)


@replacements
@examples(20)
@given(tasks=st.lists(small_tasks(4, 3, 1), min_size=1, max_size=3))
def test_larger_trees_never_solve_less(replacement: bool, tasks: list[Task]) -> None:
    found = expect(arrays_of(tasks, 1, 3), range(1, 5), range(4), replacement=replacement)
    rates = found[Policy.BATCH].solved.reshape(len(tasks), 4, 4)
    assert np.all(np.diff(rates, axis=1) >= -1e-12)
    assert np.all(np.diff(rates, axis=2) >= -1e-12)
    assert np.all((rates >= 0) & (rates <= 1))


@replacements
@examples(20)
@given(tasks=st.lists(small_tasks(4, 3, 1), min_size=1, max_size=3))
def test_stopping_sooner_never_costs_more(replacement: bool, tasks: list[Task]) -> None:
    found = expect(arrays_of(tasks, 1, 3), range(1, 5), range(4), replacement=replacement)
    for sooner in (Policy.DFS, Policy.BFS):
        if sooner is Policy.BFS:
            assert np.all(found[sooner].cost <= found[Policy.BATCH].cost + 1e-9)
        assert np.array_equal(found[sooner].solved, found[Policy.BATCH].solved)


@given(n=st.integers(1, 60), passing=st.integers(0, 60))
def test_without_repairs_it_is_pass_at_k_of_chen_et_al(n: int, passing: int) -> None:
    passing = min(passing, n)
    task = tuple(Node(i < passing, (1.0,) * UNITS) for i in range(n))
    found = expect(arrays_of([task], 0), range(1, n + 1), [0], replacement=False)
    for k in range(1, n + 1):
        exact = 1 - math.comb(n - passing, k) / math.comb(n, k)
        assert found[Policy.BATCH].solved[0, k - 1] == pytest.approx(exact, abs=1e-12)


def test_with_replacement_it_is_biased_low_as_in_the_paper() -> None:
    task = tuple(Node(i == 0, (1.0,) * UNITS) for i in range(50))
    rates = [
        expect(arrays_of([task], 0), [25], [0], replacement=kind)[Policy.BATCH].solved[0, 0]
        for kind in (True, False)
    ]
    assert rates == pytest.approx([0.397, 0.5], abs=5e-4)


def test_it_is_stable_with_a_thousand_programs() -> None:
    failing = 1_000
    eighths = [i % 7 + 1 for i in range(failing)]
    u, costs = np.array(eighths) / 8, np.array([[float(i % 11)] for i in range(failing)])
    polynomial = [1]  # its coefficients are e_n(8·u), in integers
    for chance in eighths:
        polynomial = [
            one + chance * other
            for one, other in zip([*polynomial, 0], [0, *polynomial], strict=True)
        ]
    marked = [0] * failing  # the sum of c_i·e_n(8·u without i)
    for chance in range(1, 8):
        paid_with = sum(i % 11 for i in range(failing) if eighths[i] == chance)
        without = 0
        for n in range(failing):
            without = polynomial[n] - chance * without
            marked[n] += paid_with * without
    groups = Groups(np.array([failing]), np.array([False]))
    draw = drawing(replacement=False)
    unsolved = draw.unsolved(groups, u, failing)[0]
    nth = draw.nth(groups, u, costs, failing)[0, :, 0]
    for n in (1, 10, 500, 999, 1_000):
        exact = Fraction(polynomial[n], 8**n * math.comb(failing, n))
        assert unsolved[n] == pytest.approx(float(exact), rel=1e-10, abs=0)
        of_last = Fraction(marked[n - 1], 8 ** (n - 1) * failing * math.comb(failing - 1, n - 1))
        assert nth[n - 1] == pytest.approx(float(of_last), rel=1e-10, abs=0)


@replacements
@policies
def test_a_branch_at_the_context_limit_stays_unsolved_and_bounds_nothing(
    policy: Policy, replacement: bool
) -> None:
    # What repairs too long to ask cost is their feedback; the program itself was too long in one.
    cost = (10.0,) * UNITS
    told = Node(False, (3.0,) * UNITS, over=True)
    task = (Node(False, cost, (told,)), Node(False, cost, over=True), Node(False, cost, (told,)))
    other = tuple(Node(False, cost, (Node(False, cost), Node(True, cost))) for _ in range(3))
    arrays = arrays_of([task, other], 1)
    assert arrays.most_repairs() == 2
    found = exactly(arrays, policy, 3, 2, 1, replacement=replacement)
    assert found[0, 0] == 0
    # Three programs, and two draws of a feedback for two of three of them.
    assert found[0, 1] == pytest.approx(30 + 2 * 2 * 3)
    assert found[1, 0] == pytest.approx(1 - (0.25**3 if replacement else 0))


def test_dollars_are_unknown_where_a_price_of_these_trees_is() -> None:
    known, unknown = (1.0,) * UNITS, (1.0, 1.0, 1.0, math.nan)
    first = (Node(True, known), Node(False, known, (Node(True, unknown),)))
    second = (Node(True, known), Node(False, known, (Node(True, known),)))
    found = shapes(arrays_of([first, second], 1), replacement=False)
    assert {shape.n_fr: shape.dollars is None for shape in found} == {0: False, 1: True}
    for shape in found:
        assert math.isfinite(shape.tokens + shape.all_tokens + shape.samples)
        if shape.dollars is not None:
            assert shape.dollars == pytest.approx(shape.tokens)


def test_every_shape_that_the_trees_allow_is_there_once() -> None:
    rng = np.random.default_rng(1)
    arrays = arrays_of([random_task(rng, 4, 2, 2, 0.2) for _ in range(3)], 2, planned=2)
    found = shapes(arrays, replacement=True)
    named = [(s.policy, s.depth, s.n_fr, s.n_p) for s in found]
    sizes = [(0, 0), (1, 1), (1, 2), (2, 1), (2, 2)]
    assert named == [(policy, *s, n_p) for policy in Policy for s in sizes for n_p in range(1, 5)]
    assert {s.source for s in found if s.depth == 0} == {None}
    assert {s.source for s in found if s.depth} == {"self"}


@pytest.mark.parametrize(
    ("n_p", "n_fr", "message"),
    [
        ([4], [1], "n_p = .4.; these trees allow 1 to 3"),
        ([1], [3], "n_fr = .3.; these trees allow 0 to 2 at depth 1"),
    ],
)
def test_larger_shapes_than_the_trees_are_refused(
    n_p: list[int], n_fr: list[int], message: str
) -> None:
    task = (Node(False, (1.0,) * UNITS, (Node(False, (1.0,) * UNITS),) * 2),) * 3
    with pytest.raises(ValueError, match=message):
        expect(arrays_of([task], 1), n_p, n_fr, replacement=True)

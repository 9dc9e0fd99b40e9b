"""Trees as grown beside i.i.d. sampling: against figures by hand, counting, and simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import grown, repair
from examples import examples
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.exact.iid import from_none, iid
from pytest_selfrepair.estimate.exact.program_arrays import Samples
from pytest_selfrepair.estimate.gain import Baseline
from pytest_selfrepair.estimate.run.as_grown import Trees
from pytest_selfrepair.estimate.run.matched import Matched, up_to
from pytest_selfrepair.estimate.run.outcome import pass_at_1, solved_with, tree_cost
from pytest_selfrepair.estimate.run.sampling_baseline import Sampling
from trees import counted

shapes = st.lists(st.booleans(), min_size=1, max_size=4)


@st.composite
def trees(draw: st.DrawFn) -> Grown:
    programs = draw(shapes)
    n_fr = draw(st.integers(1, 2))
    failing = programs.count(False)
    row = st.lists(st.booleans(), min_size=n_fr, max_size=n_fr)
    rows = draw(st.lists(row, min_size=failing, max_size=failing))
    return grown(
        programs,
        rows,
        draw(st.lists(st.booleans(), max_size=4)) if failing else (),
        tokens=draw(st.integers(1, 300)),
        repair_tokens=draw(st.integers(1, 300)),
    )


@given(trees())
def test_a_tree_as_grown_solves_what_any_of_its_nodes_does(task: Grown) -> None:
    nodes = (*task.programs, *task.trees[0].repairs)
    assert solved_with(task, "self") is any(node.verdict.passed for node in nodes)
    assert solved_with(task, None) is any(node.verdict.passed for node in task.programs)


@given(st.integers(1, 12), st.integers(0, 12))
def test_without_repairs_it_equals_pass_at_k_of_chen_et_al(n: int, passing: int) -> None:
    passing = min(passing, n)
    task = grown([i < passing for i in range(n)], [[] for _ in range(n - passing)])
    _, [rates] = from_none(Samples.of([task]), n)
    for k in range(1, n + 1):
        expected = 1 - math.comb(n - passing, k) / math.comb(n, k)
        assert rates[k] == pytest.approx(expected, abs=1e-12)


@given(trees(), st.booleans())
def test_the_iid_curve_rises_with_programs_and_tokens(task: Grown, replacement: bool) -> None:
    found = iid(Samples.of([task]), 12, replacement=replacement)
    assert np.all(np.diff(found.cost[0, :, 0]) > 0)
    assert np.all(np.diff(found.solved[0]) >= -1e-12)


def paper(tasks: list[Grown]) -> Matched:
    """Trees as grown beside i.i.d. sampling on every task."""
    trees = Trees.as_grown(tasks, "self")
    return Sampling.beside(trees, Samples.of(tasks), None, Baseline.EVERY_TASK).matched


def reaching(tasks: list[Grown], tokens: float) -> tuple[Floats, Floats]:
    def curve(most: int) -> tuple[Floats, Floats]:
        costs, rates = from_none(Samples.of(tasks), most)
        return rates, costs

    rates, costs = up_to(tokens, curve)
    return costs, rates


@given(st.lists(trees(), min_size=1, max_size=4), st.integers(0, 3000))
def test_a_curve_ends_where_it_reaches_the_tokens_and_no_sooner(
    tasks: list[Grown], tokens: int
) -> None:
    costs, rates = reaching(tasks, tokens)
    assert costs.shape == rates.shape
    assert np.all(costs[:, 0] == 0)
    assert np.all(rates[:, 0] == 0)
    mean = costs.mean(axis=0)
    assert mean[-1] >= tokens
    assert mean[-2] < max(tokens, 1)


def test_programs_that_cost_nothing_reach_nothing() -> None:
    free = grown([False], [[False]], tokens=0)
    costs, rates = reaching([free], 100)
    assert costs.tolist() == rates.tolist() == [[0, 0]]
    later_free = replace(grown([False], [[False]]), baseline=free.programs)
    costs, _ = reaching([later_free], 150)
    assert costs.max() == 100


@given(trees())
def test_repair_never_solves_less_than_its_own_programs(task: Grown) -> None:
    _, [rates] = from_none(Samples.of([task]), len(task.programs))
    assert solved_with(task, "self") >= rates[-1] - 1e-12


def test_pass_at_1_counts_initial_programs_alone() -> None:
    task = grown([True, False], [[False]], baseline=[False, False, False])
    assert pass_at_1(task) == 0.5


def test_a_tree_cut_by_its_budget_counts_as_what_happened() -> None:
    task = grown([False, False], [[True], []], complete=False)
    assert solved_with(task, "self")
    assert tree_cost(task, task.trees[0]).tokens == 400


def test_repairs_of_repairs_are_paid_for_where_nothing_above_them_passes() -> None:
    task = grown([False, False], [[False, False]] * 2)
    below = tuple(
        repair(each.node, number, passed=each.node == "p0/self/r0" and number == 1)
        for each in task.trees[0].repairs
        for number in range(2)
    )
    deep = replace(task.trees[0], repairs=(*task.trees[0].repairs, *below))
    cost = tree_cost(task, deep)
    assert (cost.tokens, cost.samples) == (2 * 100 + 4 * 200 + 8 * 200, 2 + 4 + 8)
    mended = replace(deep, repairs=(repair("p0", 0, passed=True), *deep.repairs[1:]))
    assert tree_cost(task, mended).tokens == 2 * 100 + 4 * 200
    at_once = grown([True, False], [[False]])
    assert tree_cost(at_once, at_once.trees[0]).tokens == 2 * 100


def test_the_comparison_reads_the_baseline_at_the_trees_tokens() -> None:
    # Four hundred tokens buy the tree's program and repair; or four programs.
    task = grown([False], [[True]], baseline=[False, True, False, False], repair_tokens=300)
    found = paper([task])
    assert found.cost.tolist() == [400]
    assert found.programs == pytest.approx(4)
    assert found.sampled.mean() == pytest.approx(3 / 4)
    assert found.gain.mean() == pytest.approx(1 / 4)


def test_tasks_that_only_the_programs_solve_cost_the_same_on_both_sides() -> None:
    found = paper([grown([True, True])] * 3)
    assert found.gain.tolist() == [0, 0, 0]
    assert found.programs == pytest.approx(2)


def simulated(rng: np.random.Generator, chance: float, mended: float, n_p: int) -> Grown:
    """A task grown as `grow` does: repairs cost two programs, the baseline as much as they do."""
    programs = list(rng.random(n_p) < chance)
    failing = programs.count(False)
    repairs = [[bool(rng.random() < mended)] for _ in range(failing)]
    further = [bool(passed) for passed in rng.random(2 * failing) < chance]
    return grown([bool(passed) for passed in programs], repairs, further)


def test_without_replacement_the_comparison_is_unbiased() -> None:
    # A repair costs two programs and passes as often as two fresh ones do: it gains nothing.
    rng = np.random.default_rng(7)
    chance = 0.3
    mended = 1 - (1 - chance) ** 2
    gains = []
    for _ in range(60):
        tasks = [simulated(rng, chance, mended, n_p=2) for _ in range(100)]
        solved = [solved_with(task, "self") for task in tasks]
        every = from_none(Samples.of(tasks), 6)[1][:, -1]
        gains.append(np.mean(solved) - np.mean(every))
    assert abs(np.mean(gains)) < 3 * np.std(gains) / math.sqrt(len(gains))


@examples(20)
@given(st.lists(trees(), min_size=1, max_size=12))
def test_any_tasks_have_a_comparison_and_it_is_the_one_that_counting_makes(
    tasks: list[Grown],
) -> None:
    found, expected = paper(tasks), counted(tasks, "self")
    assert found.solved.mean() == pytest.approx(expected.pass_rate)
    assert found.cost.mean() == pytest.approx(expected.tokens)
    assert found.sampled.mean() == pytest.approx(expected.iid, abs=1e-9)
    assert found.gain.mean() == pytest.approx(expected.gain, abs=1e-9)
    assert found.programs == pytest.approx(expected.samples)

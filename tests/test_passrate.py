"""Exact pass rates, against brute force and simulation."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import grown, repair
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.estimate.passrate import baseline, compare, pass_at_1, repaired

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


def by_enumeration(task: Grown) -> tuple[float, float]:
    """Pass rate and tokens of every tree that can be drawn with replacement, one by one."""
    tree = task.trees[0]
    n_p = len(task.programs)
    solved, tokens, count = 0.0, 0.0, 0
    rows = {
        program.node: [r for r in tree.repairs if r.parent == program.node]
        for program in task.programs
    }
    for drawn in itertools.product(task.programs, repeat=n_p):
        count += 1
        tokens += sum(program.total_tokens for program in drawn)
        if any(program.verdict.passed for program in drawn):
            solved += 1
            continue
        unsolved = 1.0
        for program in drawn:
            row = rows[program.node]
            failing = sum(not r.verdict.passed for r in row)
            unsolved *= (failing / len(row)) ** len(row)
            tokens += sum(r.total_tokens for r in row)
        solved += 1 - unsolved
    return solved / count, tokens / count


@given(trees())
def test_with_replacement_it_equals_enumeration_of_all_trees(task: Grown) -> None:
    found = repaired(task, task.trees[0], replacement=True)
    rate, tokens = by_enumeration(task)
    assert found.pass_rate == pytest.approx(rate, abs=1e-12)
    assert found.tokens == pytest.approx(tokens)


@given(trees())
def test_without_replacement_the_tree_as_grown_is_what_happened(task: Grown) -> None:
    found = repaired(task, task.trees[0], replacement=False)
    nodes = (*task.programs, *task.trees[0].repairs)
    assert found.pass_rate == float(any(node.verdict.passed for node in nodes))


@given(st.integers(1, 12), st.integers(0, 12))
def test_without_repairs_it_equals_pass_at_k_of_chen_et_al(n: int, passing: int) -> None:
    passing = min(passing, n)
    task = grown([i < passing for i in range(n)], [[] for _ in range(n - passing)])
    _, rates = baseline(task, n, replacement=False)
    for k in range(1, n + 1):
        expected = 1 - math.comb(n - passing, k) / math.comb(n, k)
        assert rates[k] == pytest.approx(expected, abs=1e-12)


@given(trees(), st.booleans())
def test_the_iid_curve_rises_with_programs_and_tokens(task: Grown, replacement: bool) -> None:
    tokens, rates = baseline(task, 12, replacement=replacement)
    assert rates[0] == 0
    assert np.all(np.diff(tokens) > 0)
    assert np.all(np.diff(rates) >= -1e-12)


@given(trees(), st.booleans())
def test_repair_never_solves_less_than_its_own_programs(task: Grown, replacement: bool) -> None:
    _, rates = baseline(task, len(task.programs), replacement=replacement)
    found = repaired(task, task.trees[0], replacement=replacement)
    assert found.pass_rate >= rates[-1] - 1e-12


def test_pass_at_1_counts_initial_programs_alone() -> None:
    task = grown([True, False], [[False]], baseline=[False, False, False])
    assert pass_at_1(task) == 0.5


def test_a_tree_cut_by_its_budget_counts_as_what_happened() -> None:
    task = grown([False, False], [[True], []], complete=False)
    found = repaired(task, task.trees[0], replacement=True)
    assert (found.pass_rate, found.tokens) == (1.0, 400.0)


def test_repairs_of_repairs_are_paid_for_where_nothing_above_them_passes() -> None:
    task = grown([False, False], [[False, False]] * 2)
    below = tuple(
        repair(each.node, number, passed=each.node == "p0/self/r0" and number == 1)
        for each in task.trees[0].repairs
        for number in range(2)
    )
    deep = replace(task.trees[0], repairs=(*task.trees[0].repairs, *below))
    task = replace(task, trees=(deep,))
    found = repaired(task, deep, replacement=False)
    assert (found.pass_rate, found.tokens) == (1, 2 * 100 + 4 * 200 + 8 * 200)
    found = repaired(task, deep, replacement=True)
    stays = ((1 / 4 + 1) / 2) ** 2  # of two repairs of the program that can be mended
    assert found.pass_rate == pytest.approx(1 - ((stays + 1) / 2) ** 2)
    assert found.tokens == pytest.approx(2 * 100 + 4 * 200 + 8 * 200)
    mended = replace(deep, repairs=(repair("p0", 0, passed=True), *deep.repairs[1:]))
    found = repaired(replace(task, trees=(mended,)), mended, replacement=False)
    assert (found.pass_rate, found.tokens) == (1, 2 * 100 + 4 * 200)


def test_the_comparison_reads_the_baseline_at_the_trees_tokens() -> None:
    # Four hundred tokens buy the tree's program and repair and leave 100; or four programs.
    task = grown([False], [[True]], baseline=[False, True, False], repair_tokens=300)
    found = compare([task], "self", replacement=True)
    assert found.repaired.tokens == 400
    assert found.samples == pytest.approx(4)
    assert found.iid.pass_rate == pytest.approx(1 - (2 / 3) ** 3)
    assert found.gain == pytest.approx((2 / 3) ** 3)


def test_tasks_that_only_the_programs_solve_cost_the_same_on_both_sides() -> None:
    found = compare([grown([True, True])] * 3, "self", replacement=True)
    assert found.gain == 0
    assert found.samples == pytest.approx(2)


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
        unsolved = [repaired(task, task.trees[0], replacement=False).pass_rate for task in tasks]
        every = [baseline(task, 6, replacement=False)[1][-1] for task in tasks]
        gains.append(np.mean(unsolved) - np.mean(every))
    assert abs(np.mean(gains)) < 3 * np.std(gains) / math.sqrt(len(gains))


@settings(max_examples=20)
@given(st.lists(trees(), min_size=10, max_size=12), st.booleans())
def test_any_tasks_have_a_comparison(tasks: list[Grown], replacement: bool) -> None:
    found = compare(tasks, "self", replacement=replacement)
    assert 0 <= found.iid.pass_rate <= 1

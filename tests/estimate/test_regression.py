"""A run against its baselines: how much lower it is, of tasks like these and of these alone."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparing import record, task_of
from examples import examples
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.tree import Grown
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.comparison.regression import Baselines
from pytest_selfrepair.estimate.intervals.draws_noise import rates, same_tasks, standard_error

SOLVED = task_of([True], {"self": []})
REPAIRED = task_of([False], {"self": [[True]]})
UNSOLVED = task_of([False], {"self": [[False]]})
MADE = st.lists(st.sampled_from([SOLVED, REPAIRED, UNSOLVED]), min_size=2, max_size=20)


def run(*tasks: Grown | None) -> list[Record]:
    return [record(number, grown) for number, grown in enumerate(tasks)]


def branches(passing: int, of: int) -> Grown:
    """A task with so many programs; half of the branches that pass do so by repair alone."""
    programs = [number < passing // 2 for number in range(of)]
    failing = of - passing // 2
    repaired = passing - passing // 2
    return task_of(programs, {"self": [[number < repaired] for number in range(failing)]})


def test_a_fall_is_what_the_run_lacks_and_repairs_count() -> None:
    before = run(*[REPAIRED, UNSOLVED] * 10)
    after = run(*[UNSOLVED, UNSOLVED, SOLVED, UNSOLVED] * 5)
    found = Baselines([before]).fall(after)
    assert found.fall == pytest.approx(0.25)
    assert (found.tasks, found.runs) == (20, 1)
    assert found.p < 0.05
    assert 0 < found.lower < found.fall < found.upper


@given(MADE)
def test_a_replay_shows_no_fall_whatever_was_solved(tasks: list[Grown]) -> None:
    found = Baselines([run(*tasks)]).fall(run(*tasks))
    assert (found.fall, found.p) == (0.0, 0.5)


@given(MADE)
def test_a_fall_is_shown_exactly_where_its_lower_bound_lies_above_zero(tasks: list[Grown]) -> None:
    found = Baselines([run(*tasks)]).fall(run(*tasks[::-1], UNSOLVED))
    if abs(found.p - 0.05) > 1e-9:
        assert (found.lower > 0) is (found.p < 0.05)


def test_of_several_baselines_each_tasks_mean_counts() -> None:
    before = [run(SOLVED, SOLVED, UNSOLVED), run(SOLVED, UNSOLVED, UNSOLVED), run(SOLVED)]
    found = Baselines(before).differences(run(UNSOLVED, SOLVED, SOLVED))
    assert found == [-1.0, 0.5, 1.0]


def test_the_spread_of_two_baselines_is_less_against_their_mean() -> None:
    solved, half = run(*[SOLVED] * 4), run(*[SOLVED, UNSOLVED] * 2)
    assert Baselines([solved]).spread({"tasks/0000"}) is None
    tasks = {each.task_id for each in solved}
    # they differ in half of the tasks; a third differs from their mean by 3/4 of that square
    assert Baselines([solved, half]).spread(tasks) == pytest.approx(0.375)
    assert Baselines([solved, half]).spread({"tasks/0000"}) == 0


def test_runs_that_share_no_scored_task_have_no_fall() -> None:
    with pytest.raises(UsageError, match="no task was scored here and in the baseline"):
        Baselines([run(SOLVED)]).fall(run(None, SOLVED))


@pytest.mark.parametrize(("n", "k"), [(4, 1), (4, 2), (5, 2), (6, 3)])
def test_the_noise_of_draws_is_unbiased_over_every_way_to_draw(n: int, k: int) -> None:
    """Of branches that pass with a known chance: enumerated over all outcomes of a task."""
    for chance in (0.2, 0.5):
        means = []
        for passing in range(n + 1):
            odds = math.comb(n, passing) * chance**passing * (1 - chance) ** (n - passing)
            found = rates([(n, n - passing)], k)
            means.append((odds, found.solved[0], found.noise[0]))
        mean = sum(odds * solved for odds, solved, _ in means)
        variance = sum(odds * (solved - mean) ** 2 for odds, solved, _ in means)
        assert mean == pytest.approx(1 - (1 - chance) ** k)
        assert sum(odds * noise for odds, _, noise in means) == pytest.approx(variance)


def test_on_the_same_tasks_the_fall_is_that_of_pass_at_half_of_the_branches() -> None:
    before = run(*[branches(3, 4)] * 10, *[branches(0, 4)] * 10)
    after = run(*[branches(1, 4)] * 10, *[branches(0, 4)] * 10)
    found = Baselines([before]).fall_of_tasks(after)
    # pass@2 of 4: 1 of 3 passing fails with 0 of 6 pairs, of 1 passing with 3 of 6
    assert found.rate == "pass@2 of these tasks"
    assert found.fall == pytest.approx(0.25)
    assert found.lower < found.fall < found.upper


def test_a_single_program_a_task_has_no_known_noise_of_draws() -> None:
    runs = run(SOLVED, UNSOLVED)
    with pytest.raises(UsageError, match="found a single program of some task"):
        Baselines([runs]).fall_of_tasks(runs)
    with pytest.raises(UsageError, match="found 1 tasks with whole trees"):
        Baselines([runs]).least_limit_of_tasks({"tasks/0000"}, 4)


def test_more_baselines_and_more_branches_hold_smaller_limits() -> None:
    few = [run(*[branches(2, 4), branches(1, 4)] * 20) for _ in range(3)]
    many = [run(*[branches(8, 16), branches(4, 16)] * 20)]
    tasks = {each.task_id for each in few[0]}
    one, three = (Baselines(few[:n]).least_limit_of_tasks(tasks, 4) for n in (1, 3))
    assert three < one
    # at one and the same k: pass@2 of 16 branches is surer than of 4
    at_2 = [rates([(16, 8), (16, 12)] * 20, 2)]
    assert standard_error(at_2, at_2[0]) < standard_error(
        [rates([(4, 2), (4, 3)] * 20, 2)], rates([(4, 2), (4, 3)] * 20, 2)
    )
    assert Baselines(many).least_limit_of_tasks(tasks, 16) < 0.5


@examples(30)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30),
    st.integers(1, 3),
)
def test_bounds_and_p_on_the_same_tasks_never_contradict_each_other(
    failing: list[tuple[int, int]], k: int
) -> None:
    before, after = (rates([(6, each[which]) for each in failing], k) for which in (0, 1))
    found = same_tasks([before], after)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.lower > 0) is (found.p < 0.05)
    if before.solved == after.solved:
        assert (found.fall, found.p) == (0.0, 0.5)


def test_of_unchanged_tasks_few_falls_are_shown() -> None:
    """Forty tasks whose branches pass with chances of their own; both runs draw from them."""
    rng = np.random.default_rng(7)
    shown = 0
    for _ in range(400):
        chances = rng.beta(0.6, 0.8, size=40)
        drawn = [rng.binomial(6, 1 - chances) for _ in range(2)]
        before, after = (rates([(6, int(each)) for each in run_], 3) for run_ in drawn)
        shown += same_tasks([before], after).p < 0.05
    assert shown / 400 <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 400)


def test_a_branch_passes_with_any_repair_below_its_program() -> None:
    for passing, of in itertools.product(range(5), [4]):
        tasks = run(branches(passing, of), UNSOLVED)
        found = Baselines([tasks])._branches[0]  # noqa: SLF001 - what the rates are made of
        assert found["tasks/0000"] == (4, 4 - passing)

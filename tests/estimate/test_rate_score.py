"""The interval of a rate over tasks: what it comes to, and how often it holds the truth."""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP
from pytest_selfrepair.estimate.intervals.rate_score import rate_interval
from pytest_selfrepair.estimate.intervals.statistics import mean_of, ratio_of

shares = st.integers(0, 5).map(lambda passing: passing / 5)
tasks = st.lists(shares, min_size=10, max_size=40)


def ends(each: list[float] | Floats) -> tuple[float, float]:
    found = BOOTSTRAP.of([""] * len(each)).rate(mean_of(each))
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@given(st.integers(0, 400), st.sampled_from([0.8, 0.95]))
def test_of_many_tasks_that_are_solved_or_not_it_is_wilsons(solved: int, level: float) -> None:
    """Half an outcome wider at a near end, as Wilson's with the correction for continuity."""
    of = 400
    rate = solved / of
    error = math.sqrt(rate * (1 - rate) / (of - 1))
    low, high = rate_interval(rate, error, of, 1, level)
    tried = scipy.stats.binomtest(solved, of)
    plain = tried.proportion_ci(level, method="wilson")
    wide = tried.proportion_ci(level, method="wilsoncc")
    assert wide.low - 0.001 < low < plain.low + 0.001
    assert plain.high - 0.001 < high < wide.high + 0.001


@given(tasks)
def test_it_holds_the_rate_and_lies_between_0_and_1(each: list[float]) -> None:
    low, high = ends(each)
    assert 0 <= low <= np.mean(each) <= high <= 1
    assert low < high


@given(tasks)
def test_tasks_that_are_turned_over_turn_it_over(each: list[float]) -> None:
    low, high = ends(each)
    assert ends([1 - value for value in each]) == pytest.approx((1 - high, 1 - low))


@given(tasks, st.integers(2, 4))
def test_more_tasks_of_the_same_kind_narrow_it(each: list[float], times: int) -> None:
    low, high = ends(each)
    narrower = ends(each * times)
    assert narrower[1] - narrower[0] < high - low


@given(tasks, st.floats(0, 1))
def test_the_higher_the_level_the_wider_it_is(each: list[float], level: float) -> None:
    error = BOOTSTRAP.of([""] * len(each)).standard_error(mean_of(each))
    rate = float(np.mean(each))
    low, high = rate_interval(rate, error, len(each), 1, 0.5 + level * 0.45)
    wide = rate_interval(rate, error, len(each), 1, 0.99)
    assert wide[0] <= low + 1e-12
    assert high - 1e-12 <= wide[1]


def test_where_all_tasks_agree_some_of_all_may_still_say_otherwise() -> None:
    t = scipy.stats.t.ppf(0.975, 19)
    others = t**2 / (20 + t**2)
    low, high = ends([1.0] * 20)
    assert high == 1.0
    assert low == pytest.approx(1 - others, abs=0.02)
    assert ends([0.4] * 20) == pytest.approx((0.4 - others * 0.4, 0.4 + others * 0.6))


def test_a_single_task_that_says_otherwise_hardly_moves_it() -> None:
    """No special case widens the interval where none does."""
    agreeing, nearly = ends([0.0] * 20), ends([0.0] * 19 + [0.01])
    assert nearly == pytest.approx(agreeing, abs=0.03)


def test_where_tasks_agree_within_difficulties_each_difficulty_may_still_be_wrong() -> None:
    drawn = BOOTSTRAP.of(["a"] * 10 + ["b"] * 10)
    found = drawn.rate(mean_of([1.0] * 10 + [0.0] * 10))
    t = scipy.stats.t.ppf(0.975, 18)
    others = t**2 / (20 + t**2)
    assert (found.low, found.high) == pytest.approx((0.5 - others, 0.5 + others))


def zeros(size: int, rng: np.random.Generator) -> Floats:
    """Chances of which most are 0 and few high: ten tasks show hardly any of the latter."""
    return np.where(rng.random(size) < 0.5, 0.0, rng.beta(0.4, 1.6, size))


def high(size: int, rng: np.random.Generator) -> Floats:
    return rng.beta(4, 1.2, size)


def rare(size: int, rng: np.random.Generator) -> Floats:
    """One program in 300 passes, so that most runs show none or a single one."""
    return np.full(size, 1 / 300) + 0 * rng.random(size)


@pytest.mark.parametrize("count", [10, 20, 60])
@pytest.mark.parametrize(("chances", "truth"), [(zeros, 0.1), (high, 4 / 5.2), (rare, 1 / 300)])
def test_it_holds_the_truth_as_often_as_it_says(
    chances: Callable[[int, np.random.Generator], Floats], truth: float, count: int
) -> None:
    rng, runs, held = np.random.default_rng(11), 500, 0
    for _ in range(runs):
        low, high = ends(rng.binomial(5, chances(count, rng)) / 5)
        held += low <= truth <= high
    assert held / runs > 0.93 - 2 * math.sqrt(0.07 * 0.93 / runs)


def test_the_interval_of_repairs_that_pass_knows_that_those_of_a_task_are_alike() -> None:
    # Taken one by one, 300 repairs would give an interval a third as wide, which rarely holds.
    rng = np.random.default_rng(5)
    held, held_one_by_one = 0, 0
    for _ in range(300):
        tried = rng.choice([5, 10], size=40)
        passed = rng.binomial(tried, rng.beta(0.3, 0.7, size=40))
        found = BOOTSTRAP.of([""] * 40).rate(ratio_of(passed, tried))
        held += (found.low or 0.0) <= 0.3 <= (found.high or 0.0)
        rate = passed.sum() / tried.sum()
        half = NormalDist().inv_cdf(0.975) * math.sqrt(rate * (1 - rate) / tried.sum())
        held_one_by_one += abs(rate - 0.3) <= half
    assert held / 300 > 0.93
    assert held_one_by_one / 300 < 0.7

"""Intervals over tasks, against scipy, against figures by hand, and by how often they hold."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals.bootstrap import Bootstrap, Statistic
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.statistics import (
    interpolated,
    mean_estimate,
    mean_of,
    ratio_of,
    sampling_noise,
)

FEW = Bootstrap(draws=400)
MANY = Bootstrap(draws=40_000)
values = st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), min_size=10, max_size=40)


def ends(found: Estimate) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@settings(max_examples=60)
@given(values)
def test_the_interval_of_a_mean_holds_the_mean_and_keeps_to_its_bounds(each: list[float]) -> None:
    found = mean_estimate(each, [""] * len(each), how=FEW)
    low, high = ends(found)
    assert found.value == pytest.approx(np.mean(each))
    assert 0 <= low <= found.value + 1e-12
    assert found.value - 1e-12 <= high <= 1


@settings(max_examples=40)
@given(values, st.floats(0.5, 20), st.floats(-5, 5))
def test_the_interval_moves_and_stretches_with_the_values(
    each: list[float], scale: float, shift: float
) -> None:
    assume(max(each) - min(each) > 0.01)
    plain = mean_estimate(each, [""] * len(each), how=FEW, bounds=None)
    moved = mean_estimate(scale * np.array(each) + shift, [""] * len(each), how=FEW, bounds=None)
    assert plain.method == moved.method
    expected = scale * np.array(ends(plain)) + shift
    np.testing.assert_allclose(ends(moved), expected, atol=1e-6)


def scipy_bca(samples: tuple[Floats, ...], statistic: object, *, paired: bool) -> tuple[float, ...]:
    """The same by scipy, at the level to which ours is widened for so few tasks."""
    strata = samples[:1] if paired else samples
    within = [(len(each) * each.var(), len(each)) for each in strata]
    factor = sum(ss * n / (n - 1) for ss, n in within) / sum(ss for ss, _ in within)
    freedom = sum(n - 1 for _, n in within)
    reach = math.sqrt(factor) * stats.t.ppf(0.975, freedom)
    interval = stats.bootstrap(
        samples,
        statistic,
        n_resamples=MANY.draws,
        paired=paired,
        vectorized=True,
        method="BCa",
        confidence_level=2 * stats.norm.cdf(reach) - 1,
        rng=np.random.default_rng(1),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def close(found: Estimate, expected: tuple[float, ...]) -> bool:
    """Ends that differ by no more than two times 40,000 draws do by chance."""
    width = expected[1] - expected[0]
    assert found.method is not None
    assert found.method.startswith("BCa")
    return bool(np.all(np.abs(np.subtract(ends(found), expected)) < 0.05 * width))


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_of_skewed_values_agrees_with_scipy(seed: int) -> None:
    each = np.random.default_rng(seed).exponential(size=30)
    found = mean_estimate(each, [""] * 30, how=MANY, bounds=None)
    assert close(found, scipy_bca((each,), np.mean, paired=False))


@pytest.mark.parametrize("seed", range(3))
def test_a_ratio_of_sums_agrees_with_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tried = rng.integers(1, 12, size=40)
    passed = rng.binomial(tried, 0.2).astype(float)
    found = MANY.of([""] * 40).estimate(ratio_of(passed, tried))

    def ratio(parts: Floats, wholes: Floats, axis: int) -> Floats:
        return np.asarray(parts.sum(axis=axis) / wholes.sum(axis=axis))

    assert close(found, scipy_bca((passed, tried.astype(float)), ratio, paired=True))


@pytest.mark.parametrize("seed", range(3))
def test_strata_agree_with_scipy_on_several_samples(seed: int) -> None:
    rng = np.random.default_rng(seed)
    easy, hard = rng.exponential(size=15), 3 + rng.exponential(2, size=30)
    found = mean_estimate([*easy, *hard], ["a"] * 15 + ["b"] * 30, how=MANY, bounds=None)

    def mean(first: Floats, second: Floats, axis: int) -> Floats:
        return np.asarray((first.sum(axis=axis) + second.sum(axis=axis)) / 45)

    assert close(found, scipy_bca((easy, hard), mean, paired=False))


def test_drawing_within_difficulties_leaves_out_what_lies_between_them() -> None:
    each, strata = [1.0] * 18 + [0.9, 0.8] + [0.0] * 18 + [0.1, 0.2], ["a"] * 20 + ["b"] * 20
    within, plain = mean_estimate(each, strata), mean_estimate(each, [""] * 40)
    assert ends(within)[1] - ends(within)[0] < 0.2 * (ends(plain)[1] - ends(plain)[0])
    assert within.method == "BCa bootstrap over tasks within difficulties, 10,000 draws"
    assert plain.method == "BCa bootstrap over tasks, 10,000 draws"


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40))
def test_no_stratum_is_smaller_than_five_where_others_can_make_up_for_it(labels: list[str]) -> None:
    strata = FEW.of(labels).strata
    assert sorted(position for stratum in strata for position in stratum) == list(
        range(len(labels))
    )
    assert len(strata) == 1 or min(map(len, strata)) >= 5


def test_the_standard_error_of_a_mean_is_the_textbook_one() -> None:
    each = np.random.default_rng(0).random(25)
    found = FEW.of([""] * 25).standard_error(mean_of(each))
    assert found == pytest.approx(each.std(ddof=1) / 5)


def test_the_standard_error_within_strata_is_the_textbook_one() -> None:
    rng = np.random.default_rng(0)
    easy, hard = rng.random(10), rng.random(30)
    found = FEW.of(["a"] * 10 + ["b"] * 30).standard_error(mean_of([*easy, *hard]))
    variance = (10**2 * easy.var(ddof=1) / 10 + 30**2 * hard.var(ddof=1) / 30) / 40**2
    assert found == pytest.approx(math.sqrt(variance))


def test_fewer_than_ten_tasks_have_no_interval() -> None:
    found = mean_estimate([0.0, 1.0] * 4 + [1.0], ["a"] * 9)
    assert found == Estimate(value=found.value)
    assert found.value == pytest.approx(5 / 9)


def test_tasks_that_say_nothing_do_not_count_towards_the_ten() -> None:
    drawn = FEW.of([""] * 20)
    tried = [1] * 9 + [0] * 11
    found = drawn.estimate(ratio_of([1, 0, 1] * 3 + [0] * 11, tried), informative=9)
    assert found == Estimate(value=found.value)
    assert found.value == pytest.approx(2 / 3)


def test_where_all_tasks_agree_the_interval_is_that_of_clopper_and_pearson() -> None:
    found = mean_estimate([1.0] * 20, [""] * 20)
    low = stats.binomtest(20, 20).proportion_ci(0.95, method="exact").low
    assert ends(found) == pytest.approx((low, 1.0))
    assert found.method == "Clopper-Pearson bound, since all 20 tasks agree"
    none = mean_estimate([0.0] * 20, [""] * 20)
    assert ends(none) == pytest.approx((0.0, 1 - low))


def test_where_tasks_agree_within_difficulties_each_difficulty_may_still_be_wrong() -> None:
    found = mean_estimate([1.0] * 10 + [0.0] * 10, ["a"] * 10 + ["b"] * 10)
    others = 1 - 0.025 ** (1 / 20)
    assert ends(found) == pytest.approx((0.5 - others, 0.5 + others))
    assert found.method == "Clopper-Pearson bound, since all 20 tasks agree within difficulties"


def test_where_all_tasks_agree_on_what_knows_no_bounds_there_is_no_interval() -> None:
    assert mean_estimate([700.0] * 20, [""] * 20, bounds=None) == Estimate(value=700.0)


def test_where_bca_breaks_down_the_percentiles_are_said_to_be_used() -> None:
    # The largest value has no draw beyond it.
    largest: Statistic = lambda weights: np.where(weights > 0, np.arange(12), -1).max(axis=1)  # noqa: E731
    found = FEW.of([""] * 12).estimate(largest, bounds=None)
    assert found.method == "percentile bootstrap over tasks, 400 draws"
    assert found.high == found.value == 11


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    each = list(np.random.default_rng(0).random(30))
    first, again, other = (
        mean_estimate(each, [""] * 30, how=Bootstrap(draws=500, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert ends(first) != ends(other)


def coverage(level: float, tasks: int, runs: int) -> float:
    """How often the interval holds the true mean of tasks that each pass 5 of 5 to 0 of 5."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(runs):
        each = rng.binomial(5, rng.beta(0.6, 1.4, size=tasks)) / 5
        low, high = ends(mean_estimate(each, [""] * tasks, how=Bootstrap(draws=1000, level=level)))
        held += low <= 0.3 <= high
    return held / runs


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_holds_the_truth_as_often_as_it_says(level: float) -> None:
    assert coverage(level, tasks=60, runs=400) == pytest.approx(level, abs=0.035)


def test_the_interval_of_repairs_that_pass_knows_that_those_of_a_task_are_alike() -> None:
    # Taken one by one, 300 repairs would give an interval a third as wide, which rarely holds.
    rng = np.random.default_rng(5)
    held, held_one_by_one = 0, 0
    for _ in range(200):
        tried = rng.choice([5, 10], size=40)
        passed = rng.binomial(tried, rng.beta(0.3, 0.7, size=40))
        low, high = ends(Bootstrap(draws=1000).of([""] * 40).estimate(ratio_of(passed, tried)))
        held += low <= 0.3 <= high
        rate = passed.sum() / tried.sum()
        half = NormalDist().inv_cdf(0.975) * math.sqrt(rate * (1 - rate) / tried.sum())
        held_one_by_one += abs(rate - 0.3) <= half
    assert held / 200 > 0.9
    assert held_one_by_one / 200 < 0.7


@given(st.integers(2, 6), st.integers(1, 5), st.integers(0, 10_000))
def test_rows_are_interpolated_as_numpy_interpolates_one(points: int, rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    xs = np.cumsum(rng.random((rows, points)) + 0.01, axis=1)
    ys, at = rng.random((rows, points)), rng.random(rows) * (points + 1)
    expected = [np.interp(at[i], xs[i], ys[i]) for i in range(rows)]
    np.testing.assert_allclose(interpolated(at, xs, ys), expected)


def test_the_band_of_the_paper_is_the_noise_of_one_tree_per_task() -> None:
    chances = np.array([0.0, 1.0, 0.5, 0.2])
    found = sampling_noise(chances)
    rng = np.random.default_rng(0)
    drawn = (rng.random((20_000, 4)) < chances).mean(axis=1)
    assert found.value == pytest.approx(0.425)
    assert ends(found)[1] - found.value == pytest.approx(drawn.std(), rel=0.03)
    assert found.method == "±1 sd of one tree per task, the tasks held fixed"

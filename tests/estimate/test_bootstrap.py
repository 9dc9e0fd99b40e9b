"""Intervals over tasks, against scipy, against figures by hand, and by how often they hold."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy
from hypothesis import assume, given
from hypothesis import strategies as st

from examples import examples
from pytest_selfrepair.estimate.exact.draws import Floats
from pytest_selfrepair.estimate.intervals.bootstrap import BOOTSTRAP, Bootstrap
from pytest_selfrepair.estimate.intervals.estimate import Estimate
from pytest_selfrepair.estimate.intervals.statistics import (
    interpolated,
    mean_of,
    ratio_of,
    sampling_noise,
)

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.intervals.jackknife import Statistic

FEW = Bootstrap(draws=400)
MANY = Bootstrap(draws=40_000)
values = st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), min_size=10, max_size=40)


def mean_estimate(
    values: Sequence[float] | Floats, strata: Sequence[str], *, how: Bootstrap = BOOTSTRAP
) -> Estimate:
    return how.of(strata).rate(mean_of(values))


def ends(found: Estimate) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@examples(30)
@given(values)
def test_the_interval_of_a_mean_holds_the_mean_and_keeps_to_its_bounds(each: list[float]) -> None:
    found = mean_estimate(each, [""] * len(each), how=FEW)
    low, high = ends(found)
    assert found.value == pytest.approx(np.mean(each))
    assert 0 <= low <= found.value + 1e-12
    assert found.value - 1e-12 <= high <= 1


@examples(20)
@given(values, st.floats(0.5, 20), st.floats(-5, 5))
def test_the_interval_moves_and_stretches_with_the_values(
    each: list[float], scale: float, shift: float
) -> None:
    assume(max(each) - min(each) > 0.01)
    drawn = FEW.of([""] * len(each))
    plain = drawn.estimate(mean_of(each))
    moved = drawn.estimate(mean_of(scale * np.array(each) + shift))
    assert plain.method == moved.method
    expected = scale * np.array(ends(plain)) + shift
    np.testing.assert_allclose(ends(moved), expected, atol=1e-6)


def scipy_bca(samples: tuple[Floats, ...], statistic: object, *, paired: bool) -> tuple[float, ...]:
    """The same by scipy, at the level to which ours is widened for so few tasks."""
    strata = samples[:1] if paired else samples
    within = [(len(each) * each.var(), len(each)) for each in strata]
    factor = sum(ss * n / (n - 1) for ss, n in within) / sum(ss for ss, _ in within)
    freedom = sum(n - 1 for _, n in within)
    reach = math.sqrt(factor) * scipy.stats.t.ppf(0.975, freedom)
    interval = scipy.stats.bootstrap(
        samples,
        statistic,
        n_resamples=MANY.draws,
        paired=paired,
        vectorized=True,
        method="BCa",
        confidence_level=2 * scipy.stats.norm.cdf(reach) - 1,
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
    found = MANY.of([""] * 30).estimate(mean_of(each))
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
    found = MANY.of(["a"] * 15 + ["b"] * 30).estimate(mean_of([*easy, *hard]))

    def mean(first: Floats, second: Floats, axis: int) -> Floats:
        return np.asarray((first.sum(axis=axis) + second.sum(axis=axis)) / 45)

    assert close(found, scipy_bca((easy, hard), mean, paired=False))


def test_drawing_within_difficulties_leaves_out_what_lies_between_them() -> None:
    each, strata = [1.0] * 18 + [0.9, 0.8] + [0.0] * 18 + [0.1, 0.2], ["a"] * 20 + ["b"] * 20
    within, plain = Bootstrap().of(strata), Bootstrap().of([""] * 40)
    of_costs = [drawn.estimate(mean_of(each)) for drawn in (within, plain)]
    of_rates = [drawn.rate(mean_of(each)) for drawn in (within, plain)]
    for narrow, wide in (of_costs, of_rates):
        assert ends(narrow)[1] - ends(narrow)[0] < 0.3 * (ends(wide)[1] - ends(wide)[0])
    assert [found.method for found in of_costs] == [
        "BCa bootstrap over tasks within difficulties, 10,000 draws",
        "BCa bootstrap over tasks, 10,000 draws",
    ]
    assert [found.method for found in of_rates] == [
        "score interval over tasks (Wilson) with Student's t within difficulties",
        "score interval over tasks (Wilson) with Student's t",
    ]


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
    found = drawn.rate(ratio_of([1, 0, 1] * 3 + [0] * 11, tried), informative=9)
    assert found == Estimate(value=found.value)
    assert found.value == pytest.approx(2 / 3)


def test_where_all_tasks_agree_on_a_cost_there_is_no_interval() -> None:
    assert FEW.of([""] * 20).estimate(mean_of([700.0] * 20)) == Estimate(value=700.0)


def test_where_bca_breaks_down_the_percentiles_are_said_to_be_used() -> None:
    # The largest value has no draw beyond it.
    largest: Statistic = lambda weights: np.where(weights > 0, np.arange(12), -1).max(axis=1)  # noqa: E731
    found = FEW.of([""] * 12).estimate(largest)
    assert found.method == "percentile bootstrap over tasks, 400 draws"
    assert found.high == found.value == 11


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    each = list(np.random.default_rng(0).random(30))
    first, again, other = (
        Bootstrap(draws=500, seed=seed).of([""] * 30).estimate(mean_of(each)) for seed in (1, 1, 2)
    )
    assert first == again
    assert ends(first) != ends(other)


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

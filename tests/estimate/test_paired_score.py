"""The score interval of paired differences: known figures, and what must hold of any."""

import math

import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.estimate.intervals.paired_score import PairedScore, paired_score
from pytest_selfrepair.estimate.intervals.student import quantile, upper_tail

DIFFERENCES = st.lists(st.floats(-1, 1), min_size=2, max_size=80)


def counts(won: int, lost: int, n: int) -> PairedScore:
    return paired_score([1.0] * won + [-1.0] * lost + [0.0] * (n - won - lost))


@pytest.mark.parametrize(("n", "reach"), [(20, 0.180), (60, 0.063), (300, 0.013)])
def test_equal_runs_have_an_interval_that_only_their_number_decides(n: int, reach: float) -> None:
    found = counts(0, 0, n)
    t = scipy.stats.t.ppf(0.975, n - 1)
    assert found.high == pytest.approx(t**2 / (n + t**2), abs=1e-12)
    assert found.high == pytest.approx(reach, abs=5e-4)
    assert found.low == -found.high
    assert found.p == 1.0
    assert found.side == 0


@pytest.mark.parametrize(("won", "p"), [(3, 0.089), (4, 0.0501), (5, 0.029)])
def test_few_wins_against_none_of_sixty(won: int, p: float) -> None:
    found = counts(won, 0, 60)
    assert found.p == pytest.approx(p, abs=7e-4)
    assert (found.low > 0) is (found.p < 0.05)


@pytest.mark.parametrize(("won", "lost", "n"), [(9, 1, 44), (3, 0, 60), (2, 7, 20)])
def test_its_ends_are_where_the_constrained_likelihood_puts_them(
    won: int, lost: int, n: int
) -> None:
    """Independent of the closed form of Tango's root: the maximum is searched for."""
    found = counts(won, lost, n)
    reach = scipy.stats.t.ppf(0.975, n - 1)
    for end, sign in ((found.low, 1), (found.high, -1)):

        def unlikely(share: float, end: float = end) -> float:
            cells = (won, share + end), (lost, share), (n - won - lost, 1 - 2 * share - end)
            return -sum(count * math.log(max(p, 1e-300)) for count, p in cells if count)

        least, most = max(0.0, -end), (1 - end) / 2
        share = scipy.optimize.minimize_scalar(
            unlikely, bounds=(least, most), method="bounded", options={"xatol": 1e-12}
        ).x
        deviation = math.sqrt(n * (2 * share + end - end**2))
        assert (won - lost - n * end) / deviation == pytest.approx(sign * reach, abs=1e-3)


def test_one_pair_says_nothing_and_none_is_refused() -> None:
    found = paired_score([1.0])
    assert (found.low, found.high, found.p, found.side) == (-1.0, 1.0, 1.0, 0)
    with pytest.raises(UsageError, match="found none"):
        paired_score([])


def test_two_pairs_have_one_degree_of_freedom() -> None:
    found = paired_score([1.0, 1.0])
    assert found.p == pytest.approx(2 * scipy.stats.t.sf(math.sqrt(2), 1), abs=1e-12)
    t = scipy.stats.t.ppf(0.975, 1)
    assert found.low == pytest.approx((2 - t**2) / (2 + t**2), abs=1e-9)
    assert found.high == 1.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_difference_that_rounding_put_beyond_one_counts_as_one(sign: float) -> None:
    found = paired_score([math.nextafter(sign, 2 * sign)] * 8)
    whole = paired_score([sign] * 8)
    assert found.estimate == whole.estimate
    assert (found.low, found.high) == pytest.approx((whole.low, whole.high))
    assert found.p == pytest.approx(whole.p)


def test_a_mean_that_is_no_difference_of_rates_is_refused() -> None:
    with pytest.raises(UsageError, match=r"found 1\.5; accepted: -1 to 1"):
        paired_score([1.5, 1.5])


@given(DIFFERENCES)
def test_interval_and_p_never_contradict_each_other(differences: list[float]) -> None:
    found = paired_score(differences)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.low > 0 or found.high < 0) is (found.p < 0.05)
        assert (found.side != 0) is (found.p < 0.05)
    assert -1 <= found.low <= found.estimate + 1e-12
    assert found.estimate - 1e-12 <= found.high <= 1


@given(DIFFERENCES)
def test_one_sided_bounds_and_one_sided_p_never_contradict_each_other(
    differences: list[float],
) -> None:
    found = paired_score(differences)
    if abs(found.p_rise - 0.05) > 1e-9:
        assert (found.lower_bound > 0) is (found.p_rise < 0.05)
    if abs(found.p_fall - 0.05) > 1e-9:
        assert (found.upper_bound < 0) is (found.p_fall < 0.05)


@given(DIFFERENCES)
def test_exchanging_the_runs_turns_the_interval_around(differences: list[float]) -> None:
    found = paired_score(differences)
    turned = paired_score([-each for each in differences])
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert turned.p == found.p
    assert (turned.won, turned.lost) == (found.lost, found.won)


@given(DIFFERENCES, st.integers(0, 79), st.sampled_from([-1e-7, 1e-7]))
def test_a_small_change_of_a_difference_moves_the_interval_little(
    differences: list[float], which: int, by: float
) -> None:
    which %= len(differences)
    moved = list(differences)
    moved[which] = min(max(moved[which] + by, -1.0), 1.0)
    was, now = paired_score(differences), paired_score(moved)
    assert (now.low, now.high) == pytest.approx((was.low, was.high), abs=1e-3)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=60).filter(lambda e: abs(sum(e)) <= len(e)))
def test_influence_values_beyond_one_hold_the_same(values: list[float]) -> None:
    found = paired_score(values)
    if abs(found.p - 0.05) > 1e-9:
        assert (found.low > 0 or found.high < 0) is (found.p < 0.05)


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 19, 59, 299, 9_999])
@pytest.mark.parametrize("t", [-40.0, -2.0, -1e-9, 0.0, 0.3, 1.96, 5.0, 60.0])
def test_the_tail_of_students_t_is_scipys(freedom: int, t: float) -> None:
    assert upper_tail(t, freedom) == pytest.approx(
        scipy.stats.t.sf(t, freedom), rel=1e-9, abs=1e-15
    )


@pytest.mark.parametrize("freedom", [1, 2, 9, 59, 299])
@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 0.95, 0.975, 0.9995])
def test_the_quantiles_of_students_t_are_scipys(freedom: int, share: float) -> None:
    assert quantile(share, freedom) == pytest.approx(scipy.stats.t.ppf(share, freedom), rel=1e-9)

"""Which difference so many tasks can show: held against simulation of the test itself."""

import math

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.estimate.intervals.power import (
    SPREADS,
    least_gain,
    least_limit,
    least_margin,
    power,
    spread_of,
)


def won_and_lost(n: int, gain: float, spread: float, draws: int = 4000) -> tuple[np.ndarray, ...]:
    """So many runs of n tasks that differ in `spread` of them, with a gain."""
    differ = max(spread, gain)
    chances = [(differ + gain) / 2, (differ - gain) / 2, 1 - differ]
    drawn = np.random.default_rng(3).multinomial(n, chances, size=draws)
    return drawn[:, 0], drawn[:, 1]


@pytest.mark.parametrize("n", [20, 60, 300])
@pytest.mark.parametrize("spread", SPREADS)
def test_the_least_gain_is_shown_in_four_of_five_runs_or_more(n: int, spread: float) -> None:
    gain = least_gain(n, spread)
    assert gain is not None
    won, lost = won_and_lost(n, gain, spread)
    p = 2 * scipy.stats.t.sf((won - lost) / np.sqrt(np.maximum(won + lost, 1)), n - 1)
    assert 0.78 <= np.mean(p < 0.05) <= 0.95


@pytest.mark.parametrize("n", [60, 300])
@pytest.mark.parametrize("spread", SPREADS)
def test_a_fall_of_twice_the_least_limit_fails_the_gate_in_four_of_five_runs(
    n: int, spread: float
) -> None:
    limit = least_limit(n, spread)
    assert limit is not None
    lost, won = won_and_lost(n, 2 * limit, spread + 2 * limit)
    p = scipy.stats.t.sf((lost - won) / np.sqrt(np.maximum(won + lost, 1)), n - 1)
    assert 0.75 <= np.mean((p < 0.05) & ((lost - won) / n > limit)) <= 0.9


@pytest.mark.parametrize(
    ("n", "limits"), [(60, (0.069, 0.082, 0.101)), (300, (0.022, 0.028, 0.038))]
)
def test_known_least_limits(n: int, limits: tuple[float, ...]) -> None:
    found = [least_limit(n, spread) for spread in SPREADS]
    assert found == [pytest.approx(limit, abs=5e-4) for limit in limits]


def test_noninferiority_cannot_be_had_at_the_limits_that_a_shown_fall_holds() -> None:
    for n in (60, 300):
        for spread in SPREADS:
            margin, limit = least_margin(n, spread), least_limit(n, spread)
            assert margin is not None
            assert limit is not None
            assert margin > 1.4 * limit


def test_few_tasks_show_nothing() -> None:
    assert (least_gain(1, 0.1), least_limit(1, 0.1), least_margin(1, 0.1)) == (None, None, None)
    assert (least_gain(3, 0.1), least_limit(3, 0.1)) == (None, None)


# With fewer than seven tasks not even a gain of 1 is shown, and greater ones may be shown less.
@given(st.integers(7, 400), st.floats(0, 1), st.floats(0.001, 0.5), st.floats(1, 2))
def test_power_grows_with_the_gain_and_stays_a_chance(
    n: int, spread: float, gain: float, more: float
) -> None:
    less, greater = power(gain, n, spread), power(gain * more, n, spread)
    assert 0 <= less <= greater + 1e-9 <= 1 + 1e-9


def test_the_spread_is_the_mean_of_squares() -> None:
    assert spread_of([1.0, -0.5, 0.0, 0.0]) == pytest.approx(0.3125)
    assert math.isclose(spread_of([-1.0]), 1.0)

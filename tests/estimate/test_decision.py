"""A difference, its interval, its p-value and the word for it, said together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.estimate.intervals.decision import Evidence, alone, decided, side
from pytest_selfrepair.estimate.intervals.paired_score import paired_score

VALUES = st.lists(st.floats(-1, 1), min_size=10, max_size=10)


@given(family=st.lists(st.tuples(VALUES, st.none() | VALUES), min_size=1, max_size=6))
def test_word_interval_and_p_value_never_contradict(
    family: list[tuple[list[float], list[float] | None]],
) -> None:
    for found in decided([Evidence(values=a, cautious=b) for a, b in family]):
        assert found.low is not None
        assert found.high is not None
        assert found.p is not None
        if abs(found.p - 0.05) > 1e-6:  # where both ends are as near as the bisection is
            said = 1 if found.low > 0 else -1 if found.high < 0 else 0
            assert side(found) == said
            assert (found.p < 0.05) == bool(said)


def test_a_difference_alone_is_that_of_its_test() -> None:
    values = [1.0] * 6 + [-1.0] + [0.0] * 50
    test, found = paired_score(values), alone(Evidence(values=values))
    assert (found.value, found.low, found.high, found.p) == (
        test.estimate,
        test.low,
        test.high,
        test.p,
    )


def test_holm_multiplies_each_p_value_by_those_that_are_left() -> None:
    counts = (8, 6, 5)
    family = [[1.0] * won + [0.0] * 52 for won in counts]
    raw = [paired_score(values).p for values in family]
    found = decided([Evidence(values=values) for values in family])
    assert [each.p for each in found] == pytest.approx(
        [3 * raw[0], max(3 * raw[0], 2 * raw[1]), max(2 * raw[1], raw[2])]
    )


def test_six_null_sources_say_anything_in_at_most_one_run_of_twenty() -> None:
    rng = np.random.default_rng(15)

    def said() -> bool:
        sources = [
            rng.choice([-1.0, 0.0, 1.0], 60, p=[0.075, 0.85, 0.075]).tolist() for _ in range(6)
        ]
        return any(side(each) for each in decided([Evidence(values=e) for e in sources]))

    runs = 300
    assert sum(said() for _ in range(runs)) <= 0.05 * runs


def test_what_was_not_sampled_can_take_a_difference_back() -> None:
    won = [1.0] * 8 + [0.0] * 40
    assert side(alone(Evidence(values=won))) == 1
    held = alone(Evidence(values=won, cautious=[1.0] * 3 + [0.0] * 45))
    assert side(held) == 0
    assert held.low is not None
    assert held.low < 0
    assert held.value == pytest.approx(8 / 48)

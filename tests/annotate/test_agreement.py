"""How far people agree: against published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.annotate.agreement import agreement

FLEISS = [
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
]
"""The worked example that is handed on with Fleiss' kappa: ten things, fourteen people."""


def test_fleiss_kappa_of_the_known_example() -> None:
    ratings = {
        f"thing {number}": {
            f"person {person}": str(category)
            for person, category in enumerate(
                category for category, count in enumerate(row) for _ in range(count)
            )
        }
        for number, row in enumerate(FLEISS)
    }
    found = agreement(ratings)
    assert found.fleiss == pytest.approx(0.210, abs=5e-4)
    assert (found.things, found.people, found.pairs) == (10, 14, 910)


def test_cohens_kappa_of_the_known_example() -> None:
    cells = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    pairs = [pair for pair, count in cells.items() for _ in range(count)]
    ratings = {str(n): {"a": first, "b": second} for n, (first, second) in enumerate(pairs)}
    (found,) = agreement(ratings).by_pair
    assert found.kappa == pytest.approx(0.4)
    assert (found.people, found.things, found.same) == (("a", "b"), 50, 35)


def test_what_was_rated_once_says_nothing_of_agreement() -> None:
    found = agreement({"x": {"a": "yes"}, "y": {"b": "no"}})
    assert (found.things, found.pairs, found.share, found.fleiss) == (0, 0, None, None)
    assert found.by_pair == ()


def test_no_kappa_where_chance_alone_would_agree_always() -> None:
    found = agreement({"x": {"a": "yes", "b": "yes"}})
    assert (found.share, found.fleiss) == (1.0, None)
    assert found.by_pair[0].kappa is None


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["yes", "no", "?"])), max_size=8
    )
)
def test_kappas_and_counts_hold_together(things: list[dict[str, str]]) -> None:
    found = agreement({str(number): by for number, by in enumerate(things)})
    assert found.pairs == sum(len(by) * (len(by) - 1) // 2 for by in things)
    assert found.same == sum(pair.same for pair in found.by_pair)
    assert found.pairs == sum(pair.things for pair in found.by_pair)
    assert found.fleiss is None or -1 <= found.fleiss <= 1

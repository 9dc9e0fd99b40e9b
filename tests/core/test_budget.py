"""The token budget of one tree."""

from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.budget import Cost, Spending, TokenBudget


def test_without_a_limit_every_request_gets_what_it_wants() -> None:
    budget = TokenBudget(limit=None)
    assert [budget.reserve(100, minimum=10) for _ in range(3)] == [100, 100, 100]


def test_a_request_waits_while_others_may_leave_room_for_it() -> None:
    budget = TokenBudget(limit=150)
    assert budget.reserve(100, minimum=10) == 100
    assert budget.reserve(100, minimum=10) is None
    budget.settle(100, used=20)
    assert budget.reserve(100, minimum=10) == 100


def test_the_last_request_is_granted_what_is_left() -> None:
    budget = TokenBudget(limit=150, spent=100)
    assert budget.reserve(100, minimum=10) == 50


def test_less_than_the_least_useful_is_not_granted() -> None:
    assert TokenBudget(limit=105, spent=100).reserve(100, minimum=10) is None


@given(
    limit=st.integers(1, 500),
    wanted=st.integers(1, 200),
    used=st.lists(st.floats(0, 1), max_size=40),
)
def test_the_limit_is_never_exceeded(limit: int, wanted: int, used: list[float]) -> None:
    budget = TokenBudget(limit=limit)
    for share in used:
        granted = budget.reserve(wanted, minimum=min(wanted, 10))
        if granted is None:
            break
        budget.settle(granted, used=int(granted * share))
        assert budget.spent <= limit
        assert budget.reserved == 0


def test_spending_tells_replayed_tokens_from_paid_ones() -> None:
    spending = Spending()
    spending.add(Cost(tokens=10, prompt_tokens=3, replayed_tokens=10, samples=1, unpriced=1))
    spending.add(Cost(tokens=5, prompt_tokens=4, samples=1, dollars=0.25))
    assert spending.cost == Cost(
        tokens=15,
        prompt_tokens=7,
        replayed_tokens=10,
        samples=2,
        dollars=0.25,
        unpriced=1,
    )

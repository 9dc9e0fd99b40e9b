"""Shares of a run: every item in one, and no more spent by all together than the run may spend."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.shard import Shard, whole_account


def shards(count: int) -> list[Shard]:
    return [Shard(index=index, count=count) for index in range(count)]


@given(st.integers(0, 10**12), st.integers(1, 300))
def test_parts_of_a_whole_sum_up_to_it_and_differ_by_one_at_most(total: int, count: int) -> None:
    parts = [shard.part(total) for shard in shards(count)]
    assert sum(parts) == total
    assert max(parts) - min(parts) <= 1


@given(st.none() | st.integers(0, 10**12), st.none() | st.floats(0, 1e6), st.integers(1, 100))
def test_all_shards_together_never_spend_more_than_the_run_may(
    tokens: int | None, dollars: float | None, count: int
) -> None:
    whole = RunLimits(max_tokens=tokens, max_dollars=dollars)
    limits = [shard.limits(whole) for shard in shards(count)]
    if tokens is None:
        assert {each.max_tokens for each in limits} == {None}
    else:
        assert sum(each.max_tokens or 0 for each in limits) == tokens
    if dollars is None:
        assert {each.max_dollars for each in limits} == {None}
    else:
        picodollars = sum(round((each.max_dollars or 0) * 10**12) for each in limits)
        whole_amount = Fraction(dollars) * 10**12
        assert picodollars <= whole_amount
        assert picodollars >= whole_amount * (1 - Fraction(1, 10**9)) - 1000


def test_each_shard_has_an_account_of_its_own_that_is_a_part_of_the_runs() -> None:
    accounts = {shard.account("abc") for shard in shards(3)}
    assert len(accounts) == 3
    assert {whole_account(each) for each in accounts} == {"abc"} == {whole_account("abc")}

"""Players of known type: what they offer, and that they never overstep their limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.bargain.protocol import Act
from pytest_selfrepair.bargain.rule_players import RULES, RuleView, rule_move, rule_named
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario, read_scenario
from pytest_selfrepair.errors import UsageError


def scenario(seller: Decimal, buyer: Decimal, opening: Decimal | None = None) -> Scenario:
    return read_scenario(
        "lamp",
        {
            "schema": 1,
            "currency": "USD",
            "step": 1,
            "exchanges": 5,
            "item": {"name": "desk lamp"},
            "seller": {"limit": seller} | ({} if opening is None else {"opening": opening}),
            "buyer": {"limit": buyer},
        },
        file="lamp",
    )


def offers(name: str, rival: tuple[Decimal, ...] = ()) -> list[Decimal | None]:
    """What a seller with a limit of 10 and an opening of 42 offers in five turns."""
    found: list[Decimal | None] = []
    own: tuple[Decimal, ...] = ()
    for turn in range(5):
        table = RuleView(
            scenario=scenario(Decimal(10), Decimal(50), Decimal(42)),
            role=BargainRole.SELLER,
            turn=turn,
            own=own,
            rival=rival[:turn],
        )
        price = rule_move(RULES[name], table).price
        found.append(price)
        own = (*own, price or Decimal(0))
    return found


def test_boulware_concedes_late() -> None:
    assert offers("rule:boulware") == [42, 42, 41, 35, 10]  # 42 - 32·(t/4)^5, rounded up


def test_conceder_concedes_early() -> None:
    assert offers("rule:conceder") == [42, 18, 15, 12, 10]  # 42 - 32·(t/4)^(1/5), rounded up


def test_fixed_never_concedes() -> None:
    assert offers("rule:fixed") == [42, 42, 42, 42, 42]


def test_tit_for_tat_concedes_what_the_rival_does() -> None:
    rival = (Decimal(11), Decimal(14), Decimal(14), Decimal(13))
    assert offers("rule:tit-for-tat", rival) == [42, 42, 39, 39, 39]


def test_what_is_at_least_as_good_as_ones_own_next_offer_is_accepted() -> None:
    table = RuleView(
        scenario=scenario(Decimal(10), Decimal(50), Decimal(42)),
        role=BargainRole.SELLER,
        turn=3,
        own=(Decimal(42), Decimal(42), Decimal(41)),
        rival=(Decimal(35),),
    )
    assert rule_move(RULES["rule:boulware"], table).act is Act.ACCEPT
    worse = RuleView(
        **{**{name: getattr(table, name) for name in RuleView.__slots__}, "rival": (Decimal(34),)}
    )
    assert rule_move(RULES["rule:boulware"], worse).act is Act.OFFER


@given(
    st.sampled_from(sorted(RULES)),
    st.sampled_from(BargainRole),
    st.integers(0, 4),
    st.lists(st.integers(0, 100).map(Decimal), max_size=4),
    st.integers(1, 60).map(Decimal),
)
def test_no_rule_oversteps_its_limit(
    name: str, role: BargainRole, turn: int, rival: list[Decimal], limit: Decimal
) -> None:
    found = scenario(limit, limit + 5)
    table = RuleView(scenario=found, role=role, turn=turn, rival=tuple(rival))
    price = rule_move(RULES[name], table).price
    assert price is not None
    assert not found.oversteps(role, price)


def test_an_unknown_rule_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="found 'rule:nice'; accepted: rule:boulware"):
        rule_named("rule:nice")

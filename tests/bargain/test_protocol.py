"""The protocol `actions`: what a reply's last line does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.bargain.protocol import (
    LONGEST_TALK,
    Act,
    Breach,
    Illegal,
    Move,
    read_free_turn,
    read_move,
)
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario, read_scenario

SCENARIO = read_scenario(
    "lamp",
    {
        "schema": 1,
        "currency": "USD",
        "step": "0.5",
        "item": {"name": "desk lamp"},
        "seller": {"limit": 8},
        "buyer": {"limit": 18},
    },
    file="lamp",
)


def move(reply: str, standing: str | None = "15", scenario: Scenario = SCENARIO) -> Move | Illegal:
    price = None if standing is None else Decimal(standing)
    return read_move(reply, scenario, BargainRole.SELLER, price)


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        ("It is new.\nOFFER 16", "OFFER 16.0"),
        ("OFFER $16.50", "OFFER 16.5"),
        ("**OFFER 16.5 USD**", "OFFER 16.5"),
        ("Action: OFFER 16", "OFFER 16.0"),
        ("OFFER 1,500.50", "OFFER 1500.5"),
        ("`offer 16`", "OFFER 16.0"),
        ("Fine.\n\nACCEPT\n", "ACCEPT"),
        ("Fine.\nAccept 15", "ACCEPT"),
        ("No.\nQUIT.", "QUIT"),
        ("<think>OFFER 12? no.</think>OFFER 16", "OFFER 16.0"),
        ("I would never ACCEPT that, nor QUIT.\nOFFER 16", "OFFER 16.0"),
    ],
)
def test_a_legal_reply_is_one_action(reply: str, line: str) -> None:
    found = move(reply)
    assert isinstance(found, Move)
    assert found.line == line


@pytest.mark.parametrize(
    ("reply", "breach"),
    [
        ("", Breach.NO_REPLY),
        ("<think>I should OFFER 12", Breach.NO_REPLY),
        ("How about 15?", Breach.NO_ACTION),
        ("OFFER 15\nWhat do you say?", Breach.NO_ACTION),
        ("Offer accepted, thanks!", Breach.NO_ACTION),
        ("OFFER 15\nACCEPT", Breach.SEVERAL_ACTIONS),
        ("OFFER 15\nBuyer: too much.\nOFFER 14", Breach.OTHER_SIDE),
        ("OFFER", Breach.NO_PRICE),
        ("OFFER 15 or 16", Breach.NO_PRICE),
        ("OFFER 15.3", Breach.OFF_STEP),
        ("OFFER 15%", Breach.NO_PRICE),
        ("ACCEPT 16", Breach.OTHER_PRICE),
    ],
)
def test_an_illegal_reply_says_which_rule_it_breaks(reply: str, breach: Breach) -> None:
    found = move(reply)
    assert isinstance(found, Illegal)
    assert found.breach is breach


def test_nothing_can_be_accepted_before_anything_is_offered() -> None:
    found = move("ACCEPT", standing=None)
    assert isinstance(found, Illegal)
    assert found.breach is Breach.NO_STANDING_OFFER


def test_a_price_never_comes_from_prose() -> None:
    found = move("I accept your offer of 3 dollars, or rather 30.\nACCEPT")
    assert isinstance(found, Move)
    assert found.price == 15


def test_a_point_before_three_digits_is_read_by_the_players_own_limit() -> None:
    thousands = read_scenario(
        "car",
        {
            "schema": 1,
            "currency": "EUR",
            "step": "0.5",
            "item": {"name": "car"},
            "seller": {"limit": 1400},
            "buyer": {"limit": 1800},
        },
        file="car",
    )
    dear, cheap = move("OFFER 1.500", scenario=thousands), move("OFFER 1.500")
    assert isinstance(dear, Move)
    assert isinstance(cheap, Move)
    assert dear.price == 1500
    assert cheap.price == Decimal("1.5")


def test_a_million_characters_are_cut_and_their_last_line_is_read() -> None:
    found = move("ha " * 333_333 + "\nOFFER 16")
    assert isinstance(found, Move)
    assert found.price == 16
    assert len(found.talk) <= LONGEST_TALK


@given(st.text(max_size=200), st.sampled_from([None, Decimal(15)]))
def test_any_reply_is_a_move_or_a_breach(reply: str, standing: Decimal | None) -> None:
    found = read_move(reply, SCENARIO, BargainRole.SELLER, standing)
    if isinstance(found, Move):
        assert (found.price is None) == (found.act is Act.QUIT)
        assert found.act is not Act.ACCEPT or found.price == standing


@given(
    st.integers(0, 10**6),
    st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=80),
)
def test_an_offer_comes_back_whatever_is_said_before_it(steps: int, talk: str) -> None:
    price = steps * SCENARIO.step
    found = read_move(f"{talk}\nOFFER {price}", SCENARIO, BargainRole.SELLER, None)
    if isinstance(found, Move):
        assert found.price == price
    else:
        assert found.breach in {Breach.SEVERAL_ACTIONS, Breach.OTHER_SIDE, Breach.NO_REPLY}


def test_free_talk_is_taken_as_it_is_but_not_for_both_sides() -> None:
    found = read_free_turn("  I could do 15.\n\nReally.  ", BargainRole.SELLER)
    assert found == Move(act=Act.TALK, talk="I could do 15.\nReally.")
    other = read_free_turn("15?\n**Buyer**: deal!", BargainRole.SELLER)
    assert isinstance(other, Illegal)
    assert other.breach is Breach.OTHER_SIDE

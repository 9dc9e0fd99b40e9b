"""Scenarios: what is read, and what is said of what cannot be."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.bargain.scenario import BargainRole, Scenario, Zone, read_scenario
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.tasks.scenarios import find_scenarios, read_scenario_file

OURS = Path(__file__).parents[2] / "bargain_tasks"

FIELDS: dict[str, object] = {
    "schema": 1,
    "currency": "USD",
    "step": Decimal("0.5"),
    "item": {"name": "desk lamp", "facts": ["new"]},
    "seller": {"limit": 8, "opening": 20},
    "buyer": {"limit": 18},
}


def scenario(**changed: object) -> Scenario:
    return read_scenario("lamp", {**FIELDS, **changed}, file="lamp/scenario.toml")


def ours() -> list[Scenario]:
    found = list(find_scenarios(OURS))
    return [each.load() for each in found if not isinstance(each, TaskError)]


def test_our_own_scenarios_are_as_many_and_as_varied_as_they_should_be() -> None:
    found = ours()
    assert len(found) >= 24
    assert {each.zone for each in found} == set(Zone)
    assert {each.first for each in found} == {"seller", "buyer", "both"}
    assert len({each.currency for each in found}) >= 8
    assert min(each.buyer.limit for each in found) < 5
    assert max(each.buyer.limit for each in found) > 5_000
    assert any(each.id.endswith("/balloon") and each.seller.limit == 8 for each in found)
    assert len({each.digest for each in found}) == len(found)


def test_our_own_folders_say_which_zone_their_scenarios_have() -> None:
    assert all(f"/{each.zone}/" in each.id for each in ours())


def test_what_is_left_out_has_its_default() -> None:
    found = scenario()
    assert (found.first, found.exchanges, found.protocol) == ("seller", 10, "actions")
    assert found.buyer.opening is None
    assert found.buyer.disagreement == 0


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"schema": 2}, "schema: found 2; accepted: 1"),
        ({"currency": 5}, "currency: found 5"),
        ({"step": 0}, "step: found 0; accepted: an amount above 0"),
        ({"step": "1e-9"}, "step: found '1e-9'"),
        ({"first": "nobody"}, "first: found 'nobody'; accepted: seller or buyer or both"),
        ({"exchanges": 0}, "exchanges: found 0; accepted: a whole number from 1 to 100"),
        ({"protocol": "prose"}, "protocol: found 'prose'; accepted: actions or free"),
        ({"item": "lamp"}, "item: found 'lamp'; accepted: a table"),
        ({"item": {"name": "x", "facts": "new"}}, "item.facts: found 'new'"),
        ({"seller": {"limit": 8.25}}, "seller.limit: found 8.25; accepted: an amount"),
        ({"seller": {"limit": Decimal("8.25")}}, "seller.limit: found 8.25; accepted: a multiple"),
        ({"seller": {"limit": 8, "opening": 7}}, "seller.opening: found 7.0; accepted: at least"),
        ({"buyer": {"limit": 8, "opening": 9}}, "buyer.opening: found 9.0; accepted: at most"),
        ({"buyer": {"limit": -1}}, "buyer.limit: found -1; accepted: a multiple of step"),
        ({"buyer": {"limit": 9, "wish": 1}}, "buyer.wish: found 1; accepted: no field but limit"),
        ({"buyer": {"limit": True}}, "buyer.limit: found True"),
        ({"colour": "red"}, "colour: found 'red'; accepted: no field but schema"),
    ],
)
def test_an_error_names_file_field_value_and_what_is_accepted(
    changed: dict[str, object], told: str
) -> None:
    with pytest.raises(TaskError) as caught:
        scenario(**changed)
    assert str(caught.value).startswith(f"lamp/scenario.toml: {told}")


@given(
    st.decimals(0, 1000, places=1), st.decimals(0, 1000, places=1), st.decimals(0, 1000, places=1)
)
def test_what_one_side_gains_the_other_loses(
    seller: Decimal, buyer: Decimal, price: Decimal
) -> None:
    found = scenario(step=Decimal("0.1"), seller={"limit": seller}, buyer={"limit": buyer})
    both = sum(found.surplus(role, price) for role in BargainRole)
    assert both == found.width
    assert found.scale > 0
    assert (found.zone is Zone.NONE) == (seller > buyer)


def test_the_two_sides_begin_in_turn_where_both_may() -> None:
    found = scenario(first="both")
    assert [found.starter(game) for game in range(4)] == ["seller", "buyer", "seller", "buyer"]


def test_a_fraction_in_a_file_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(
        'schema = 1\ncurrency = "USD"\nstep = 0.01\n[item]\nname = "x"\n'
        "[seller]\nlimit = 0.29\n[buyer]\nlimit = 1.1\n",
    )
    assert read_scenario_file(path, "x").width == Decimal("0.81")


def test_lines_hold_scenarios_and_a_broken_one_spoils_no_other(tmp_path: Path) -> None:
    good = {**FIELDS, "step": "0.5", "id": "lamp"}
    path = tmp_path / "some.jsonl"
    path.write_text(f'{json.dumps(good)}\n{{"id": "other"}}\nnot json\n{json.dumps(good)}\n')
    found = list(find_scenarios(path))
    assert not isinstance(found[0], TaskError)
    assert found[0].id.endswith("some.jsonl::lamp")
    assert found[0].load().buyer.limit == 18
    assert not isinstance(found[1], TaskError)
    with pytest.raises(TaskError, match=r"some.jsonl:2: schema: found nothing"):
        found[1].load()
    assert isinstance(found[2], TaskError)
    assert "some.jsonl:3" in str(found[2])
    assert "found 'lamp'; accepted: a name of its own" in str(found[3])


def test_a_product_of_amazon_history_price_is_a_scenario(tmp_path: Path) -> None:
    product = {
        "title": "A lamp",
        "current_price": "$1,012.16",
        "list_price": "$1,010.75",
        "highest_price": "$1,213.98",
        "lowest_price": "$909.79",
        "amazon_link": "https://www.amazon.com/dp/B000TEST00",
        "description": "It  shines.",
        "category": "lamps",
    }
    path = tmp_path / "lamps.json"
    path.write_text(json.dumps([product]))
    (found,) = find_scenarios(path)
    assert not isinstance(found, TaskError)
    read = found.load()
    assert read.id.endswith("::0001-B000TEST00")
    assert (read.seller.limit, read.buyer.limit) == (Decimal("909.79"), Decimal("971.18"))
    assert read.item.facts == ("list price 1213.98 USD", "It shines.")
    assert (read.first, read.zone) == ("buyer", "narrow")


CRAIGSLIST = {
    "uuid": "S_1",
    "kbs": [
        {
            "personal": {"Role": role, "Target": target, "Bottomline": None},
            "item": {"Title": "A sofa", "Price": 100, "Description": ["Green."], "Category": "f"},
        }
        for role, target in (("buyer", 76), ("seller", 100))
    ],
}
HUB = {
    "agent_info": {
        "Bottomline": ["None", "None"],
        "Role": ["buyer", "seller"],
        "Target": [76.0, 100.0],
    },
    "items": {"Title": ["A sofa"] * 2, "Price": [100.0] * 2, "Description": ["Green."] * 2},
    "utterance": ["hi"],
}


@pytest.mark.parametrize("row", [CRAIGSLIST, {"scenario": CRAIGSLIST, "events": []}, HUB])
def test_a_dialogue_of_craigslist_bargain_is_a_scenario(
    tmp_path: Path, row: dict[str, object]
) -> None:
    path = tmp_path / "dialogues.json"
    path.write_text(json.dumps([row]))
    (found,) = find_scenarios(path)
    assert not isinstance(found, TaskError)
    read = found.load()
    assert read.seller.limit == 76
    assert read.buyer.limit == 100
    assert read.seller.opening == 100
    assert read.item.facts == ("listed at 100.00 USD", "Green.")


def test_a_product_without_a_price_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lamps.jsonl"
    path.write_text(json.dumps({"title": "x", "lowest_price": "?", "highest_price": "$2.00"}))
    (found,) = find_scenarios(path)
    assert not isinstance(found, TaskError)
    with pytest.raises(TaskError, match=r"lamps.jsonl:1: list_price: found nothing; accepted"):
        found.load()

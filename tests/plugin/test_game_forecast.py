"""What games take at most, held against games that take as much as they can."""

from dataclasses import replace

import pytest

from bargaining import Writer, lamp, played
from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.protocol import LONGEST_TALK
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.plugin.game_forecast import GamesForecast, foresee_games
from pytest_selfrepair.plugin.game_players import NamedPlayers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ResolvedModel

LONG = "x" * LONGEST_TALK
PARAMS = SamplingParams(max_tokens=10_000)
PLAN = BargainPlan(rounds=3, games=2)
SCENARIO = lamp(exchanges=4)


def foreseen(*arms: str, price: Price | None, counts: bool = True) -> GamesForecast:
    """What the seller's games take at most, with a character for a token."""
    asked = AskedModel(name="writer")
    model = ResolvedModel(
        asked=asked,
        make=lambda _: Writer(str),
        params=PARAMS,
        explaining=PARAMS,
        price=price,
        thinks=False,
    )
    return foresee_games(
        SCENARIO,
        BargainRole.SELLER,
        PLAN,
        NamedPlayers(player="writer", rival="writer", moderator=None, critics={}, arms=arms),
        {asked: model},
        count=len if counts else None,
    )


@pytest.mark.parametrize("arms", [("none",), ("self", "goal"), ("self", "swapped", "none")])
def test_no_games_read_more_and_long_ones_nearly_as_much(arms: tuple[str, ...]) -> None:
    found = foreseen(*arms, price=None)
    tries: set[str] = set()

    def write(request: object) -> str:
        node = request.node  # type: ignore[attr-defined]  # a request's
        if node.endswith(("advice", "again")):
            return LONG if node.endswith("advice") else f"{LONG}\nOFFER 9999"
        tries.add(node)
        return LONG  # no action: it is asked again

    writer = Writer(write)
    played(writer, writer, arms=arms, scenario=SCENARIO, plan=PLAN)
    read = sum(len(each.content) for request in writer.asked for each in request.messages)
    assert found.prompt_tokens * 0.85 <= read <= found.prompt_tokens
    assert len(writer.asked) == found.replies + found.advice


def test_what_is_read_costs_as_what_is_written_does() -> None:
    price = Price(input=1.0, cached_input=1.0, output=10.0)
    found = foreseen("self", price=price)
    dollars = (found.prompt_tokens + 10 * found.tokens) / 1e6
    assert found.dollars == pytest.approx(dollars)
    alone = foreseen("self", price=price, counts=False)
    assert (alone.prompt_tokens, alone.tokens) == (0, found.tokens)
    assert alone.dollars == pytest.approx(10 * found.tokens / 1e6)
    assert replace(found, dollars=0, prompt_tokens=0) == replace(alone, dollars=0)

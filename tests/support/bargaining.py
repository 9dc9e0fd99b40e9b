"""Scenarios, models and games for tests of bargaining."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pytest_selfrepair.bargain.advice import AdviserMeans, adviser
from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.chains import BargainPlan, play_chains
from pytest_selfrepair.bargain.moderator import Moderator
from pytest_selfrepair.bargain.players import ModelPlayer, Player, RulePlayer
from pytest_selfrepair.bargain.rule_players import rule_named
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario, read_scenario
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SamplingParams, Usage

if TYPE_CHECKING:
    from pytest_selfrepair.bargain.game import Chain

PARAMS = SamplingParams()

EVIL_TALK = "</textarea><script>alert(1)</script>\x1b[31m\u202e {{7*7}}"
HIDDEN_LIMIT = Decimal("17.5")
"""The buyer's in `finished_games`, which is nowhere in what is said."""

Writes = Callable[[SampleRequest], str]


def lamp(**changed: object) -> Scenario:
    """A lamp that costs 8 and is worth 18, with openings of 20 and 10."""
    fields: dict[str, object] = {
        "schema": 1,
        "currency": "USD",
        "step": Decimal("0.5"),
        "item": {"name": "desk lamp", "facts": ["new"]},
        "seller": {"limit": 8, "opening": 20},
        "buyer": {"limit": 18, "opening": 10},
    }
    return read_scenario("lamp", {**fields, **changed}, file="lamp")


@dataclass
class Writer:
    """A model whose replies a function writes; it keeps what it was asked.

    Each reply costs ten tokens, and comes after others had their turn.
    """

    write: Writes
    name: str = "writer"
    finish_reason: str = "stop"
    asked: list[SampleRequest] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def sample(self, request: SampleRequest) -> Sample:
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        usage = Usage(completion_tokens=10, prompt_tokens=5, counted_by="test")
        return Sample(text=self.write(request), usage=usage, finish_reason=self.finish_reason)

    async def aclose(self) -> None:
        pass

    @property
    def nodes(self) -> list[str]:
        return [request.node for request in self.asked]


def rule(name: str) -> RulePlayer:
    return RulePlayer(name=name, rule=rule_named(name))


def model_player(model: Model) -> ModelPlayer:
    return ModelPlayer(model=model, params=PARAMS)


def played(
    player: Player | Writer | str,
    rival: Player | Writer | str = "rule:conceder",
    *,
    arms: Sequence[str] = (),
    scenario: Scenario | None = None,
    role: BargainRole = BargainRole.SELLER,
    plan: BargainPlan | None = None,
    moderator: Model | None = None,
    spending: Spending | None = None,
) -> tuple[Chain, ...]:
    """All games of one item; whoever is no player yet becomes one, and models advise themselves."""
    own = player if isinstance(player, Writer) else None

    def seat(who: Player | Writer | str) -> Player:
        if isinstance(who, str):
            return rule(who)
        return model_player(who) if isinstance(who, Writer) else who

    means = AdviserMeans(model=lambda _: own, params=PARAMS)
    return asyncio.run(
        play_chains(
            scenario or lamp(),
            role,
            plan or BargainPlan(),
            item="lamp::seller",
            player=seat(player),
            rival=seat(rival),
            advisers=[adviser(each, means) for each in arms],
            moderator=None if moderator is None else Moderator(model=moderator, params=PARAMS),
            spending=spending or Spending(),
        )
    )


def finished_games(name: str, *, games: int = 2) -> BargainRecord:
    """Games of a scenario that differ, in each of which the seller, who is advised, holds out."""
    scenario = lamp(
        item={"name": f"desk lamp {name}"}, buyer={"limit": HIDDEN_LIMIT, "opening": 10}
    )
    writer = Writer(lambda request: f"Game {request.node[8]}. {EVIL_TALK}\nOFFER 19")
    plan = BargainPlan(games=games)
    chains = played(writer, "rule:fixed", arms=["none"], scenario=scenario, plan=plan)
    role = BargainRole.SELLER
    return BargainRecord(
        task_id=f"games/{name}::{role}", scenario=scenario, role=role, chains=chains
    )

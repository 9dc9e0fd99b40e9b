"""Simulate players with a known gain: how advice changes their prices and deals is set in advance.

A player asks for a share of the zone of agreement, which differs between games and scenarios, and
keeps to it. Its rival concedes down to its limit, which it reaches with its last offer. With
advice, the player asks for more, and sometimes leaves. The package itself plays the games, from
scenario to record.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pytest_selfrepair.bargain.advice import Control, NoAdvice, SameWords
from pytest_selfrepair.bargain.bargain_record import BargainRecord, BargainSetup
from pytest_selfrepair.bargain.chains import BargainPlan, play_chains
from pytest_selfrepair.bargain.players import PlayerReply, RulePlayer
from pytest_selfrepair.bargain.rule_players import rule_named
from pytest_selfrepair.bargain.scenario import BargainRole, Goods, Position, Scenario
from pytest_selfrepair.bargain.wording import View
from pytest_selfrepair.core.budget import Cost, Spending

ADVISED = "advised"
GAMES = 4
_RIVAL = RulePlayer(name="rule:boulware", rule=rule_named("rule:boulware"))
_LIMIT, _WIDTH = Decimal(8), Decimal(10)
_ASKS = 0.45
"""The mean share that an unadvised player asks for."""


@dataclass(frozen=True, kw_only=True)
class BargainWorld:
    """What advice does.

    Attributes:
        leaves: How often an advised player leaves.
        between: The standard deviation of asked shares between scenarios.
        within: The same between games of a scenario.
    """

    leaves: float
    between: float = 0.1
    within: float = 0.1

    def raised_for(self, gain: float) -> float:
        """How much more is asked for where surplus shares gain so much: (1 - q)(m + r) - m."""
        return (gain + _ASKS) / (1 - self.leaves) - _ASKS


BARGAIN_WORLDS = {
    "advice moves prices": BargainWorld(leaves=0.0),
    "advice costs deals": BargainWorld(leaves=0.15),
    "scenarios differ": BargainWorld(leaves=0.05, between=0.18, within=0.03),
}


@dataclass(kw_only=True)
class KnownPlayer:
    """A player whose asked share and advice's effect are set.

    Attributes:
        world: What advice does.
        raised: How much more it asks for when it was told something.
        mean: The share that it asks for in this scenario, unadvised.
        draw: Its random numbers.
    """

    world: BargainWorld
    raised: float
    mean: float
    draw: np.random.Generator
    name: str = "known"
    thinking_tags: Sequence[str] = ()

    async def reply(self, view: View, *, item: str, node: str) -> PlayerReply:  # noqa: ARG002
        """Ask for a share that is drawn at the first turn, and kept to."""
        cost = Cost(tokens=10, samples=1)
        own = [each.text for each in view.said if each.role == view.role]
        if own:
            return PlayerReply(text=own[-1], cost=cost)
        share = self.mean + self.draw.normal(0, self.world.within)
        if any(past.advice for past in view.past):
            share += self.raised
            if self.draw.random() < self.world.leaves:
                return PlayerReply(text="QUIT", cost=cost)
        price = _LIMIT + Decimal(math.floor(float(_WIDTH) * 100 * share)) / 100
        return PlayerReply(text=f"OFFER {max(price, Decimal(0))}", cost=cost)


def played(
    world: BargainWorld, scenarios: int, gain: float, draw: np.random.Generator
) -> list[BargainRecord]:
    """The records of one run of a world in which advice gains so much surplus share."""
    advisers = (SameWords(name=ADVISED, texts=("Ask for more.",)), NoAdvice())
    plan = BargainPlan(games=GAMES)
    setup = BargainSetup(
        model="known",
        rival=_RIVAL.name,
        moderator=None,
        arms=(ADVISED, Control.NONE),
        wording="",
        plan=plan,
    )

    async def item(number: int) -> BargainRecord:
        scenario = Scenario(
            id=f"s{number:03}",
            currency="USD",
            step=Decimal("0.01"),
            item=Goods(name="a thing"),
            seller=Position(limit=_LIMIT),
            buyer=Position(limit=_LIMIT + _WIDTH),
            exchanges=2,
        )
        player = KnownPlayer(
            world=world,
            raised=world.raised_for(gain),
            mean=_ASKS + draw.normal(0, world.between),
            draw=draw,
        )
        chains = await play_chains(
            scenario,
            BargainRole.SELLER,
            plan,
            item=f"{scenario.id}::seller",
            player=player,
            rival=_RIVAL,
            advisers=advisers,
            moderator=None,
            spending=Spending(),
        )
        return BargainRecord(
            task_id=f"{scenario.id}::seller",
            scenario=scenario,
            role=BargainRole.SELLER,
            chains=chains,
            setup=setup,
        )

    async def run() -> list[BargainRecord]:
        return [await item(number) for number in range(scenarios)]

    return asyncio.run(run())

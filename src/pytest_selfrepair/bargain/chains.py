"""`play_chains()`: the games of one item, in all arms and all rounds.

Round 1 is shared: every arm continues from the same first game and plays all its rounds, whatever
fails. The improved player remembers its games and the advice; its rivals start afresh. Chains do
not depend on each other, so all chains and arms run concurrently.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pytest_selfrepair.bargain.advice import AdviceCase, Adviser, Control
from pytest_selfrepair.bargain.game import ArmPlay, Chain, Game, Round
from pytest_selfrepair.bargain.moderator import Moderator
from pytest_selfrepair.bargain.play import GameContext, play_game
from pytest_selfrepair.bargain.players import Player
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.bargain.wording import PastGame
from pytest_selfrepair.core.budget import Spending
from pytest_selfrepair.core.jobs import all_of
from pytest_selfrepair.core.sample import SamplingParams

MOST_FRESH = 8
"""A bound on fresh games per round of the other arms, in case a game costs next to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainPlan:
    """The number of games of every item, and how they are sampled.

    Attributes:
        rounds: Games per chain, the shared first one included.
        games: The number of chains.
        params: The sampling parameters of replies.
        protocol: The protocol; None: as each scenario says.
        budget: The generated tokens of player and critic that one chain of an arm may cost: no
            round starts once they are spent; None: unlimited.
    """

    rounds: int = 2
    games: int = 1
    params: SamplingParams = field(default_factory=SamplingParams)
    protocol: ProtocolName | None = None
    budget: int | None = None


async def play_chains(
    scenario: Scenario,
    role: BargainRole,
    plan: BargainPlan,
    *,
    item: str,
    player: Player,
    rival: Player,
    advisers: Sequence[Adviser],
    moderator: Moderator | None,
    spending: Spending,
) -> tuple[Chain, ...]:
    """Play all games of one item.

    Args:
        scenario: The scenario.
        role: The improved role.
        plan: The number of games and rounds.
        item: The item's id, which its completions are stored under.
        player: Plays the improved role, and is advised.
        rival: Plays the other role.
        advisers: One for each arm, with distinct names.
        moderator: Reads free talk in addition to the rules; None: only the rules do.
        spending: Counts every completion as it arrives, even if the item then fails.

    Raises:
        InfrastructureError: A reply, a reading or advice could not be obtained. Raised once
            everything in flight has ended, so that nothing paid for is lost.
    """
    context = GameContext(
        item=item,
        scenario=scenario,
        protocol=plan.protocol or scenario.protocol,
        players={role: player, role.other: rival},
        moderator=moderator,
        spending=spending,
    )
    playing = _Rounds(context=context, role=role, plan=plan, advisers=tuple(advisers))
    playing.firsts = [
        asyncio.create_task(playing.game(number, "round1")) for number in range(plan.games)
    ]
    return tuple(await all_of(playing.chain(number) for number in range(plan.games)))


@dataclass(slots=True, kw_only=True)
class _Rounds:
    """The chains of one item in progress."""

    context: GameContext
    role: BargainRole
    plan: BargainPlan
    advisers: tuple[Adviser, ...]
    firsts: "list[asyncio.Task[Game]]" = field(default_factory=list)

    async def game(self, number: int, place: str, past: Sequence[PastGame] = ()) -> Game:
        return await play_game(
            self.context,
            self.context.scenario.starter(number),
            node=f"{self.role}/g{number}/{place}",
            remembering=self.role,
            past=past,
        )

    async def chain(self, number: int) -> Chain:
        """A first game with each arm's games; fresh games are added afterwards."""
        first = await self.firsts[number]
        told = [each for each in self.advisers if each.name != Control.FRESH]
        arms = await all_of(self.arm(number, first, each) for each in told)
        found = {arm.name: arm for arm in arms}
        if len(told) < len(self.advisers):
            found[Control.FRESH] = await self.fresh(number, arms)
        return Chain(
            number=number, first=first, arms=tuple(found[each.name] for each in self.advisers)
        )

    async def arm(self, number: int, first: Game, adviser: Adviser) -> ArmPlay:
        """All rounds of an arm, in sequence."""
        played = ArmPlay(name=adviser.name, rounds=())
        games, past = [first], list[PastGame]()
        begun = first.cost_of(self.role).tokens
        for round_number in range(2, self.plan.rounds + 1):
            spent = begun + played.tokens(self.role)
            if self.plan.budget is not None and spent >= self.plan.budget:
                return replace(played, complete=False)
            case = AdviceCase(
                item=self.context.item,
                scenario=self.context.scenario,
                role=self.role,
                games=tuple(games),
                other=await self.another(number, round_number - 1),
            )
            place = f"{adviser.name}/round{round_number - 1}/advice"
            advice = await adviser.advice(case, node=f"{self.role}/g{number}/{place}")
            if advice is None:
                return replace(played, complete=False)
            self.context.spending.add(advice.cost)
            past.append(PastGame(game=games[-1], advice=advice.text))
            game = await self.game(number, f"{adviser.name}/round{round_number}", past)
            games.append(game)
            one = Round(number=round_number, game=game, advice=advice)
            played = replace(played, rounds=(*played.rounds, one))
        return played

    async def another(self, number: int, ahead: int) -> Game | None:
        """The first game of another chain, a different one each time where there are enough."""
        if self.plan.games == 1:
            return None
        if not any(each.name == Control.SWAPPED for each in self.advisers):
            return None
        step = 1 + (ahead - 1) % (self.plan.games - 1)
        return await self.firsts[(number + step) % self.plan.games]

    async def fresh(self, number: int, arms: Sequence[ArmPlay]) -> ArmPlay:
        """As many new games as the costliest arm's tokens buy at the mean cost of a first game.

        The number does not depend on the games: playing until the tokens are spent would stop
        sooner where games are long.
        """
        firsts = [await each for each in self.firsts]
        rounds = self.plan.rounds - 1
        count = rounds
        mean = sum(each.cost_of(self.role).tokens for each in firsts) / len(firsts)
        most = max((arm.tokens(self.role) for arm in arms), default=0)
        if mean:
            count = max(rounds, min(math.ceil(most / mean), MOST_FRESH * rounds))
        places = [f"{Control.FRESH}/round{each}" for each in range(2, count + 2)]
        games = await all_of(self.game(number, place) for place in places)
        return ArmPlay(
            name=Control.FRESH,
            rounds=tuple(Round(number=each, game=game) for each, game in enumerate(games, start=2)),
        )

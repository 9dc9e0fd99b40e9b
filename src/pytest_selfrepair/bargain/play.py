"""Play one game turn by turn, by either protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pytest_selfrepair.bargain.game import Game, GameEnding, Turn, Vote
from pytest_selfrepair.bargain.moderator import Moderator, settle
from pytest_selfrepair.bargain.players import Player, PlayerReply
from pytest_selfrepair.bargain.protocol import (
    LONGEST_TALK,
    Act,
    Breach,
    Illegal,
    Move,
    answer_of,
    read_free_turn,
    read_move,
)
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.bargain.talk import Said, TalkState, read_talk
from pytest_selfrepair.bargain.wording import PastGame, View, turn_text
from pytest_selfrepair.core.budget import Cost, Spending
from pytest_selfrepair.core.shorten import shorten

OPENING = {
    BargainRole.SELLER: "My price for the {item} is {price} {currency}.",
    BargainRole.BUYER: "I would give you {price} {currency} for the {item}.",
}
"""The texts of scripted openings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GameContext:
    """The players and rules of a game.

    Attributes:
        item: The item's id.
        scenario: The scenario.
        protocol: The protocol for agreeing on a price.
        players: The player of each role.
        moderator: Reads free talk in addition to the rules; None: the rules alone.
        spending: Collects the cost of every completion as it comes.
    """

    item: str
    scenario: Scenario
    protocol: ProtocolName
    players: dict[BargainRole, Player]
    moderator: Moderator | None
    spending: Spending


async def play_game(
    context: GameContext,
    starter: BargainRole,
    *,
    node: str,
    remembering: BargainRole | None = None,
    past: Sequence[PastGame] = (),
) -> Game:
    """Play one game.

    Args:
        context: The players and rules.
        starter: The role that speaks first.
        node: The game's node among the item's games.
        remembering: The side that remembers earlier games; None for neither.
        past: The remembered games, with the advice after each.

    Raises:
        InfrastructureError: A reply or a reading could not be obtained.
    """
    playing = _Playing(
        context=context, starter=starter, node=node, remembering=remembering, past=tuple(past)
    )
    return await playing.game()


@dataclass(slots=True, kw_only=True)
class _Playing:
    """A game under way."""

    context: GameContext
    starter: BargainRole
    node: str
    remembering: BargainRole | None
    past: tuple[PastGame, ...]
    turns: list[Turn] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    reading: Cost = field(default_factory=Cost)

    async def game(self) -> Game:
        role = self.starter
        for number in range(2 * self.context.scenario.exchanges):
            if (opening := _opening(self.context, role, self.turns)) is not None:
                self.turns.append(opening)
            else:
                ended = await self._move(role, number)
                if ended is not None:
                    return ended
            if self.context.protocol is ProtocolName.FREE and number:
                ended = await self._read(number)
                if ended is not None:
                    return ended
            role = role.other
        return self._ended(GameEnding.OUT_OF_TURNS)

    async def _move(self, role: BargainRole, number: int) -> Game | None:
        """Play one turn, with a second try after an illegal reply; return the game if it ends."""
        node = f"{self.node}/t{number}"
        first = await self._reply(role, node, None)
        move, cost = _read_reply(self.context, first, role, self.turns), first.cost
        illegal: Illegal | None = None
        if isinstance(move, Illegal):
            illegal = move
            second = await self._reply(role, f"{node}/again", illegal)
            move, cost = _read_reply(self.context, second, role, self.turns), cost + second.cost
            if isinstance(move, Illegal):
                return self._ended(
                    GameEnding.RULE_BROKEN,
                    broken_by=role,
                    broken=(illegal, move),
                    broken_cost=cost,
                )
        self.turns.append(
            Turn(
                role=role,
                act=move.act,
                talk=move.talk,
                price=move.price,
                illegal=illegal,
                cost=cost,
            )
        )
        if move.act is Act.ACCEPT:
            return self._ended(GameEnding.DEAL, price=move.price)
        return self._ended(GameEnding.QUIT) if move.act is Act.QUIT else None

    async def _reply(self, role: BargainRole, node: str, illegal: Illegal | None) -> PlayerReply:
        view = View(
            scenario=self.context.scenario,
            role=role,
            protocol=self.context.protocol,
            said=_messages(self.turns),
            past=self.past if role is self.remembering else (),
            illegal=illegal,
        )
        reply = await self.context.players[role].reply(view, item=self.context.item, node=node)
        self.context.spending.add(reply.cost)
        return reply

    async def _read(self, number: int) -> Game | None:
        """Read free talk after a turn; return the game if that ends it."""
        found = await settle(
            _messages(self.turns),
            self.context.moderator,
            turn=number,
            item=self.context.item,
            node=f"{self.node}/t{number}",
        )
        self.context.spending.add(found.cost)
        self.votes += found.votes
        self.reading += found.cost
        if found.state is TalkState.OPEN:
            return None
        if found.state is TalkState.DEAL:
            return self._ended(GameEnding.DEAL, price=found.price)
        left = found.state is TalkState.NO_DEAL
        return self._ended(GameEnding.QUIT if left else GameEnding.UNCLEAR)

    def _ended(
        self,
        ending: GameEnding,
        *,
        price: Decimal | None = None,
        broken_by: BargainRole | None = None,
        broken: tuple[Illegal, ...] = (),
        broken_cost: Cost | None = None,
    ) -> Game:
        """The finished game, with the prices read from turns of free talk."""
        free = self.context.protocol is ProtocolName.FREE
        turns = map(_priced, self.turns) if free else self.turns
        return Game(
            starter=self.starter,
            turns=tuple(turns),
            ending=ending,
            price=price,
            broken_by=broken_by,
            broken=broken,
            broken_cost=broken_cost or Cost(),
            votes=tuple(self.votes),
            moderator_cost=self.reading,
        )


def read_offer(turn: Turn) -> Decimal | None:
    """The price that a turn of free talk names as its speaker's own; None for none or several."""
    standing = dict(read_talk([Said(role=turn.role, text=turn.talk)]).standing)
    return standing.get(turn.role)


def _opening(context: GameContext, role: BargainRole, turns: Sequence[Turn]) -> Turn | None:
    """The scripted first turn of a side; None without one, or after the side has spoken."""
    scenario = context.scenario
    price = scenario.position(role).opening
    if price is None or any(turn.role is role for turn in turns):
        return None
    talk = OPENING[role].format(item=scenario.item.name, price=price, currency=scenario.currency)
    acts = context.protocol is ProtocolName.ACTIONS
    return Turn(
        role=role, act=Act.OFFER if acts else Act.TALK, talk=talk, price=price, scripted=True
    )


def _read_reply(
    context: GameContext, reply: PlayerReply, role: BargainRole, turns: Sequence[Turn]
) -> Move | Illegal:
    """Read a reply as a move after some turns, or as a breach of the rules."""
    tags = context.players[role].thinking_tags
    if reply.is_cut and (answer := answer_of(reply.text, tags)).strip():
        return Illegal(breach=Breach.CUT_OFF, text=shorten(answer, LONGEST_TALK))
    if context.protocol is ProtocolName.FREE:
        return read_free_turn(reply.text, role, thinking_tags=tags)
    standing = _standing(turns, role)
    return read_move(reply.text, context.scenario, role, standing, thinking_tags=tags)


def _standing(turns: Sequence[Turn], role: BargainRole) -> Decimal | None:
    """The last offer of a side's rival."""
    for turn in reversed(turns):
        if turn.role is not role and turn.act is Act.OFFER:
            return turn.price
    return None


def _messages(turns: Sequence[Turn]) -> tuple[Said, ...]:
    """The texts of turns, with offers in words."""
    return tuple(
        Said(role=turn.role, text=turn_text(turn.talk, turn.act, turn.price)) for turn in turns
    )


def _priced(turn: Turn) -> Turn:
    """A turn of free talk with the price that the rules read from it alone."""
    alone = read_offer(turn)
    return turn if turn.scripted or alone is None else replace(turn, price=alone)

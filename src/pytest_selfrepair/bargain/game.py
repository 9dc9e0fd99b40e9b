"""A game as it was played: its turns, how it ended, and what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain.protocol import Act, Illegal
from pytest_selfrepair.bargain.scenario import BargainRole
from pytest_selfrepair.bargain.talk import TalkState
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import Feedback


class GameEnding(StrEnum):
    """How a game ended.

    Attributes:
        DEAL: At a price.
        QUIT: One side left.
        OUT_OF_TURNS: Its exchanges were used up.
        RULE_BROKEN: One side's reply was no legal turn, and neither was its second one.
        UNCLEAR: Free talk that its readers disagree on.
    """

    DEAL = "deal"
    QUIT = "quit"
    OUT_OF_TURNS = "out of turns"
    RULE_BROKEN = "rule broken"
    UNCLEAR = "unclear"


class Reader(StrEnum):
    """Who reads free talk: the rules, the moderator, and the moderator once more."""

    RULES = "rules"
    MODERATOR = "moderator"
    THIRD = "third vote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One reading of free talk after a turn.

    Attributes:
        turn: After which turn, from 0.
        reader: Who read it.
        state: What it has come to.
        price: The price of a deal; else None.
        quote: The words that decided.
    """

    turn: int
    reader: Reader
    state: TalkState
    price: Decimal | None = None
    quote: str = ""

    def agrees(self, other: "Vote") -> bool:
        """Whether two readings are the same, whatever they quote."""
        return (self.state, self.price) == (other.state, other.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One legal turn of a game.

    Attributes:
        role: Whose it is.
        act: What it does.
        talk: What was said.
        price: The price that it offers or accepts; under `free` the one that the rules read out of
            it, else None.
        scripted: Whether the scenario's opening stands here.
        illegal: The reply before it that was no legal turn; None: there was none.
        cost: What it cost, illegal replies included.
    """

    role: BargainRole
    act: Act
    talk: str = ""
    price: Decimal | None = None
    scripted: bool = False
    illegal: Illegal | None = None
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game.

    Attributes:
        starter: Who spoke first.
        turns: What was said, in order.
        ending: How it ended.
        price: The price of the deal; None without one.
        broken_by: Who broke a rule; None: nobody.
        broken: The two replies that did, the second one last.
        broken_cost: What these cost.
        votes: How free talk was read, in order.
        moderator_cost: What the readings cost.
    """

    starter: BargainRole
    turns: tuple[Turn, ...]
    ending: GameEnding
    price: Decimal | None = None
    broken_by: BargainRole | None = None
    broken: tuple[Illegal, ...] = ()
    broken_cost: Cost = field(default_factory=Cost)
    votes: tuple[Vote, ...] = ()
    moderator_cost: Cost = field(default_factory=Cost)

    @property
    def is_deal(self) -> bool:
        """Whether it ended with a deal."""
        return self.ending is GameEnding.DEAL

    def cost_of(self, role: BargainRole) -> Cost:
        """What one side's replies cost."""
        costs = [turn.cost for turn in self.turns if turn.role is role]
        if self.broken_by is role:
            costs.append(self.broken_cost)
        return Cost.total(costs)

    def turns_of(self, role: BargainRole) -> tuple[Turn, ...]:
        """One side's turns, scripted ones included."""
        return tuple(turn for turn in self.turns if turn.role is role)

    def offers_of(self, role: BargainRole) -> tuple[Decimal, ...]:
        """The prices that one side offered, in order."""
        return tuple(
            turn.price
            for turn in self.turns
            if turn.role is role and turn.price is not None and turn.act is not Act.ACCEPT
        )

    def breaches_of(self, role: BargainRole) -> tuple[Illegal, ...]:
        """One side's illegal replies, those that were mended included."""
        mended = [turn.illegal for turn in self.turns if turn.role is role and turn.illegal]
        return (*mended, *(self.broken if self.broken_by is role else ()))

    def replies_of(self, role: BargainRole) -> int:
        """How many replies one side was asked for."""
        asked = sum(not turn.scripted for turn in self.turns if turn.role is role)
        return asked + len(self.breaches_of(role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A game of an arm, and the advice before it.

    Attributes:
        number: Its number, from 2; round 1 is shared by all arms.
        game: The game.
        advice: What the player was told before it; None: nothing was to be said.
    """

    number: int
    game: Game
    advice: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlay:
    """What one arm made of a first game.

    Attributes:
        name: The feedback source's name.
        rounds: Its games from round 2 on; of the arm `fresh`, as many as the same tokens buy.
        complete: Whether all rounds were played; a budget may end them, or no advice be there.
    """

    name: str
    rounds: tuple[Round, ...]
    complete: bool = True

    def tokens(self, role: BargainRole) -> int:
        """Tokens that the improved player and its critic generated."""
        return sum(
            round_.game.cost_of(role).tokens
            + (0 if round_.advice is None else round_.advice.cost.tokens)
            for round_ in self.rounds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A first game, and what each arm made of it.

    Attributes:
        number: The game's number, from 0.
        first: The game of round 1, which all arms share.
        arms: One for each arm, in the order the user gave them.
    """

    number: int
    first: Game
    arms: tuple[ArmPlay, ...] = ()

    def games(self, arm: str) -> tuple[Game, ...]:
        """An arm's games from round 1 on; none beyond the first where the arm is not there."""
        rounds = [each.rounds for each in self.arms if each.name == arm]
        return (self.first, *(each.game for found in rounds for each in found))


def all_games(chains: Iterable[Chain]) -> tuple[tuple[str, int, int, Game], ...]:
    """Every game with its arm (empty for round 1), its chain's number and its round."""
    return tuple(
        found
        for chain in chains
        for found in (
            ("", chain.number, 1, chain.first),
            *(
                (arm.name, chain.number, each.number, each.game)
                for arm in chain.arms
                for each in arm.rounds
            ),
        )
    )

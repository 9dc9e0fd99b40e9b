"""A game: its turns, its ending, and its cost."""

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
    """The ending of a game.

    Attributes:
        DEAL: At a price.
        QUIT: One side left.
        OUT_OF_TURNS: The exchanges were used up.
        RULE_BROKEN: One side's reply was illegal twice.
        UNCLEAR: Free talk whose readings disagree.
    """

    DEAL = "deal"
    QUIT = "quit"
    OUT_OF_TURNS = "out of turns"
    RULE_BROKEN = "rule broken"
    UNCLEAR = "unclear"


class Reader(StrEnum):
    """A reader of free talk: the rules, the moderator, and the moderator once more."""

    RULES = "rules"
    MODERATOR = "moderator"
    THIRD = "third vote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One reading of free talk after a turn.

    Attributes:
        turn: The turn, from 0.
        reader: The reader.
        state: The state it found.
        price: The price of a deal; else None.
        quote: The decisive words.
    """

    turn: int
    reader: Reader
    state: TalkState
    price: Decimal | None = None
    quote: str = ""

    def agrees(self, other: "Vote") -> bool:
        """Whether two readings agree, whatever they quote."""
        return (self.state, self.price) == (other.state, other.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One legal turn of a game.

    Attributes:
        role: The speaker's role.
        act: Its action.
        talk: Its text.
        price: The price offered or accepted; under `free` the price that the rules read in it, else
            None.
        scripted: Whether it is the scenario's opening.
        illegal: The illegal reply before it; None without one.
        cost: Its cost, illegal replies included.
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
        starter: The first speaker.
        turns: Its turns, in order.
        ending: Its ending.
        price: The price of the deal; None without one.
        broken_by: The side that broke a rule; None: neither.
        broken: Its two illegal replies, the second one last.
        broken_cost: The cost of these.
        votes: The readings of free talk, in order.
        moderator_cost: The cost of the readings.
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
        """Whether it ended in a deal."""
        return self.ending is GameEnding.DEAL

    def cost_of(self, role: BargainRole) -> Cost:
        """The cost of one side's replies."""
        costs = [turn.cost for turn in self.turns if turn.role is role]
        if self.broken_by is role:
            costs.append(self.broken_cost)
        return Cost.total(costs)

    def turns_of(self, role: BargainRole) -> tuple[Turn, ...]:
        """One side's turns, scripted ones included."""
        return tuple(turn for turn in self.turns if turn.role is role)

    def offers_of(self, role: BargainRole) -> tuple[Decimal, ...]:
        """One side's offers, in order."""
        return tuple(
            turn.price
            for turn in self.turns
            if turn.role is role and turn.price is not None and turn.act is not Act.ACCEPT
        )

    def breaches_of(self, role: BargainRole) -> tuple[Illegal, ...]:
        """One side's illegal replies, corrected ones included."""
        mended = [turn.illegal for turn in self.turns if turn.role is role and turn.illegal]
        return (*mended, *(self.broken if self.broken_by is role else ()))

    def replies_of(self, role: BargainRole) -> int:
        """The number of replies requested from one side."""
        asked = sum(not turn.scripted for turn in self.turns if turn.role is role)
        return asked + len(self.breaches_of(role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A game of an arm, and the advice before it.

    Attributes:
        number: Its number, from 2; round 1 is shared by all arms.
        game: The game.
        advice: The advice before it; None without any.
    """

    number: int
    game: Game
    advice: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlay:
    """An arm's games after a first game.

    Attributes:
        name: The feedback source's name.
        rounds: Its games from round 2 on; for the arm `fresh`, as many as the same tokens buy.
        complete: Whether all rounds were played; a budget or missing advice may end them.
    """

    name: str
    rounds: tuple[Round, ...]
    complete: bool = True

    def tokens(self, role: BargainRole) -> int:
        """Tokens generated by the improved player and its critic."""
        return sum(
            round_.game.cost_of(role).tokens
            + (0 if round_.advice is None else round_.advice.cost.tokens)
            for round_ in self.rounds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A first game with each arm's games after it.

    Attributes:
        number: The game's number, from 0.
        first: The game of round 1, which all arms share.
        arms: One for each arm, in the order the user gave them.
    """

    number: int
    first: Game
    arms: tuple[ArmPlay, ...] = ()

    def games(self, arm: str) -> tuple[Game, ...]:
        """An arm's games from round 1 on; only the first where the arm is missing."""
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

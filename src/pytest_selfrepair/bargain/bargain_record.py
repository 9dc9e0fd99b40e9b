"""The record of one item's games, and its JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.game import Chain, GameEnding, all_games
from pytest_selfrepair.bargain.protocol import Breach
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.origin import Answered
from pytest_selfrepair.core.shard import Shard
from pytest_selfrepair.errors import StoreError

BARGAIN_SCHEMA = 1
"""The version of a bargaining record's JSON; readers reject later ones."""

TALK_RULES = 1
"""The version of the rules that read free talk and actions."""

GAME = "bargain"
"""The value of the field ``game``, which distinguishes these records from those of repair trees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainSetup:
    """The setup of an item's games; only records with equal setups are comparable.

    Attributes:
        model: The improved player's name.
        rival: The rival's name.
        moderator: The moderator's name; None: only rules read free talk, or there was none.
        arms: The arms' names, in the order the user gave them.
        wording: The digest of the prompts.
        plan: The number of games and rounds.
        rules: The version of the rules that read replies.
    """

    model: str
    rival: str
    moderator: str | None
    arms: tuple[str, ...]
    wording: str
    plan: BargainPlan
    rules: int = TALK_RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBroken:
    """A game that the improved player ended by breaking a rule.

    Attributes:
        arm: The arm; empty for round 1, which all share.
        game: The chain's number, from 0.
        round: The round, from 1.
        turn: The turn of the game, from 1.
        breach: The rule.
        found: The offending part of its second reply, shortened.
    """

    arm: str
    game: int
    round: int
    turn: int
    breach: Breach
    found: str

    @property
    def sentence(self) -> str:
        """In words: ``game 2, round 1, turn 3: no action in the last line``."""
        arm = f" of {self.arm}" if self.arm else ""
        found = f" (found {self.found!r})" if self.found else ""
        return f"game {self.game}, round {self.round}{arm}, turn {self.turn}: {self.breach}{found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainRecord:
    """The record of one item: a scenario with one role improved.

    Attributes:
        task_id: The item: ``…/lamp::seller``.
        scenario: The scenario, so that reports need no file; None where it could not be read.
        role: The improved role; None where the scenario could not be read.
        setup: The setup; None where the run ended before it was set up.
        chains: The games; empty where not all could be played.
        unscored: Why there are no games, in one line; None where there are.
        cost: The cost, scored or not: player, critic, rival and moderator.
        seconds: Wall-clock seconds.
        origins: Where its completions came from, each once.
        shard: The shard of the run it belongs to, if several hosts share the run.
        game: `GAME`.
        schema: The version of this layout.
    """

    task_id: str
    scenario: Scenario | None = None
    role: BargainRole | None = None
    setup: BargainSetup | None = None
    chains: tuple[Chain, ...] = ()
    unscored: str | None = None
    cost: Cost = field(default_factory=Cost)
    seconds: float = 0.0
    origins: tuple[Answered, ...] = ()
    shard: Shard | None = None
    game: str = GAME
    schema: int = BARGAIN_SCHEMA

    @property
    def protocol(self) -> ProtocolName | None:
        """The protocol of the games."""
        if self.scenario is None or self.setup is None:
            return None
        return self.setup.plan.protocol or self.scenario.protocol

    @property
    def rules_broken(self) -> tuple[RuleBroken, ...]:
        """The games that the improved player ended by breaking a rule, in order."""
        return tuple(
            RuleBroken(
                arm=arm,
                game=number,
                round=round_,
                turn=len(game.turns) + 1,
                breach=game.broken[-1].breach,
                found=game.broken[-1].found,
            )
            for arm, number, round_, game in all_games(self.chains)
            if game.broken_by is not None and game.broken_by is self.role
        )

    @property
    def unclear(self) -> int:
        """Games of free talk whose readings disagree."""
        return sum(game.ending is GameEnding.UNCLEAR for _, _, _, game in all_games(self.chains))

    def to_json(self) -> str:
        """One line of ASCII JSON, safe to send between processes and to store anywhere."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "BargainRecord":
        """Read the output of `to_json`.

        Raises:
            StoreError: The text is not a bargaining record, or is one of a later version.
        """
        try:
            facts = json.loads(text)
        except ValueError as error:
            raise StoreError(f"not a record: {text[:80]!r}") from error
        return cls.from_facts(facts)

    @classmethod
    def from_facts(cls, facts: Any) -> "BargainRecord":
        """Read the parsed JSON of `to_json`.

        Raises:
            StoreError: It is not a bargaining record, or is one of a later version.
        """
        if not is_bargain(facts):
            raise StoreError(f"not a bargaining record: {str(facts)[:80]!r}")
        if facts.get("schema") != BARGAIN_SCHEMA:
            raise StoreError(
                f"bargaining record of schema {facts.get('schema')!r}; accepted: {BARGAIN_SCHEMA}. "
                "It was written by another version of pytest-selfrepair"
            )
        try:
            return msgspec.convert(facts, cls)
        except (msgspec.ValidationError, TypeError) as error:
            raise StoreError(f"not a bargaining record: {error}") from error


def is_bargain(facts: object) -> bool:
    """Whether a record's facts are of bargaining rather than of repair trees."""
    return isinstance(facts, dict) and facts.get("game") == GAME

"""A bargaining record: the facts of one item's games, and their JSON."""

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
"""The version of a bargaining record's JSON; a reader refuses a later one."""

TALK_RULES = 1
"""The version of the rules by which free talk and actions are read."""

GAME = "bargain"
"""What tells a bargaining record from one of repair trees: its field ``game``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainSetup:
    """What an item was played with; two records compare only where this says they do.

    Attributes:
        model: The improved player's name.
        rival: The rival's name.
        moderator: The moderator's name; None: free talk was read by rules alone, or not at all.
        arms: The arms' names, in the order the user gave them.
        wording: The digest of what all were told.
        plan: How much was played.
        rules: The version of the rules by which replies were read.
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
        turn: Which turn of the game, from 1.
        breach: The rule.
        found: What stood in its second reply, shortened.
    """

    arm: str
    game: int
    round: int
    turn: int
    breach: Breach
    found: str

    @property
    def sentence(self) -> str:
        """The same in words: ``game 2, round 1, turn 3: no action in the last line``."""
        arm = f" of {self.arm}" if self.arm else ""
        found = f" (found {self.found!r})" if self.found else ""
        return f"game {self.game}, round {self.round}{arm}, turn {self.turn}: {self.breach}{found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BargainRecord:
    """One item of a run: a scenario, and the role that is improved.

    Attributes:
        task_id: The item: ``…/lamp::seller``.
        scenario: The scenario, so that a report needs no file; None where it could not be read.
        role: The role that is improved; None likewise.
        setup: What it was played with; None where the run ended before anything was set up.
        chains: The games; empty where they could not all be had.
        unscored: Why there are none, in one line; None where there are.
        cost: What it cost, scored or not: player, critic, rival and moderator.
        seconds: Wall-clock seconds it took.
        origins: Where its completions came from, each once.
        shard: The share of the run that it is of, where several hosts share the run.
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
        """How a price was agreed on."""
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
        """Games of free talk that its readings disagree on."""
        return sum(game.ending is GameEnding.UNCLEAR for _, _, _, game in all_games(self.chains))

    def to_json(self) -> str:
        """One line of ASCII JSON: it may travel between processes and be stored anywhere."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "BargainRecord":
        """Read what `to_json` wrote.

        Raises:
            StoreError: The text is no bargaining record, or one of a later version.
        """
        try:
            facts = json.loads(text)
        except ValueError as error:
            raise StoreError(f"not a record: {text[:80]!r}") from error
        return cls.from_facts(facts)

    @classmethod
    def from_facts(cls, facts: Any) -> "BargainRecord":
        """Read what the JSON of `to_json` holds.

        Raises:
            StoreError: It is no bargaining record, or one of a later version.
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
    """Whether the facts of a record are of bargaining rather than of repair trees."""
    return isinstance(facts, dict) and facts.get("game") == GAME

"""Bound what the games of scenarios take, before any of them is played."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace

from pytest_selfrepair.bargain.advice import HUMAN_ADVICE, Control
from pytest_selfrepair.bargain.chains import MOST_FRESH, BargainPlan
from pytest_selfrepair.bargain.protocol import LONGEST_TALK
from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.bargain.wording import (
    View,
    critic_messages,
    moderator_messages,
    player_messages,
)
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.sample import Message
from pytest_selfrepair.plugin.expected import dollars_of
from pytest_selfrepair.plugin.forecast import cost_unknown, price_at_most, stops_before
from pytest_selfrepair.plugin.game_players import NamedPlayers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ResolvedModel

_TRIES = 2
"""Replies per turn: one more after an illegal one."""
_READINGS = 2
"""The most readings of a turn by a moderator."""
_LINE = 15
"""Tokens of an action line, or around a turn in a dialogue."""
_BY_RULE = 60
"""Tokens of a turn by a rule or the scenario's opening."""
_FIXED_ADVICE = 40
"""Tokens of fixed advice."""
_AFTER = 200
"""Fixed tokens that a player reads between two games, and after an illegal reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GamesForecast:
    """An upper bound on what the games of some items take, with every completion at its longest.

    Attributes:
        items: Items: one for each scenario and role.
        games: Games.
        replies: Replies of playing models, on both sides.
        advice: Completions with advice.
        readings: Readings of free talk.
        tokens: Generated tokens.
        prompt_tokens: Tokens read.
        dollars: US dollars; models without a known price count nothing.
    """

    items: int = 0
    games: int = 0
    replies: int = 0
    advice: int = 0
    readings: int = 0
    tokens: int = 0
    prompt_tokens: int = 0
    dollars: float = 0.0

    def __add__(self, other: "GamesForecast") -> "GamesForecast":
        each = {part.name: getattr(self, part.name) for part in fields(self)}
        return GamesForecast(**{name: value + getattr(other, name) for name, value in each.items()})

    @property
    def cost(self) -> Cost:
        """The bound as a cost."""
        return Cost(tokens=self.tokens, dollars=self.dollars)

    def lines(
        self, *, unpriced: Iterable[str], as_of: str, limits: RunLimits | None = None
    ) -> list[str]:
        """The forecast as lines for the user.

        Args:
            unpriced: Models without a known price.
            as_of: The date of the price table.
            limits: The run's bounds; None: they are reported elsewhere.
        """
        missing = list(unpriced)
        cost = f"${self.dollars:,.2f} (prices of {as_of})"
        if missing:
            cost = cost_unknown(missing)
        completions = self.replies + self.advice + self.readings
        kinds = f"{self.replies:,} replies, {self.advice:,} pieces of advice"
        return [
            f"{self.items:,} items of scenarios, at most {self.games:,} games",
            f"  {completions:,} completions: {kinds}, {self.readings:,} readings of free talk",
            f"  {self.tokens:,} tokens generated, {self.prompt_tokens:,} read",
            f"  {cost}",
            *([] if limits is None else stops_before(limits)),
            "(every game takes all its exchanges, every turn two tries and every completion is as",
            "long as it may be: games end sooner as a rule; nothing was played)",
        ]


def foresee_games(
    scenario: Scenario,
    role: BargainRole,
    plan: BargainPlan,
    players: NamedPlayers,
    models: Mapping[AskedModel, ResolvedModel],
    *,
    count: Callable[[str], int] | None = None,
) -> GamesForecast:
    """Bound what all games of one item take.

    Args:
        scenario: The scenario.
        role: The improved role.
        plan: The number of games and rounds.
        players: The players.
        models: The settings of the models among them.
        count: Counts the tokens of a text; None: prompts and their cost are not counted.
    """
    item = _ForeseenItem(
        scenario=scenario, role=role, plan=plan, players=players, models=models, count=count
    )
    sides = (item.replies(players.player, role), item.replies(players.rival, role.other))
    total = GamesForecast(items=1, games=sum(item.games.values()))
    for part in (*sides, *map(item.advice, item.remembering), item.readings()):
        total += part
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _ForeseenItem:
    """One item's games before they are played; the fields are the arguments of `foresee_games`."""

    scenario: Scenario
    role: BargainRole
    plan: BargainPlan
    players: NamedPlayers
    models: Mapping[AskedModel, ResolvedModel]
    count: Callable[[str], int] | None

    @property
    def remembering(self) -> list[str]:
        """The arms whose player remembers earlier games."""
        return [arm for arm in self.players.arms if arm != Control.FRESH]

    @property
    def games(self) -> Mapping[int, int]:
        """The number of games, by how many earlier games the improved player remembers."""
        later, told = self.plan.rounds - 1, self.remembering
        fresh = 0
        if len(told) < len(self.players.arms):
            fresh = later * (MOST_FRESH if told else 1)
        found = {0: self.plan.games * (1 + fresh)}
        for past in range(1, self.plan.rounds):
            found[past] = self.plan.games * len(told)
        return found

    def replies(self, name: str, side: BargainRole) -> GamesForecast:
        """The replies of one side."""
        if is_rule(name):
            return GamesForecast()
        first = int(self.scenario.position(side).opening is not None)
        turns = range(first, self.scenario.exchanges)
        replies = sum(self.games.values()) * _TRIES * len(turns)
        system = self._fixed(
            player_messages(View(scenario=self.scenario, role=side, protocol=self._protocol))
        )
        heard = sum(
            self._first_turns(side, turn) + self._first_turns(side.other, turn + 1)
            for turn in turns
        )
        again = self._turn(side) + _AFTER
        read = 0
        for past, games in self.games.items():
            known = system
            if side is self.role:
                known += past * (self._game + self._advice_read + _AFTER)
            read += games * (_TRIES * (len(turns) * known + heard) + len(turns) * again)
        asked = AskedModel(name=name)
        longest = self.models[asked].params.max_tokens
        return replace(self._priced(asked, replies * longest, read), replies=replies)

    def advice(self, arm: str) -> GamesForecast:
        """The completions of an arm's critic; none where no model advises."""
        asked = self._critic(arm)
        if asked is None:
            return GamesForecast()
        rounds = range(1, self.plan.rounds)
        system = self._fixed(critic_messages(self.scenario, self.role, ()))
        games = len(rounds) if arm == Control.SWAPPED else sum(rounds)
        read = self.plan.games * (len(rounds) * system + games * (self._game + _LINE))
        texts = self.plan.games * len(rounds)
        longest = self.models[asked].explaining.max_tokens
        return replace(self._priced(asked, texts * longest, read), advice=texts)

    def readings(self) -> GamesForecast:
        """The moderator's readings."""
        if self.players.moderator is None or self._protocol is not ProtocolName.FREE:
            return GamesForecast()
        asked = AskedModel(name=self.players.moderator)
        turns, games = range(1, 2 * self.scenario.exchanges), sum(self.games.values())
        system = self._fixed(moderator_messages(()))
        heard = sum(
            system + sum(self._first_turns(side, turn // 2 + 1) for side in BargainRole)
            for turn in turns
        )
        readings = games * _READINGS * len(turns)
        longest = self.models[asked].explaining.max_tokens
        found = self._priced(asked, readings * longest, games * _READINGS * heard)
        return replace(found, readings=readings)

    @property
    def _protocol(self) -> ProtocolName:
        return self.plan.protocol or self.scenario.protocol

    @property
    def _game(self) -> int:
        """Tokens of a remembered game."""
        return sum(self._first_turns(side, self.scenario.exchanges) for side in BargainRole)

    @property
    def _advice_read(self) -> int:
        """Tokens of the longest advice that an arm remembers."""
        return max(map(self._advice_of, self.remembering), default=0)

    def _advice_of(self, arm: str) -> int:
        if arm in self.players.written:
            texts = self.players.written[arm].values()
            return max((len(each.text) for each in texts), default=0)
        asked = self._critic(arm)
        if asked is None:
            return _FIXED_ADVICE
        return min(self.models[asked].explaining.max_tokens, LONGEST_TALK)

    def _critic(self, arm: str) -> AskedModel | None:
        words = (Control.NONE, Control.GOAL, Control.PLACEBO, HUMAN_ADVICE)
        if arm in words or arm in self.players.written:
            return None
        return self.players.critics.get(arm, AskedModel(name=self.players.player))

    def _turn(self, side: BargainRole) -> int:
        """Tokens of one remembered turn of a side; a character is at most one token."""
        name = self.players.player if side is self.role else self.players.rival
        if is_rule(name):
            return _BY_RULE
        return min(self.models[AskedModel(name=name)].params.max_tokens, LONGEST_TALK) + _LINE

    def _first_turns(self, side: BargainRole, turns: int) -> int:
        """Tokens of a side's first turns; the first may be scripted."""
        scripted = min(int(self.scenario.position(side).opening is not None), turns)
        return scripted * _BY_RULE + (turns - scripted) * self._turn(side)

    def _fixed(self, messages: Iterable[Message]) -> int:
        return 0 if self.count is None else sum(self.count(each.content) for each in messages)

    def _priced(self, asked: AskedModel, written: int, read: int) -> GamesForecast:
        """Tokens and dollars of one model's completions."""
        heard = None if self.count is None else read
        dollars = price_at_most(dollars_of(self.models[asked]), written, heard) or 0.0
        return GamesForecast(tokens=written, prompt_tokens=heard or 0, dollars=dollars)

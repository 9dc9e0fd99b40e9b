"""What the games of scenarios take at most, said before any of them is played."""

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
"""Replies that a turn may take: one more after an illegal one."""
_READINGS = 2
"""Readings of a turn that a moderator gives at most."""
_LINE = 15
"""Tokens of an action's line, or around a turn in a dialogue."""
_BY_RULE = 60
"""Tokens of a turn that a rule or the scenario's opening speaks."""
_FIXED_ADVICE = 40
"""Tokens of advice that does not depend on the games."""
_AFTER = 200
"""Tokens that a player reads between two games, and after an illegal reply, beside what varies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GamesForecast:
    """The most that the games of some items take, if every completion is as long as it may be.

    Attributes:
        items: Items: a scenario and a role each.
        games: Games.
        replies: Replies of models that play, both sides'.
        advice: Completions that advise.
        readings: Readings of free talk.
        tokens: Generated tokens.
        prompt_tokens: Tokens read.
        dollars: US dollars; of models whose price is not known nothing.
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
        """The same as a cost."""
        return Cost(tokens=self.tokens, dollars=self.dollars)

    def lines(
        self, *, unpriced: Iterable[str], as_of: str, limits: RunLimits | None = None
    ) -> list[str]:
        """The forecast for a reader.

        Args:
            unpriced: Models of which no price is known.
            as_of: The day of the price table.
            limits: What the run may spend in any case; None: that is said elsewhere.
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
    """What all games of one item take at most.

    Args:
        scenario: What is bargained over.
        role: The role that is improved.
        plan: How much is played.
        players: Who takes part.
        models: How the models among them are asked.
        count: Tokens of a text; None: what is read is not counted, nor what it costs.
    """
    item = _ForeseenItem(
        scenario=scenario, role=role, plan=plan, players=players, models=models, count=count
    )
    sides = (item.replies(players.player, role), item.replies(players.rival, role.other))
    total = GamesForecast(items=1, games=sum(item.games.values()))
    for part in (*sides, *map(item.advice, item.told), item.readings()):
        total += part
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _ForeseenItem:
    """One item's games before they are played; the arguments are those of `foresee_games`."""

    scenario: Scenario
    role: BargainRole
    plan: BargainPlan
    players: NamedPlayers
    models: Mapping[AskedModel, ResolvedModel]
    count: Callable[[str], int] | None

    @property
    def told(self) -> list[str]:
        """The arms that remember their games."""
        return [arm for arm in self.players.arms if arm != Control.FRESH]

    @property
    def games(self) -> Mapping[int, int]:
        """Games by how many the improved player remembers in them."""
        later, told = self.plan.rounds - 1, self.told
        fresh = 0
        if len(told) < len(self.players.arms):
            fresh = later * (MOST_FRESH if told else 1)
        found = {0: self.plan.games * (1 + fresh)}
        for past in range(1, self.plan.rounds):
            found[past] = self.plan.games * len(told)
        return found

    def replies(self, name: str, side: BargainRole) -> GamesForecast:
        """What one side's replies take."""
        if is_rule(name):
            return GamesForecast()
        first = int(self.scenario.position(side).opening is not None)
        turns = range(first, self.scenario.exchanges)
        replies = sum(self.games.values()) * _TRIES * len(turns)
        system = self._fixed(
            player_messages(View(scenario=self.scenario, role=side, protocol=self._protocol))
        )
        heard = sum(self._said(side, turn) + self._said(side.other, turn + 1) for turn in turns)
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
        """What an arm's critic takes; nothing where nobody is asked."""
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
        """What the moderator takes."""
        if self.players.moderator is None or self._protocol is not ProtocolName.FREE:
            return GamesForecast()
        asked = AskedModel(name=self.players.moderator)
        turns, games = range(1, 2 * self.scenario.exchanges), sum(self.games.values())
        system = self._fixed(moderator_messages(()))
        heard = sum(
            system + sum(self._said(side, turn // 2 + 1) for side in BargainRole) for turn in turns
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
        """Tokens of a game that is remembered."""
        return sum(self._said(side, self.scenario.exchanges) for side in BargainRole)

    @property
    def _advice_read(self) -> int:
        """Tokens of the longest advice that an arm remembers."""
        return max(map(self._advice_of, self.told), default=0)

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
        """Tokens of one turn of a side, as it is remembered: a character is a token at most."""
        name = self.players.player if side is self.role else self.players.rival
        if is_rule(name):
            return _BY_RULE
        return min(self.models[AskedModel(name=name)].params.max_tokens, LONGEST_TALK) + _LINE

    def _said(self, side: BargainRole, turns: int) -> int:
        """Tokens of a side's first turns, of which the first may be scripted."""
        scripted = min(int(self.scenario.position(side).opening is not None), turns)
        return scripted * _BY_RULE + (turns - scripted) * self._turn(side)

    def _fixed(self, messages: Iterable[Message]) -> int:
        return 0 if self.count is None else sum(self.count(each.content) for each in messages)

    def _priced(self, asked: AskedModel, written: int, read: int) -> GamesForecast:
        """Tokens and dollars of one model's completions."""
        heard = None if self.count is None else read
        dollars = price_at_most(dollars_of(self.models[asked]), written, heard) or 0.0
        return GamesForecast(tokens=written, prompt_tokens=heard or 0, dollars=dollars)

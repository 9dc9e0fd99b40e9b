"""What the games of scenarios take at most, said before any of them is played."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields

from pytest_selfrepair.bargain.advice import HUMAN_ADVICE, Control
from pytest_selfrepair.bargain.chains import MOST_FRESH, BargainPlan
from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.plugin.expected import dollars_of
from pytest_selfrepair.plugin.forecast import cost_unknown, price_at_most
from pytest_selfrepair.plugin.game_players import NamedPlayers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ResolvedModel

_TRIES = 2
"""Replies that a turn may take: one more after an illegal one."""
_READINGS = 2
"""Readings of a turn that a moderator gives at most."""


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
        dollars: US dollars for generated tokens; of models whose price is not known nothing.
    """

    items: int = 0
    games: int = 0
    replies: int = 0
    advice: int = 0
    readings: int = 0
    tokens: int = 0
    dollars: float = 0.0

    def __add__(self, other: "GamesForecast") -> "GamesForecast":
        each = {part.name: getattr(self, part.name) for part in fields(self)}
        return GamesForecast(**{name: value + getattr(other, name) for name, value in each.items()})

    @property
    def cost(self) -> Cost:
        """The same as a cost."""
        return Cost(tokens=self.tokens, dollars=self.dollars)

    def lines(self, unpriced: Iterable[str]) -> list[str]:
        """The forecast for a reader."""
        missing = list(unpriced)
        cost = f"${self.dollars:,.2f} for what is generated"
        if missing:
            cost = cost_unknown(missing)
        completions = self.replies + self.advice + self.readings
        kinds = f"{self.replies:,} replies, {self.advice:,} pieces of advice"
        return [
            f"{self.items:,} items of scenarios, at most {self.games:,} games",
            f"  {completions:,} completions: {kinds}, {self.readings:,} readings of free talk",
            f"  {self.tokens:,} tokens generated",
            f"  {cost}",
            "(every game takes all its exchanges, every turn two tries and every completion is as",
            "long as it may be: games end sooner as a rule; nothing was played)",
        ]


def foresee_games(
    scenario: Scenario,
    role: BargainRole,
    plan: BargainPlan,
    players: NamedPlayers,
    models: Mapping[AskedModel, ResolvedModel],
) -> GamesForecast:
    """What all games of one item take at most.

    Args:
        scenario: What is bargained over.
        role: The role that is improved.
        plan: How much is played.
        players: Who takes part.
        models: How the models among them are asked.
    """
    later = plan.rounds - 1
    told = [arm for arm in players.arms if arm != Control.FRESH]
    games = 1 + later * len(told)
    if len(told) < len(players.arms):
        games += later * (MOST_FRESH if told else 1)
    games *= plan.games
    replies = tokens = 0
    dollars = 0.0

    def drawn(asked: AskedModel, count: int, most: Callable[[ResolvedModel], int]) -> None:
        nonlocal tokens, dollars
        model = models[asked]
        longest = count * most(model)
        tokens += longest
        dollars += price_at_most(dollars_of(model), longest, None) or 0.0

    for name, side in ((players.player, role), (players.rival, role.other)):
        if not is_rule(name):
            scripted = scenario.position(side).opening is not None
            count = games * _TRIES * (scenario.exchanges - scripted)
            replies += count
            drawn(AskedModel(name=name), count, lambda model: model.params.max_tokens)
    advice = 0
    words = (Control.NONE, Control.GOAL, Control.PLACEBO, HUMAN_ADVICE)
    for arm in told:
        if arm in words or arm in players.written:
            continue
        advice += later * plan.games
        asked = players.critics.get(arm, AskedModel(name=players.player))
        drawn(asked, later * plan.games, lambda model: model.explaining.max_tokens)
    readings = 0
    free = (plan.protocol or scenario.protocol) is ProtocolName.FREE
    if players.moderator is not None and free:
        readings = games * _READINGS * (2 * scenario.exchanges - 1)
        asked = AskedModel(name=players.moderator)
        drawn(asked, readings, lambda model: model.explaining.max_tokens)
    return GamesForecast(
        items=1,
        games=games,
        replies=replies,
        advice=advice,
        readings=readings,
        tokens=tokens,
        dollars=dollars,
    )

"""The players, advisers and moderator of games: resolved from the settings, then made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

from pytest_selfrepair.bargain.advice import (
    HUMAN_ADVICE,
    SELF,
    Adviser,
    AdviserMeans,
    Control,
    WrittenAdvice,
    adviser,
    named_critic,
)
from pytest_selfrepair.bargain.moderator import Moderator
from pytest_selfrepair.bargain.players import ModelPlayer, Player, RulePlayer
from pytest_selfrepair.bargain.rule_players import is_rule, rule_named
from pytest_selfrepair.core.feedback import REFERENCE, Feedback
from pytest_selfrepair.core.sample import Model, SamplingParams
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.feedback.human import DEFAULT_FILE, read_answers
from pytest_selfrepair.plugin.game_flags import DEFAULT_RIVAL
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ResolvedModel
from pytest_selfrepair.plugin.options import Settings, base_of
from pytest_selfrepair.plugin.source_registry import OPTION

Models = Mapping[AskedModel, ResolvedModel]
"""The models of a run, by name."""

_NEEDS_A_MODEL = (SELF, Control.SWAPPED, REFERENCE)
"""The arms whose critic is the improved player's model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlayers:
    """The players in one process.

    Attributes:
        player: Plays the improved role.
        rival: Plays the other role.
        advisers: One for each arm, in the user's order.
        moderator: Reads free talk in addition to the rules; None: only the rules do.
    """

    player: Player
    rival: Player
    advisers: tuple[Adviser, ...]
    moderator: Moderator | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlayers:
    """The players that the settings name.

    Attributes:
        player: The improved player's name, a model's or a rule's.
        rival: The rival's.
        moderator: The moderator's name; None: no moderator.
        critics: The model of each arm that uses another than the player's.
        arms: The arms, in the user's order.
        written: People's advice, by arm and `game_key`.
    """

    player: str
    rival: str
    moderator: str | None
    critics: Mapping[str, AskedModel]
    arms: tuple[str, ...]
    written: Mapping[str, Mapping[str, Feedback]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def asked(self) -> tuple[AskedModel, ...]:
        """The models that games use, each once, the improved player's included."""
        names = [self.player, self.rival, *([] if self.moderator is None else [self.moderator])]
        players = [AskedModel(name=each) for each in names if not is_rule(each)]
        return tuple(dict.fromkeys([*players, *self.critics.values()]))

    def make(self, made: Mapping[AskedModel, Model], models: Models) -> OpenPlayers:
        """Make the players.

        Args:
            made: The models of `asked`.
            models: The settings of each of these.
        """
        moderator = None
        if self.moderator is not None:
            reads = AskedModel(name=self.moderator)
            moderator = Moderator(
                model=made[reads],
                params=models[reads].explaining,
                thinking_tags=models[reads].reader.thinking_tags,
            )
        return OpenPlayers(
            player=_player(self.player, made, models),
            rival=_player(self.rival, made, models),
            advisers=tuple(self._adviser(arm, made, models) for arm in self.arms),
            moderator=moderator,
        )

    def _adviser(self, arm: str, made: Mapping[AskedModel, Model], models: Models) -> Adviser:
        if arm in self.written:
            return WrittenAdvice(name=arm, texts=self.written[arm])
        asked = self.critics.get(arm, AskedModel(name=self.player))
        resolved = models.get(asked)
        if resolved is None:  # a rule plays, and no arm needs its advice
            return adviser(arm, AdviserMeans(model=lambda _: None, params=_NO_PARAMS))
        means = AdviserMeans(
            model=lambda _: made[asked],
            params=resolved.explaining,
            thinking_tags=resolved.reader.thinking_tags,
        )
        return adviser(arm, means)


_NO_PARAMS = SamplingParams()
"""The parameters of advice that is not sampled."""


def name_players(
    settings: Settings,
    config: pytest.Config,
    arms: tuple[str, ...],
    *,
    is_apart: Callable[[str], bool],
) -> NamedPlayers:
    """Resolve the players that the settings name.

    Args:
        settings: The run's settings.
        config: The pytest config; a file of people's advice is relative to its folder.
        arms: The feedback sources that games know.
        is_apart: Whether a model uses the endpoint of feedback models.

    Raises:
        UsageError: There is no such rule, a rule is to advise, or an arm needs more games.
    """
    rival = settings.rival or DEFAULT_RIVAL
    for option, name in (("model", settings.model), ("rival", rival)):
        if is_rule(name):
            _check_rule(option, name)
    if settings.moderator is not None and is_rule(settings.moderator):
        raise UsageError(
            f"--selfrepair-moderator: found {settings.moderator!r}; accepted: a model's name"
        )
    for arm in arms:
        if is_rule(settings.model) and arm in _NEEDS_A_MODEL:
            raise UsageError(
                f"{OPTION}: found {arm!r} with the rule player {settings.model}, which cannot "
                "advise; accepted: a model's name, none, goal, placebo, fresh or human"
            )
    if Control.SWAPPED in arms and settings.games == 1:
        raise UsageError(
            f"{OPTION}: found 'swapped' with --selfrepair-games 1; accepted: with 2 games or more, "
            "as its advice is about another game"
        )
    files = {arm: arm.partition(":")[2] for arm in arms if arm.partition(":")[0] == HUMAN_ADVICE}
    people = {_of_people(path): _advice_in(path, config) for path in files.values()}
    arms = tuple(_of_people(files[arm]) if arm in files else arm for arm in arms)
    named = {arm: named_critic(arm) for arm in arms if arm not in people}
    return NamedPlayers(
        player=settings.model,
        rival=rival,
        moderator=settings.moderator,
        critics={
            arm: AskedModel(name=name, for_feedback=is_apart(name))
            for arm, name in named.items()
            if name is not None
        },
        arms=arms,
        written=people,
    )


def _check_rule(option: str, name: str) -> None:
    try:
        rule_named(name)
    except UsageError as error:
        said = str(error).partition(": ")[2]
        raise UsageError(f"--selfrepair-{option}: {said}") from None


def _player(name: str, made: Mapping[AskedModel, Model], models: Models) -> Player:
    if is_rule(name):
        return RulePlayer(name=name, rule=rule_named(name))
    asked = AskedModel(name=name)
    return ModelPlayer(
        model=made[asked],
        params=models[asked].params,
        thinking_tags=models[asked].reader.thinking_tags,
    )


def _of_people(path: str) -> str:
    """The name of the arm with people's advice, after the user's file."""
    return f"{HUMAN_ADVICE}:{Path(path).name}" if path else HUMAN_ADVICE


def _advice_in(path: str, config: pytest.Config) -> Mapping[str, Feedback]:
    """People's advice by the game it is on; of several on one game the first."""
    file = base_of(config) / (path or DEFAULT_FILE)
    found: dict[str, Feedback] = {}
    for answer in read_answers(file):
        advice = Feedback(text=answer.feedback, author=answer.participant, seconds=answer.seconds)
        found.setdefault(answer.program_hash, advice)
    return found

"""Resolve the models, feedback sources and players that a run names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pytest

from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.feedback.human import Human
from pytest_selfrepair.models.prices import Prices
from pytest_selfrepair.plugin.account import unpriced
from pytest_selfrepair.plugin.endpoint_places import is_apart
from pytest_selfrepair.plugin.game_players import NamedPlayers, name_players
from pytest_selfrepair.plugin.kinds import GAME_ARMS, TASK_SOURCES
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ModelRegistry, ResolvedModel, descriptions
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.source_registry import NamedSource, ResolvedSource, resolve_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRun:
    """The models, feedback sources and players that the settings of a run name.

    Attributes:
        coder: The code model; None: a rule plays, and no task can run.
        sources: The feedback sources of tasks, in the user's order.
        players: The players of the games of scenarios.
        models: Every model in use, the code model first.
        prices: The price table.
    """

    coder: ResolvedModel | None
    sources: tuple[ResolvedSource, ...]
    players: NamedPlayers
    models: Mapping[AskedModel, ResolvedModel]
    prices: Prices

    @property
    def reader(self) -> ReplyReader:
        """Reads the code model's replies."""
        return ReplyReader() if self.coder is None else self.coder.reader

    @property
    def others(self) -> list[ResolvedModel]:
        """The models except the code model."""
        return [model for model in self.models.values() if model is not self.coder]

    @property
    def described(self) -> list[str]:
        """Where and how each model is used, a line each, where that is not the default."""
        return descriptions(self.coder, self.others)

    @property
    def unpriced(self) -> list[str]:
        """The names of the models without a known price."""
        return unpriced(self.models.values())


def resolve_run(settings: Settings, config: pytest.Config, servers: LocalServers) -> ResolvedRun:
    """Resolve everything that the settings name.

    Args:
        settings: The run's settings.
        config: The pytest config, whose conftest.py files may provide the name.
        servers: The embedded model's servers.

    Raises:
        UsageError: A name is unknown, or something it needs is missing.
    """
    registry = ModelRegistry(settings, config, servers)
    asked = AskedModel(name=settings.model)
    coder = None if is_rule(settings.model) else registry.resolve(asked)
    apart = partial(is_apart, settings=settings)
    names = [name for name in settings.feedback if name not in GAME_ARMS]
    sources: list[ResolvedSource] = []
    if coder is not None:
        sources = resolve_sources(tuple(names), config, coder=asked, is_apart=apart)
    own = {  # sources provided by a conftest.py
        name
        for name, source in zip(names, sources, strict=False)
        if not isinstance(source, NamedSource | Human)
    }
    arms = [name for name in settings.feedback if name not in own | TASK_SOURCES]
    players = name_players(settings, config, tuple(arms), is_apart=apart)
    named = [source.asked for source in sources if isinstance(source, NamedSource)]
    others = [each for each in dict.fromkeys([*named, *players.asked]) if each != asked]
    models = {} if coder is None else {asked: coder}
    models |= {each: registry.resolve(each) for each in others}
    return ResolvedRun(
        coder=coder,
        sources=tuple(sources),
        players=players,
        models=models,
        prices=registry.prices,
    )

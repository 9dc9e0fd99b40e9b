"""The models that a run's names stand for: found at once, made when the first task is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model, SamplingParams
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.litellm import is_litellm, name_within, provider_of
from pytest_selfrepair.models.local import parse_local_name
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.models_file import NOTHING_SAID, ModelSettings, read_models
from pytest_selfrepair.models.prices import Price, Prices
from pytest_selfrepair.models.scripted import PREFIX, Script, ScriptedModel
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.spread import SpreadModel
from pytest_selfrepair.models.thinking import thinks
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.weights import Weights, find_weights
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.asking import from_hook
from pytest_selfrepair.plugin.endpoint_clients import EndpointClients
from pytest_selfrepair.plugin.endpoint_headers import given_headers
from pytest_selfrepair.plugin.endpoint_places import place_of
from pytest_selfrepair.plugin.endpoints import Endpoints
from pytest_selfrepair.plugin.local_servers import LocalServers, local_model
from pytest_selfrepair.plugin.model_flags import (
    FEEDBACK_MAX_TOKENS,
    MAX_TOKENS,
    THINKING_MAX_TOKENS,
)
from pytest_selfrepair.plugin.model_names import AskedModel, check_name, runs_here
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.plan import params_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedModel:
    """A model that a name of the run stands for.

    Attributes:
        asked: The name.
        make: Makes it, given the ways to endpoints.
        params: How programs and repairs are drawn from it.
        explaining: How explanations are.
        price: What its tokens cost; None: nobody knows.
        thinks: Whether it is known to think before it answers.
        host: Host and port of its endpoint; empty where it has none.
        weights: Those of an embedded model.
        reader: Reads its replies.
    """

    asked: AskedModel
    make: Callable[[EndpointClients], Model]
    params: SamplingParams
    explaining: SamplingParams
    price: Price | None
    thinks: bool
    host: str = ""
    weights: Weights | None = None
    reader: ReplyReader = field(default_factory=ReplyReader)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """How a model is made, and where it is asked."""

    make: Callable[[EndpointClients], Model]
    host: str = ""
    weights: Weights | None = None
    headers: tuple[tuple[str, str], ...] = ()


class ModelRegistry:
    """Finds out which models the names of a run mean.

    Args:
        settings: What the user asked for.
        config: Whose conftest.py files may know a name.
        servers: The embedded model's servers.

    Attributes:
        prices: What tokens cost.

    Raises:
        UsageError: The models file or the prices cannot be read.
    """

    def __init__(self, settings: Settings, config: pytest.Config, servers: LocalServers) -> None:
        self._settings = settings
        self._config = config
        self._servers = servers
        self._tables = {} if settings.models is None else read_models(settings.models)
        self.prices = Prices.read(settings.prices)
        self._endpoints = Endpoints(
            settings=settings, share=lambda total: workers.share(config, total)
        )

    def resolve(self, asked: AskedModel) -> ResolvedModel:
        """The model of a name.

        Raises:
            UsageError: There is none, or what it needs is missing.
        """
        table = self._tables.get(asked.name, NOTHING_SAID)
        made = self._made(asked, table)
        params = replace(params_of(self._settings, headers=made.headers), **table.params)
        if params.wire_name == asked.name:  # which says nothing new, and shall change no key
            params = replace(params, wire_name=None)
        thinking = table.thinks
        if thinking is None:
            thinking = not runs_here(asked.name) and thinks(asked.name, params)
        settings = self._settings
        longest = settings.max_tokens or (THINKING_MAX_TOKENS if thinking else MAX_TOKENS)
        explanation = settings.feedback_max_tokens or (
            THINKING_MAX_TOKENS if thinking else FEEDBACK_MAX_TOKENS
        )
        return ResolvedModel(
            asked=asked,
            make=made.make,
            params=replace(params, max_tokens=table.params.get("max_tokens", longest)),
            explaining=replace(params, max_tokens=table.feedback_max_tokens or explanation),
            price=self._price(asked.name, table),
            thinks=thinking,
            host=made.host,
            weights=made.weights,
            reader=self._reader(table),
        )

    def _reader(self, table: ModelSettings) -> ReplyReader:
        tags = (*self._settings.thinking_tag, *table.thinking_tags)
        return ReplyReader(thinking_tags=tuple(dict.fromkeys(tags)))

    def _price(self, name: str, table: ModelSettings) -> Price | None:
        return table.price or self.prices.of(name)

    def _made(self, asked: AskedModel, table: ModelSettings) -> _Made:
        name = asked.name
        custom: Model | None = from_hook(self._config, "pytest_selfrepair_model", name=name)
        if custom is not None:
            return _Made(make=lambda clients: slotted(custom, clients.slots))
        if name.startswith(PREFIX):
            try:
                script = Script(self._config.rootpath / name.removeprefix(PREFIX))
            except SelfRepairError as error:
                raise UsageError(str(error)) from None
            return _Made(make=lambda clients: slotted(ScriptedModel(name, script), clients.slots))
        if size := parse_local_name(name):
            if self._servers.weights_file is not None:
                find_weights(size, file=self._servers.weights_file)  # says what is wrong with it
            return _Made(
                make=lambda clients: local_model(
                    name,
                    size,
                    clients,
                    servers=self._servers,
                    settings=self._settings,
                    reader=self._reader(table),
                ),
                weights=size,
            )
        if is_litellm(name):
            called, provider = name_within(name), provider_of(name)
        else:
            if name not in self._tables and self.prices.of(name) is None:
                check_name(name, self._tables, option=_option_of(name, self._settings))
            called, provider = name, ""
        return self._endpoint_model(asked, table, called, provider)

    def _endpoint_model(
        self, asked: AskedModel, table: ModelSettings, called: str, provider: str
    ) -> _Made:
        """A model behind an endpoint; of a provider, where one is named, by LiteLLM."""
        called = table.params.get("wire_name", called)
        place = place_of(asked, table, self._settings)
        endpoints = self._endpoints.of(asked, place, table)
        metering = Metering(
            counter=TiktokenCounter(model=called.rpartition("/")[2]),
            price=self._price(asked.name, table),
            reader=self._reader(table),
        )

        def make(clients: EndpointClients) -> Model:
            members = [
                ChatModel(
                    asked.name,
                    wire_name=called,
                    client=clients.to(endpoint, provider=provider),
                    metering=metering,
                    ready=clients.ready,
                )
                for endpoint in endpoints
            ]
            return SpreadModel(members, self._endpoints.retries) if members[1:] else members[0]

        hosts = dict.fromkeys(endpoint.host for endpoint in endpoints)
        return _Made(
            make=make,
            host=" and ".join(filter(None, hosts)) or f"{provider}, by LiteLLM",
            headers=given_headers(place, table, self._settings),
        )


def _option_of(name: str, settings: Settings) -> str:
    """The option that names a model."""
    for option in ("model", "rival", "moderator"):
        if name == getattr(settings, option):
            return option
    return "feedback"


def descriptions(coder: ResolvedModel | None, others: Sequence[ResolvedModel]) -> list[str]:
    """Where and how each model is asked, a line each, where there is anything to say.

    Args:
        coder: The model that writes programs, or plays; None: a rule plays.
        others: The run's other models.
    """
    clients = [] if coder is None else [_described(coder, coder.params)]
    clients += [_described(model, model.explaining) for model in others]
    return [line for line in clients if line]


def _described(model: ResolvedModel, params: SamplingParams) -> str:
    """The line of one model; empty where nothing is out of the ordinary."""
    changed = {name: value for name, value in params.changed.items() if name != "max_tokens"}
    parts = [f"{name} {_brief(value)}" for name, value in changed.items()]
    if model.thinks:
        parts.append(f"up to {params.max_tokens:,} tokens, thoughts included")
    if not model.host and not parts:
        return ""
    at = f" at {model.host}" if model.host else ""
    return f"{model.asked.name}{at}{': ' if parts else ''}{', '.join(parts)}"


def _brief(value: object) -> str:
    match value:
        case None:
            return "none"
        case tuple():
            return " ".join(_brief(each) for each in value)
        case str() if not value.isprintable():
            return repr(value)
        case _:
            return str(value)

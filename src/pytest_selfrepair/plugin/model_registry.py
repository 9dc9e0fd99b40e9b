"""Resolve the names of models at once, and make the models when the first task runs."""

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
    """A resolved model of the run.

    Attributes:
        asked: The name.
        make: Makes the model from the endpoint clients.
        params: The sampling parameters of programs and repairs.
        explaining: The sampling parameters of explanations.
        price: The price of its tokens; None: unknown.
        thinks: Whether it is known to think before answering.
        host: Host and port of its endpoint; empty where it has none.
        weights: The weights of an embedded model.
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
    """How to make a model, and the host of its endpoint."""

    make: Callable[[EndpointClients], Model]
    host: str = ""
    weights: Weights | None = None
    headers: tuple[tuple[str, str], ...] = ()


class ModelRegistry:
    """Resolves the names of models.

    Args:
        settings: The run's settings.
        config: The pytest config, whose conftest.py files may provide models.
        servers: The embedded model's servers.

    Attributes:
        prices: The price table.

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
        """Resolve the name of a model.

        Raises:
            UsageError: There is no such model, or its key, price or weights are missing.
        """
        table = self._tables.get(asked.name, NOTHING_SAID)
        made = self._made(asked, table)
        params = replace(params_of(self._settings, headers=made.headers), **table.params)
        if params.wire_name == asked.name:  # equal to the default, so it must not change the key
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
                find_weights(size, file=self._servers.weights_file)  # raises an error if unusable
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
        """A model at an endpoint, or of a provider by LiteLLM where one is named."""
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
    """Where and how each model is used, a line each, where that is not the default.

    Args:
        coder: The model that writes programs or plays; None: a rule plays.
        others: The run's other models.
    """
    lines = [] if coder is None else [_described(coder, coder.params)]
    lines += [_described(model, model.explaining) for model in others]
    return [line for line in lines if line]


def _described(model: ResolvedModel, params: SamplingParams) -> str:
    """The line on one model; empty where everything is the default."""
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

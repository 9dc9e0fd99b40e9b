"""Who works on a task: the models and feedback sources that the settings name."""

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import FeedbackCases, FeedbackSource
from pytest_selfrepair.core.ledger import RunLimits
from pytest_selfrepair.core.prompt import BUILT_IN, PromptSet
from pytest_selfrepair.core.sample import Model, SampleStore, SamplingParams, SeveralModel, Usage
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.errors import SelfRepairError, UsageError
from pytest_selfrepair.feedback import HUMAN, Argument, Means, Recipe, recipe_of
from pytest_selfrepair.feedback.human import DEFAULT_FILE, Human
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.endpoint import OPENAI_URL, Endpoint, Line
from pytest_selfrepair.models.local import (
    DEFAULT_SLOTS,
    REQUESTS_AT_ONCE,
    LocalServer,
    parse_local_name,
)
from pytest_selfrepair.models.prices import FREE, Prices
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.scripted import PREFIX, Script, ScriptedModel
from pytest_selfrepair.models.slotted import slotted
from pytest_selfrepair.models.tokens import LlamaCounter, TiktokenCounter
from pytest_selfrepair.models.traffic import Slots, Throttle
from pytest_selfrepair.models.weights import Weights, find_weights
from pytest_selfrepair.plugin import xdist
from pytest_selfrepair.plugin.forecast import Asking, forecast
from pytest_selfrepair.plugin.options import Settings, base_of
from pytest_selfrepair.plugin.purse import Purse

LOCAL_RETRIES = 1
"""The embedded model's server is on this machine: where it does not answer, it is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Everyone who writes or explains programs in one process.

    Attributes:
        model: M_P, whose samples are kept.
        sources: The feedback sources, in the user's order.
        members: Every model, to be closed once.
        throttles: One for each endpoint.
        draws_several: Whether M_P draws the programs of a task in one request.
    """

    model: Model
    sources: tuple[FeedbackSource, ...]
    members: tuple[RecordingModel, ...]
    throttles: tuple[Throttle, ...] = ()
    draws_several: bool = False

    @property
    def notices(self) -> list[str]:
        """What the user should know of how models are asked, a line each."""
        models = [member.model for member in self.members]
        asked = [model for model in models if isinstance(model, ChatModel)]
        return list(dict.fromkeys(notice for model in asked for notice in model.notices))

    async def aclose(self) -> None:
        """Give back every model's connections."""
        for model in self.members:
            await model.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    """A model that is asked.

    Attributes:
        name: As the user calls it.
        apart: Whether it is asked at the endpoint for feedback.
    """

    name: str
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A feedback source before the run's models are at work: how it is made, and by whose words.

    Attributes:
        name: What reports call it.
        recipe: How it is made.
        who: The model that it asks, if it asks any.
    """

    name: str
    recipe: Recipe
    who: _Who


@dataclass(slots=True, kw_only=True)
class LocalServers:
    """The servers of the embedded model: one a size, for the whole run.

    Attributes:
        weights_file: The user's own weights for the model `local`, or None.
        threads: Processors that each computes on; None: all but one.
        known: Address and key of the running servers, by the user's name for the model; a worker is
            given those that the controller has started.
        started: Those that this process is to stop.
    """

    weights_file: Path | None
    threads: int | None
    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    started: list[LocalServer] = field(default_factory=list)

    def address(self, name: str, size: Weights) -> tuple[str, str]:
        """Address and key of one server, which is started where it does not run yet.

        Raises:
            LocalModelError: It cannot be started.
        """
        if name not in self.known:
            server = LocalServer.start(
                find_weights(size, file=self.weights_file), threads=self.threads
            )
            self.started.append(server)
            self.known[name] = (server.base_url, server.api_key)
        return self.known[name]

    def deaths(self) -> list[str]:
        """Which servers have ended of themselves, a line each."""
        return [death for server in self.started if (death := server.death()) is not None]

    def close(self) -> None:
        """Stop the servers that this process has started."""
        while self.started:
            self.started.pop().close()


class Casting:
    """Finds out who a run's names mean, at once; brings them to work when the first task is run.

    Args:
        settings: What the user asked for.
        config: Whose conftest.py files may know a name.
        servers: The embedded model's servers.
        concurrency: Requests in flight, in this process; no more than the embedded models compute
            at once where no other is asked, so that tasks are not begun that would only wait.

    Attributes:
        prompts: The wording of the run.
        prices: What tokens cost.
        slots: What every request of this process needs, whichever model it asks.
        campaign: On whose account samples are drawn, in all processes and resumed runs.
        limits: What that account may spend.

    Raises:
        UsageError: A name means nobody, or what it needs is missing.
    """

    def __init__(
        self, settings: Settings, config: pytest.Config, servers: LocalServers, concurrency: int
    ) -> None:
        self._settings = settings
        self._config = config
        self._servers = servers
        self._lines: dict[Endpoint, Line] = {}
        self.prices = Prices.read(settings.prices)
        self.campaign = xdist.given_campaign(config) or campaign_of(settings)
        self.limits = RunLimits(max_tokens=settings.max_tokens_total, max_dollars=settings.max_cost)
        self.prompts = prompts_of(settings)
        self._coder = _Who(name=settings.model)
        self._embedded: dict[str, Weights] = {}
        self._makers = {self._coder: self._model_maker(self._coder)}
        self._sources = [self._source(name) for name in settings.feedback]
        if all(who.name in self._embedded for who in self._makers):
            at_once = xdist.share(config, REQUESTS_AT_ONCE * len(self._embedded))
            concurrency = min(concurrency, at_once)
        self.slots = Slots(concurrency)
        names = [source.name for source in self._sources]
        if twice := [name for name in names if names.count(name) > 1]:
            raise UsageError(
                f"--selfrepair-feedback: found two sources called {twice[0]!r}; accepted: sources "
                "with different names (people's texts are named after their file)"
            )
        if settings.max_cost is not None and self._unpriced:
            raise UsageError(
                f"--selfrepair-max-cost: found {settings.max_cost:g}, but no price of "
                f"{', '.join(self._unpriced)} is known; accepted: a price in --selfrepair-prices, "
                "or a bound by --selfrepair-max-tokens-total"
            )

    def start_local_servers(self) -> None:
        """Start what servers the run needs, before workers ask for them; none where it replays.

        Raises:
            LocalModelError: One cannot be started.
        """
        if self._settings.replay == Replay.ONLY:
            return
        for name, size in self._embedded.items():
            self._servers.address(name, size)

    def crew(self, store: SampleStore, judge: Judge) -> Crew:
        """Bring everyone to work.

        Args:
            store: Where samples are kept.
            judge: Runs programs, also for what is to be said of them.

        Raises:
            LocalModelError: The embedded model cannot be set up.
        """
        members = {who: make() for who, make in self._makers.items()}
        recorded = {
            who: RecordingModel(
                model=model,
                store=store,
                replay=Replay(self._settings.replay),
                campaign=self.campaign,
                limits=self.limits,
                dollars=self._dollars(who.name),
            )
            for who, model in members.items()
        }
        explaining = replace(
            plan_of(self._settings).params, max_tokens=self._settings.feedback_max_tokens
        )
        return Crew(
            model=recorded[self._coder],
            sources=tuple(
                found.recipe.make(
                    Means(
                        name=found.name,
                        model=recorded[found.who],
                        judge=judge,
                        prompts=self.prompts,
                        params=explaining,
                        seconds=self._settings.timeout,
                    )
                )
                if isinstance(found, _Told)
                else found
                for found in self._sources
            ),
            members=tuple(recorded.values()),
            throttles=tuple(line.throttle for line in self._lines.values()),
            draws_several=isinstance(members[self._coder], SeveralModel),
        )

    def forecast(self, tasks: Iterable[Task]) -> list[str]:
        """What a run of these tasks would take at most, a line each."""
        settings = self._settings
        found = forecast(
            tasks,
            plan_of(settings),
            [self._asking(source) for source in self._sources],
            self.prompts,
            dollars=self._dollars(settings.model),
            count=TiktokenCounter(model=settings.model).count,
        )
        return found.lines(
            limits=self.limits, unpriced=self._unpriced, as_of=str(self.prices.as_of)
        )

    def purse(self) -> Purse:
        """This process's share of the run's budget."""
        plan = plan_of(self._settings)
        trees = [self._asking(source).tokens(plan) for source in self._sources]
        tokens = plan.n_p * plan.params.max_tokens + sum(trees) + max(trees, default=0)
        dollars = self._dollars(self._settings.model)
        usage = Usage(completion_tokens=tokens, prompt_tokens=None, counted_by="at most")
        return Purse(
            limits=self.limits,
            bound=Cost(tokens=tokens, dollars=0.0 if dollars is None else dollars(usage)),
            share=1 / xdist.processes(self._config),
        )

    def _asking(self, source: FeedbackSource | _Told) -> Asking:
        """A feedback source, as far as it costs."""
        if isinstance(source, Human):
            return Asking(max_tokens=0, texts=source.most_texts, says_more=source.longest)
        if not isinstance(source, _Told):
            return Asking(max_tokens=source.max_tokens)
        recipe = source.recipe
        return Asking(
            max_tokens=self._settings.feedback_max_tokens if recipe.asks else 0,
            dollars=self._dollars(source.who.name) if recipe.asks else None,
            says_more=recipe.says_more,
            hears_more=recipe.hears_more,
        )

    @property
    def _unpriced(self) -> list[str]:
        names = dict.fromkeys(who.name for who in self._makers)
        return [name for name in names if self.prices.of(name) is None]

    def _dollars(self, name: str) -> Callable[[Usage], float] | None:
        """What a completion of a model costs; None where nobody knows."""
        price = self.prices.of(name)
        return None if price is None else price.dollars

    def _source(self, name: str) -> FeedbackSource | _Told:
        """The feedback source of a name: one that is ready, or what it will be made of."""
        hook = self._config.hook.pytest_selfrepair_feedback_source
        custom: FeedbackSource | None = hook(name=name, config=self._config)
        if custom is not None:
            return custom
        head, colon, path = name.partition(":")
        try:
            if head == HUMAN and not (colon and not path):
                return self._human(path)
            recipe, argument = recipe_of(name)
        except ValueError as error:
            raise UsageError(
                f"--selfrepair-feedback: found {name!r}; accepted: {error}, or one that a "
                "conftest.py provides"
            ) from None
        who = self._coder
        if recipe.asks and recipe.argument is Argument.MODEL and argument:
            apart = self._endpoint_apart is not None and not self._is_own(argument)
            who = _Who(name=argument, apart=apart)
        if who not in self._makers:
            self._makers[who] = self._model_maker(who)
        return _Told(name=name, recipe=recipe, who=who)

    def _human(self, path: str) -> Human:
        """People's texts; the source is named after a file that the user named."""
        file = base_of(self._config) / (path or DEFAULT_FILE)
        return Human.read(f"{HUMAN}:{file.name}" if path else HUMAN, file)

    @property
    def _endpoint_apart(self) -> tuple[str | None, str] | None:
        """Address, if one is given, and key of the endpoint for feedback; None: there is none."""
        address = self._settings.feedback_base_url or os.environ.get(
            "SELFREPAIR_FEEDBACK_BASE_URL", ""
        ).rstrip("/")
        key = os.environ.get("SELFREPAIR_FEEDBACK_API_KEY", "").strip()
        return (address or None, key) if address or key else None

    @staticmethod
    def _is_own(name: str) -> bool:
        """Whether a model is asked at no endpoint of the user's."""
        return name.startswith(PREFIX) or parse_local_name(name) is not None

    def _model_maker(self, who: _Who) -> Callable[[], Model]:
        """What makes the model of a name, once it is needed."""
        name = who.name
        custom: Model | None = self._config.hook.pytest_selfrepair_model(
            name=name, config=self._config
        )
        if custom is not None:
            return lambda: slotted(custom, self.slots)
        if name.startswith(PREFIX):
            try:
                script = Script(self._config.rootpath / name.removeprefix(PREFIX))
            except SelfRepairError as error:
                raise UsageError(str(error)) from None
            return lambda: slotted(ScriptedModel(name, script), self.slots)
        if size := parse_local_name(name):
            if self._servers.weights_file is not None:
                find_weights(size, file=self._servers.weights_file)  # says what is wrong with it
            self._embedded[name] = size
            return lambda: self._local_model(name, size)
        endpoint = self._endpoint(apart=who.apart)
        return lambda: ChatModel(
            name,
            line=self._line(endpoint),
            counter=TiktokenCounter(model=name),
            price=self.prices.of(name),
        )

    def _local_model(self, name: str, size: Weights) -> Model:
        file = self._servers.weights_file
        base_url, api_key = (
            ("http://127.0.0.1:9/v1", "none")  # replaying: nobody is asked
            if self._settings.replay == Replay.ONLY
            else self._servers.address(name, size)
        )
        return ChatModel(
            name if file is None else f"{name}={file.stem}",
            wire_name=name,
            line=self._line(
                Endpoint(
                    base_url=base_url,
                    api_key=api_key,
                    timeout=self._settings.request_timeout,
                    retries=Retries(most=LOCAL_RETRIES),
                )
            ),
            counter=LlamaCounter(base_url=base_url, api_key=api_key, model=size.title),
            price=FREE,
            most_choices=DEFAULT_SLOTS,
            counts_one_choice=True,
        )

    def _line(self, endpoint: Endpoint) -> Line:
        """The one way to an endpoint, which its models share."""
        return self._lines.setdefault(endpoint, Line(endpoint, self.slots))

    def _endpoint(self, *, apart: bool) -> Endpoint:
        """Where a model is asked, and with which key: one endpoint never gets another's."""
        base_url = self._settings.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
        api_key, key_name = os.environ.get("OPENAI_API_KEY", "").strip(), "OPENAI_API_KEY"
        if apart and self._endpoint_apart is not None:
            address, own_key = self._endpoint_apart
            key_name = "SELFREPAIR_FEEDBACK_API_KEY"
            elsewhere = address not in {None, base_url}
            api_key = own_key or ("" if elsewhere else api_key)
            base_url = address or base_url
        asks = self._settings.replay != Replay.ONLY and not self._settings.plan
        if not api_key and base_url == OPENAI_URL and asks:
            url, other = (
                ("--selfrepair-feedback-base-url", "--selfrepair-feedback local")
                if key_name != "OPENAI_API_KEY"
                else ("--selfrepair-base-url", "--selfrepair-model local")
            )
            raise UsageError(
                f"{key_name}: found nothing; accepted: the endpoint's key. Or name another "
                f"endpoint by {url}, or the embedded model by {other}"
            )
        return Endpoint(
            base_url=base_url,
            api_key=api_key or "none",
            timeout=self._settings.request_timeout,
            retries=Retries(most=self._settings.request_retries, seconds=self._settings.retry_time),
            requests_per_minute=self._share(self._settings.requests_per_minute),
            tokens_per_minute=self._share(self._settings.tokens_per_minute),
        )

    def _share(self, total: int | None) -> int | None:
        """This process's share of a limit of the whole run."""
        return None if total is None else xdist.share(self._config, total)


def campaign_of(settings: Settings) -> str:
    """What tells the account of a run from that of others: all that decides its samples.

    A run that ignores stored samples has an account of its own; else a later run with the same
    settings goes on with it, whatever it is limited to.
    """
    if settings.replay == Replay.OFF:
        return uuid.uuid4().hex
    prompts = prompts_of(settings)
    facts = [
        settings.model,
        settings.feedback,
        repr(plan_of(settings)),
        settings.feedback_max_tokens,
        settings.base_url,
        settings.feedback_base_url,
        prompts.name,
        prompts.digest,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def plan_of(settings: Settings) -> Plan:
    """How large the trees of a run may grow."""
    return Plan(
        n_p=settings.programs,
        n_fr=settings.repairs * (settings.feedbacks or 1),
        n_f=settings.feedbacks,
        depth=settings.depth,
        budget=settings.budget,
        params=SamplingParams(
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            seed=settings.seed,
        ),
        feedback_cases=FeedbackCases(settings.feedback_cases),
    )


def prompts_of(settings: Settings) -> PromptSet:
    """The wording of a run.

    Raises:
        UsageError: The user's own set cannot be read.
    """
    if settings.prompts in BUILT_IN:
        return PromptSet.built_in(settings.prompts)
    folder = Path(settings.prompts)
    return PromptSet.read(folder.resolve().name, folder)

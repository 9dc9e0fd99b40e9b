"""The models and feedback sources of a run: named by its settings, at work from the first task."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.rule_players import is_rule
from pytest_selfrepair.bargain.scenario import BargainRole, ProtocolName, Scenario
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.sample import Model, SampleStore, SeveralModel
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.feedback.human import Human
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.check import Check
from pytest_selfrepair.models.local import REQUESTS_AT_ONCE
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.traffic import Slots, Throttle
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.account import campaign_of, check_limits, unpriced
from pytest_selfrepair.plugin.budget_share import BudgetShare
from pytest_selfrepair.plugin.checking import check_endpoints, checked
from pytest_selfrepair.plugin.endpoints import EndpointClients
from pytest_selfrepair.plugin.expected import asking_of, costliest_task, dollars_of
from pytest_selfrepair.plugin.forecast import forecast
from pytest_selfrepair.plugin.game_forecast import GamesForecast, foresee_games
from pytest_selfrepair.plugin.game_players import OpenPlayers, name_players
from pytest_selfrepair.plugin.kinds import GAME_ARMS, TASK_SOURCES
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ModelRegistry, ResolvedModel, descriptions
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.plan import params_of, plan_of, prompts_of
from pytest_selfrepair.plugin.source_registry import NamedSource, ResolvedSource, resolve_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModels:
    """Everyone who writes or explains programs in one process.

    Attributes:
        model: M_P, whose samples are kept; None: a rule plays, and no task can be run.
        sources: The feedback sources, in the user's order.
        members: Every model, to be closed once.
        throttles: One for each endpoint.
        draws_several: Whether M_P draws the programs of a task in one request.
        players: Who takes part in the games of scenarios.
    """

    model: Model | None
    sources: tuple[FeedbackSource, ...]
    members: tuple[RecordingModel, ...]
    players: OpenPlayers
    throttles: tuple[Throttle, ...] = ()
    draws_several: bool = False

    @property
    def notices(self) -> list[str]:
        """What the user should know of how models are asked, a line each."""
        models = [member.model for member in self.members]
        asked = [model for model in models if isinstance(model, ChatModel)]
        return list(dict.fromkeys(notice for model in asked for notice in model.notices))

    def stop(self) -> None:
        """Wait no more for what others hold."""
        for model in self.members:
            model.stop()

    async def aclose(self) -> None:
        """Give back every model's connections."""
        for model in self.members:
            await model.aclose()


class RunModels:
    """What the names of a run stand for.

    Args:
        settings: What the user asked for.
        config: Whose conftest.py files may know a name.
        servers: The embedded model's servers.
        concurrency: Requests in flight, in this process; no more than the embedded models compute
            at once where no other is asked, so that tasks are not begun that would only wait.

    Attributes:
        prompts: The wording of the run.
        plan: How large its trees may grow.
        players: Who takes part in the games of scenarios.
        game_plan: How much of them is played.
        prices: What tokens cost.
        slots: What every request of this process needs, whichever model it asks.
        campaign: On whose account samples are drawn, in all processes and resumed runs.
        limits: What that account may spend.
        check: Made before the first request is paid.

    Raises:
        UsageError: A name means nobody, or what it needs is missing.
    """

    def __init__(
        self, settings: Settings, config: pytest.Config, servers: LocalServers, concurrency: int
    ) -> None:
        self._settings = settings
        self._config = config
        self._servers = servers
        self.prompts = prompts_of(settings)
        registry = ModelRegistry(settings, config, servers)
        coder = AskedModel(name=settings.model)
        self._coder = None if is_rule(settings.model) else registry.resolve(coder)
        is_apart = registry.endpoints.is_apart
        names = [name for name in settings.feedback if name not in GAME_ARMS]
        found: list[ResolvedSource] = []
        if self._coder is not None:
            found = resolve_sources(tuple(names), config, coder=coder, is_apart=is_apart)
        self._sources = found
        own = {  # those that a conftest.py provides
            name
            for name, source in zip(names, found, strict=False)
            if not isinstance(source, NamedSource | Human)
        }
        arms = [name for name in settings.feedback if name not in own | TASK_SOURCES]
        self.players = name_players(settings, config, tuple(arms), is_apart=is_apart)
        named = [source.asked for source in found if isinstance(source, NamedSource)]
        others = [each for each in dict.fromkeys([*named, *self.players.asked]) if each != coder]
        self._models = {} if self._coder is None else {coder: self._coder}
        self._models |= {each: registry.resolve(each) for each in others}
        self.prices = registry.prices
        params = params_of(settings, headers=()) if self._coder is None else self._coder.params
        self.plan = plan_of(settings, params)
        self.game_plan = BargainPlan(
            rounds=settings.rounds,
            games=settings.games,
            params=params,
            protocol=None if settings.protocol is None else ProtocolName(settings.protocol),
            budget=settings.budget,
        )
        self.limits = RunLimits(max_tokens=settings.max_tokens_total, max_dollars=settings.max_cost)
        check_limits(self.limits, unpriced(self._models.values()))
        self.campaign = workers.given_campaign(config) or campaign_of(
            settings, self.plan, self.prompts, self._coder, self._others
        )
        embedded = {model.asked.name for model in self._models.values() if model.weights}
        if embedded and all(model.weights for model in self._models.values()):
            concurrency = min(concurrency, workers.share(config, REQUESTS_AT_ONCE * len(embedded)))
        self.slots = Slots(concurrency)
        self.check = Check()

    @property
    def reader(self) -> ReplyReader:
        """Reads the code model's replies."""
        return ReplyReader() if self._coder is None else self._coder.reader

    @property
    def _others(self) -> list[ResolvedModel]:
        """The run's models but for the code model."""
        return [model for model in self._models.values() if model is not self._coder]

    @property
    def described(self) -> list[str]:
        """Where and how each model is asked, a line each, where there is anything to say."""
        return descriptions(self._coder, self._others)

    def start_local_servers(self) -> None:
        """Start what servers the run needs, before workers ask for them; none where it replays.

        Raises:
            LocalModelError: One cannot be started.
        """
        if self._settings.replay == Replay.ONLY:
            return
        for asked, model in self._models.items():
            if model.weights is not None:
                self._servers.address(asked.name, model.weights)

    def check_endpoints(self) -> bool:
        """Ask every model at an endpoint for one token, unless all may be replayed.

        Returns:
            Whether they were asked.

        Raises:
            UsageError: One cannot be asked.
        """
        return check_endpoints(self._settings, list(self._models.values()))

    def open(self, store: SampleStore, judge: Judge) -> OpenModels:
        """Bring every model and source to work.

        Args:
            store: Where samples are kept.
            judge: Runs programs, also for what is to be said of them.

        Raises:
            LocalModelError: The embedded model cannot be set up.
        """
        lines = EndpointClients(
            self.slots, ready=None if workers.given_checked(self._config) else self.check
        )
        made = {asked: model.make(lines) for asked, model in self._models.items()}
        self.check.models = checked([(self._models[asked], made[asked]) for asked in made])
        recorded = {
            asked: RecordingModel(
                model=made[asked],
                store=store,
                replay=Replay(self._settings.replay),
                campaign=self.campaign,
                limits=self.limits,
                dollars=dollars_of(model),
            )
            for asked, model in self._models.items()
        }
        coder = None if self._coder is None else recorded[self._coder.asked]
        return OpenModels(
            model=coder,
            sources=tuple(
                source
                if not isinstance(source, NamedSource)
                else source.make(
                    recorded[source.asked],
                    self._models[source.asked],
                    judge=judge,
                    prompts=self.prompts,
                    seconds=self._settings.timeout,
                )
                for source in self._sources
            ),
            members=tuple(recorded.values()),
            throttles=lines.throttles,
            draws_several=coder is not None and isinstance(coder.model, SeveralModel),
            players=self.players.make(recorded, self._models),
        )

    def forecast(self, tasks: Iterable[Task]) -> list[str]:
        """What a run of these tasks would take at most, a line each."""
        found = forecast(
            tasks,
            self.plan,
            [asking_of(source, self._models) for source in self._sources],
            self.prompts,
            dollars=None if self._coder is None else dollars_of(self._coder),
            count=TiktokenCounter(model=self._settings.model).count,
        )
        return found.lines(
            limits=self.limits,
            unpriced=unpriced(self._models.values()),
            as_of=str(self.prices.as_of),
        )

    def forecast_games(self, items: Iterable[tuple[Scenario, BargainRole]]) -> list[str]:
        """What the games of these items would take at most, a line each."""
        total = GamesForecast()
        count = TiktokenCounter(model=self._settings.model).count
        for scenario, role in items:
            total += self.foreseen_games(scenario, role, count)
        asked = [self._models[each] for each in self.players.asked]
        return total.lines(unpriced=unpriced(asked), as_of=str(self.prices.as_of))

    def budget_share(self) -> BudgetShare:
        """This process's share of the run's budget."""
        return BudgetShare(limits=self.limits, share=1 / workers.processes(self._config))

    def costliest_task(self) -> Cost:
        """What one task costs at most, its baseline included."""
        if self._coder is None:
            return Cost()
        return costliest_task(self.plan, self._sources, self._models, self._coder)

    def foreseen_games(
        self, scenario: Scenario, role: BargainRole, count: Callable[[str], int] | None = None
    ) -> GamesForecast:
        """What all games of one item take at most; `count` is that of `foresee_games`."""
        return foresee_games(
            scenario, role, self.game_plan, self.players, self._models, count=count
        )

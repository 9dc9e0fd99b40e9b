"""The models and feedback sources of a run: named by its settings, at work from the first task."""

from dataclasses import dataclass

import pytest

from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.scenario import ProtocolName
from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.sample import Model, SampleStore, SeveralModel
from pytest_selfrepair.core.verdict import Judge
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.check import Check
from pytest_selfrepair.models.local import REQUESTS_AT_ONCE
from pytest_selfrepair.models.recording import RecordingModel, Replay
from pytest_selfrepair.models.spread import SpreadModel
from pytest_selfrepair.models.traffic import Slots, Throttle
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.account import campaign_of, check_limits, limits_of
from pytest_selfrepair.plugin.budget_share import BudgetShare
from pytest_selfrepair.plugin.checking import check_endpoints, checked
from pytest_selfrepair.plugin.endpoint_clients import EndpointClients
from pytest_selfrepair.plugin.expected import dollars_of
from pytest_selfrepair.plugin.game_players import OpenPlayers
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.plan import params_of, plan_of, prompts_of
from pytest_selfrepair.plugin.resolved_run import resolve_run
from pytest_selfrepair.plugin.run_forecast import RunForecast
from pytest_selfrepair.plugin.source_registry import NamedSource


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
        asked = [model for model in models if isinstance(model, ChatModel | SpreadModel)]
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
        run: Whom the names stand for.
        prompts: The wording of the run.
        plan: How large its trees may grow.
        game_plan: How much of its games is played.
        forecast: What tasks and games take at most.
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
        self.run = resolve_run(settings, config, servers)
        self.prompts = prompts_of(settings)
        coder = self.run.coder
        params = params_of(settings, headers=()) if coder is None else coder.params
        self.plan = plan_of(settings, params)
        self.game_plan = BargainPlan(
            rounds=settings.rounds,
            games=settings.games,
            params=params,
            protocol=None if settings.protocol is None else ProtocolName(settings.protocol),
            budget=settings.budget,
        )
        self.limits = limits_of(settings)
        check_limits(self.limits, self.run.unpriced)
        self.campaign = workers.given_campaign(config) or campaign_of(
            settings, self.plan, self.prompts, coder, self.run.others
        )
        self.forecast = RunForecast(
            self.run,
            plan=self.plan,
            game_plan=self.game_plan,
            prompts=self.prompts,
            limits=self.limits,
            counted_as=settings.model,
        )
        models = self.run.models.values()
        embedded = {model.asked.name for model in models if model.weights}
        if embedded and all(model.weights for model in models):
            concurrency = min(concurrency, workers.share(config, REQUESTS_AT_ONCE * len(embedded)))
        self.slots = Slots(concurrency)
        self.check = Check()

    def start_local_servers(self) -> None:
        """Start what servers the run needs, before workers ask for them; none where it replays.

        Raises:
            LocalModelError: One cannot be started.
        """
        if self._settings.replay == Replay.ONLY:
            return
        for asked, model in self.run.models.items():
            if model.weights is not None:
                self._servers.address(asked.name, model.weights)

    def check_endpoints(self) -> bool:
        """Ask every model at an endpoint for one token, unless all may be replayed.

        Returns:
            Whether they were asked.

        Raises:
            UsageError: One cannot be asked.
        """
        return check_endpoints(self._settings, list(self.run.models.values()))

    def open(self, store: SampleStore, judge: Judge) -> OpenModels:
        """Bring every model and source to work.

        Args:
            store: Where samples are kept.
            judge: Runs programs, also for what is to be said of them.

        Raises:
            LocalModelError: The embedded model cannot be set up.
        """
        clients = EndpointClients(
            self.slots, ready=None if workers.given_checked(self._config) else self.check
        )
        made = {asked: model.make(clients) for asked, model in self.run.models.items()}
        self.check.models = checked([(self.run.models[asked], made[asked]) for asked in made])
        recorded = {
            asked: RecordingModel(
                model=made[asked],
                store=store,
                replay=Replay(self._settings.replay),
                campaign=self.campaign,
                limits=self.limits,
                dollars=dollars_of(model),
            )
            for asked, model in self.run.models.items()
        }
        coder = None if self.run.coder is None else recorded[self.run.coder.asked]
        return OpenModels(
            model=coder,
            sources=tuple(
                source
                if not isinstance(source, NamedSource)
                else source.make(
                    recorded[source.asked],
                    self.run.models[source.asked],
                    judge=judge,
                    prompts=self.prompts,
                    seconds=self._settings.timeout,
                )
                for source in self.run.sources
            ),
            members=tuple(recorded.values()),
            throttles=clients.throttles,
            draws_several=coder is not None and isinstance(coder.model, SeveralModel),
            players=self.run.players.make(recorded, self.run.models),
        )

    def budget_share(self) -> BudgetShare:
        """This process's share of the run's budget."""
        return BudgetShare(limits=self.limits, share=1 / workers.processes(self._config))

"""Resolve the models and feedback sources of a run, and open them for the first task."""

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
    """The open models and sources of one process.

    Attributes:
        model: M_P, whose samples are stored; None: a rule plays, and no task can run.
        sources: The feedback sources, in the user's order.
        members: Every model, to be closed once.
        throttles: One for each endpoint.
        draws_several: Whether M_P samples the programs of a task in one request.
        players: The players of the games of scenarios.
    """

    model: Model | None
    sources: tuple[FeedbackSource, ...]
    members: tuple[RecordingModel, ...]
    players: OpenPlayers
    throttles: tuple[Throttle, ...] = ()
    draws_several: bool = False

    @property
    def notices(self) -> list[str]:
        """Notices to the user on how models answer, a line each."""
        models = [member.model for member in self.members]
        asked = [model for model in models if isinstance(model, ChatModel | SpreadModel)]
        return list(dict.fromkeys(notice for model in asked for notice in model.notices))

    def stop(self) -> None:
        """Stop waiting for draws of other runs."""
        for model in self.members:
            model.stop()

    async def aclose(self) -> None:
        """Close every model's connections."""
        for model in self.members:
            await model.aclose()


class RunModels:
    """The models and sources that a run names.

    Args:
        settings: The run's settings.
        config: The pytest config, whose conftest.py files may provide a model or source.
        servers: The embedded model's servers.
        concurrency: The limit of this process's requests in flight; where only embedded models are
            used, at most what they compute at once, so that no task starts only to wait.

    Attributes:
        run: The resolved names.
        prompts: The run's prompts.
        plan: The plan of its trees.
        game_plan: The number of games and rounds.
        forecast: Bounds on what tasks and games take.
        slots: The shared state of all requests of this process.
        campaign: The name of the account, shared by all processes and resumed runs.
        limits: The account's bounds.
        check: Runs before the first paid request.
        are_embedded: Whether all models are embedded. Their requests share a few processors: the
            first task has them to itself, so that its outcome comes soon, and its prompts are in
            the server's cache for all others.

    Raises:
        UsageError: A name is unknown, or something it needs is missing.
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
        self.are_embedded = bool(embedded) and all(model.weights for model in models)
        if self.are_embedded:
            concurrency = min(concurrency, workers.share(config, REQUESTS_AT_ONCE * len(embedded)))
        self.slots = Slots(concurrency)
        self.check = Check()

    def start_local_servers(self) -> None:
        """Start the servers that the run needs, before workers use them; none in a replay.

        Raises:
            LocalModelError: A server cannot be started.
        """
        if self._settings.replay == Replay.ONLY:
            return
        for asked, model in self.run.models.items():
            if model.weights is not None:
                self._servers.address(asked.name, model.weights)

    def check_endpoints(self) -> bool:
        """Request one token from every model at an endpoint, unless everything may be replayed.

        Returns:
            Whether requests were sent.

        Raises:
            UsageError: A model cannot be used: a wrong key, name or address, for instance.
        """
        return check_endpoints(self._settings, list(self.run.models.values()))

    def open(self, store: SampleStore, judge: Judge) -> OpenModels:
        """Open every model and source.

        Args:
            store: The store of samples.
            judge: Judges programs, also for feedback.

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

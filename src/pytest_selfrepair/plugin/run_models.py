"""The models and feedback sources of a run: named by its settings, at work from the first task."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from pytest_selfrepair.core.feedback import FeedbackSource
from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.sample import Model, SampleStore, SeveralModel
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.verdict import Judge
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
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.model_registry import ModelRegistry, descriptions
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.plan import plan_of, prompts_of
from pytest_selfrepair.plugin.source_registry import NamedSource, resolve_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenModels:
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
        self._coder = registry.resolve(coder)
        self._sources = resolve_sources(
            settings.feedback, config, coder=coder, is_apart=registry.endpoints.is_apart
        )
        named = [source.asked for source in self._sources if isinstance(source, NamedSource)]
        others = [asked for asked in dict.fromkeys(named) if asked != coder]
        self._models = {coder: self._coder} | {each: registry.resolve(each) for each in others}
        self.prices = registry.prices
        self.plan = plan_of(settings, self._coder.params)
        self.limits = RunLimits(max_tokens=settings.max_tokens_total, max_dollars=settings.max_cost)
        check_limits(self.limits, unpriced(self._models.values()))
        self.campaign = workers.given_campaign(config) or campaign_of(
            settings, self.plan, self.prompts, list(self._models.values())
        )
        embedded = {model.asked.name for model in self._models.values() if model.weights}
        if all(model.weights for model in self._models.values()):
            concurrency = min(concurrency, workers.share(config, REQUESTS_AT_ONCE * len(embedded)))
        self.slots = Slots(concurrency)
        self.check = Check()

    @property
    def reader(self) -> ReplyReader:
        """Reads the code model's replies."""
        return self._coder.reader

    @property
    def described(self) -> list[str]:
        """Where and how each model is asked, a line each, where there is anything to say."""
        return descriptions(list(self._models.values()))

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
        coder = recorded[self._coder.asked]
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
            draws_several=isinstance(coder.model, SeveralModel),
        )

    def forecast(self, tasks: Iterable[Task]) -> list[str]:
        """What a run of these tasks would take at most, a line each."""
        found = forecast(
            tasks,
            self.plan,
            [asking_of(source, self._models) for source in self._sources],
            self.prompts,
            dollars=dollars_of(self._coder),
            count=TiktokenCounter(model=self._settings.model).count,
        )
        return found.lines(
            limits=self.limits,
            unpriced=unpriced(self._models.values()),
            as_of=str(self.prices.as_of),
        )

    def budget_share(self) -> BudgetShare:
        """This process's share of the run's budget."""
        return BudgetShare(
            limits=self.limits,
            bound=costliest_task(self.plan, self._sources, self._models, self._coder),
            share=1 / workers.processes(self._config),
        )

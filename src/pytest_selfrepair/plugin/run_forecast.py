"""Bound what a run takes, before and while it runs."""

from collections.abc import Callable, Iterable

from pytest_selfrepair.bargain.chains import BargainPlan
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.core.budget import Cost
from pytest_selfrepair.core.prompt import PromptSet
from pytest_selfrepair.core.run_account import RunLimits
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.plugin.account import unpriced
from pytest_selfrepair.plugin.expected import asking_of, costliest_task, dollars_of
from pytest_selfrepair.plugin.forecast import forecast
from pytest_selfrepair.plugin.game_forecast import GamesForecast, foresee_games
from pytest_selfrepair.plugin.resolved_run import ResolvedRun


class RunForecast:
    """Upper bounds on what the tasks and games of a run take.

    Args:
        run: The resolved run.
        plan: The plan of tasks' trees.
        game_plan: The number of games and rounds.
        prompts: The run's prompts.
        limits: The bounds of the run's account.
        counted_as: The model whose tokenizer counts prompts.
    """

    def __init__(
        self,
        run: ResolvedRun,
        *,
        plan: Plan,
        game_plan: BargainPlan,
        prompts: PromptSet,
        limits: RunLimits,
        counted_as: str,
    ) -> None:
        self._run = run
        self._plan = plan
        self._game_plan = game_plan
        self._prompts = prompts
        self._limits = limits
        self._counted_as = counted_as

    def of_tasks(self, tasks: Iterable[Task]) -> list[str]:
        """What these tasks would take, a line each."""
        run = self._run
        found = forecast(
            tasks,
            self._plan,
            [asking_of(source, run.models) for source in run.sources],
            self._prompts,
            dollars=None if run.coder is None else dollars_of(run.coder),
            count=TiktokenCounter(model=self._counted_as).count,
        )
        return found.lines(limits=self._limits, unpriced=run.unpriced, as_of=str(run.prices.as_of))

    def of_games(self, items: Iterable[tuple[Scenario, BargainRole]], *, alone: bool) -> list[str]:
        """What the games of these items would take, a line each.

        Args:
            items: Each scenario with its improved role.
            alone: Whether there are no tasks, whose forecast would state the run's bounds.
        """
        run = self._run
        total = GamesForecast()
        count = TiktokenCounter(model=self._counted_as).count
        for scenario, role in items:
            total += self.of_item(scenario, role, count)
        asked = [run.models[each] for each in run.players.asked]
        return total.lines(
            unpriced=unpriced(asked),
            as_of=str(run.prices.as_of),
            limits=self._limits if alone else None,
        )

    def of_item(
        self, scenario: Scenario, role: BargainRole, count: Callable[[str], int] | None = None
    ) -> GamesForecast:
        """Bound all games of one item; `count` as in `foresee_games`."""
        run = self._run
        return foresee_games(scenario, role, self._game_plan, run.players, run.models, count=count)

    def costliest_task(self) -> Cost:
        """The most that one task costs, its baseline included."""
        run = self._run
        if run.coder is None:
            return Cost()
        return costliest_task(self._plan, run.sources, run.models, run.coder)

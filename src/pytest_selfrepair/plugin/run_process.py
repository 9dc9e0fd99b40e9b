"""One process of a run, assembled once every conftest.py has been read."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.program_sampler import LEAST_USEFUL_TOKENS
from pytest_selfrepair.core.task import Task
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.asking import checker_of
from pytest_selfrepair.plugin.engine import GRACE, Engine
from pytest_selfrepair.plugin.game_runner import GameRunner
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_equipment import RunEquipment
from pytest_selfrepair.plugin.run_models import RunModels
from pytest_selfrepair.plugin.runners import Runners
from pytest_selfrepair.plugin.task_runner import TaskRunner
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.isolation import Isolation
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.opened_pool import make_pool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProcess:
    """One process of a run: the controller, a worker, or the only one.

    Attributes:
        config: The pytest config.
        settings: The run's settings.
        run: The id of this run's payments in the account.
        isolation: The sandbox of programs on this machine; None where they run elsewhere.
        packages: What programs may import besides the standard library; None: by task.
        servers: The embedded model's servers.
        models: The models and sources of the run.
        engine: Runs tasks and scenarios.
    """

    config: pytest.Config
    settings: Settings
    run: str
    isolation: Isolation | None
    packages: Packages | None
    servers: LocalServers
    models: RunModels
    engine: Engine

    @classmethod
    def assemble(
        cls,
        config: pytest.Config,
        settings: Settings,
        isolation: Isolation | None,
        packages: Packages | None,
    ) -> "RunProcess":
        """Assemble it; nothing is opened or started yet.

        Raises:
            UsageError: A name is unknown, something it needs is missing, or the budget buys
                nothing.
        """
        servers = LocalServers(
            weights_file=settings.local_weights,
            threads=settings.local_threads,
            known=workers.given_servers(config),
        )
        models = RunModels(settings, config, servers, workers.share(config, settings.concurrency))
        _check_budget(models.plan)
        run = workers.given_run(config) or uuid.uuid4().hex
        judging = JudgeSettings(
            checker=settings.checker,
            timeout=settings.timeout,
            memory=settings.memory,
            packages=settings.packages,
            sandbox=settings.sandbox,
            all_cases=settings.all_cases,
            pool=settings.judge_pool,
            mixed_isolation=settings.mixed_isolation,
            reference_speed=settings.reference_speed,
        )

        def own_checker(task: Task) -> Checker | None:
            return checker_of(config, task)

        judge = make_pool(
            judging,
            isolation=isolation,
            packages=packages,
            concurrency=workers.processors(config),
            checker_of=own_checker,
            option=_option,
        )
        equipment = RunEquipment(
            settings, models, judge, judging.terms, foreign=own_checker, run=run
        )
        runners = Runners(
            TaskRunner(settings, models, judge, equipment), GameRunner(models, equipment)
        )
        return cls(
            config=config,
            settings=settings,
            run=run,
            isolation=isolation,
            packages=packages,
            servers=servers,
            models=models,
            engine=Engine(
                equipment,
                runners,
                models.slots,
                models.budget_share(),
                begins_alone=models.are_embedded,
            ),
        )

    def finish(self) -> list[str]:
        """Finish requests in flight; report it where that takes long.

        Answers in flight are paid for, so they are awaited before the summary counts them.

        Returns:
            Notices to the user, a line each.
        """
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and (count := self.engine.in_flight):
            reporter.ensure_newline()
            reporter.line(
                f"self-repair: waits up to {GRACE:.0f} s for {count} requests under way, which are "
                "paid for; interrupt again to drop them"
            )
        self.engine.close()
        return [*self.engine.notices, *self.servers.deaths()]

    def close(self) -> None:
        """Close everything that was opened."""
        self.engine.close()
        self.servers.close()

    @property
    def where(self) -> str:
        """Where programs run, in a few words."""
        if self.isolation is None:
            return f"workers of {self.settings.judge_pool}"
        return self.isolation.description

    def shown(self, path: Path) -> str:
        """A path as shown to the user: relative to pytest's root if inside it."""
        root = self.config.rootpath
        return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _option(name: str) -> str:
    """The flag of a judging setting."""
    return f"--selfrepair-{'judge-pool' if name == 'pool' else name.replace('_', '-')}"


def _check_budget(plan: Plan) -> None:
    """Check that the token budget buys at least one program.

    Raises:
        UsageError: It does not: every task would be unsolved.
    """
    least = min(plan.params.max_tokens, LEAST_USEFUL_TOKENS)
    if plan.budget is not None and plan.budget < least:
        raise UsageError(
            f"--selfrepair-budget: found {plan.budget}; accepted: {least} or more, as "
            "shorter programs are not requested"
        )

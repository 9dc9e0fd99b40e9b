"""Register the hooks of a session with a model, and the objects that they share."""

import pytest

from pytest_selfrepair.bargain.scenario import BargainRole, Zone
from pytest_selfrepair.core.pool_name import PoolKind
from pytest_selfrepair.core.task import Difficulty, TaskKind
from pytest_selfrepair.errors import SelfRepairError, StoreError, TaskError, UsageError
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.collection import Collection
from pytest_selfrepair.plugin.collectors import locate
from pytest_selfrepair.plugin.controller import Controller
from pytest_selfrepair.plugin.execution import Execution
from pytest_selfrepair.plugin.header import Header
from pytest_selfrepair.plugin.items import ENGINE
from pytest_selfrepair.plugin.live import LiveLine
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.plugin.worker import Worker
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.store.layout import refuse_shared


def activate(config: pytest.Config, settings: Settings) -> None:
    """Activate the plugin in a session.

    Raises:
        UsageError: The requested isolation or tasks are unavailable, or the store is on a network
            file system.
    """
    for name in (*Difficulty, *TaskKind):
        config.addinivalue_line("markers", f"{name}: tasks of pytest-selfrepair of that kind")
    for name in (*BargainRole, *Zone):
        config.addinivalue_line("markers", f"{name}: scenarios of pytest-selfrepair of that kind")
    # A malformed task is an error of its own and must not keep the others from being run.
    config.option.continue_on_collection_errors = True
    if settings.tasks and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = settings.tasks
    try:
        locate(config)
        refuse_shared(settings.store)
    except (StoreError, TaskError) as error:
        raise UsageError(str(error)) from None
    packages = None if settings.packages is None else find_packages(settings.packages)
    collection = Collection(settings)
    start = Start(settings, collection, _isolation(settings, config), packages)
    config.pluginmanager.register(collection, "selfrepair-collection")
    config.pluginmanager.register(start, "selfrepair-start")


class Start:
    """The hook that registers the other hooks once every conftest.py has been read.

    Args:
        settings: The run's settings.
        collection: The hooks of collection.
        isolation: The sandbox of programs on this machine; None where they run elsewhere.
        packages: What programs may import besides the standard library; None: by task.
    """

    def __init__(
        self,
        settings: Settings,
        collection: Collection,
        isolation: Isolation | None,
        packages: Packages | None,
    ) -> None:
        self._settings = settings
        self._collection = collection
        self._isolation = isolation
        self._packages = packages

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Resolve the run and register its hooks."""
        config, settings = session.config, self._settings
        try:
            process = RunProcess.assemble(config, settings, self._isolation, self._packages)
            config.add_cleanup(process.close)
            hooks = _hooks(process, self._collection)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        config.stash[ENGINE] = process.engine
        for hook in hooks:
            config.pluginmanager.register(hook, f"selfrepair-{type(hook).__name__.lower()}")


def _hooks(process: RunProcess, collection: Collection) -> list[object]:
    """The hooks of a process.

    Raises:
        UsageError: There is no such baseline, it cannot be paired, or a limit needs one.
    """
    hooks: list[object] = [Header(process), Execution(process, collection)]
    config, settings = process.config, process.settings
    if workers.is_worker(config):
        return [*hooks, Worker(process, collection)]
    log = RunLog(
        settings.store, process.run, name=settings.run_name or "", note=settings.run_note or ""
    )
    config.add_cleanup(log.close)
    hooks += [Controller(process, log), LiveLine(log, process, settings.concurrency)]
    if config.option.collectonly:
        return hooks
    # These bring NumPy.
    from pytest_selfrepair.plugin.planning import Planning  # noqa: PLC0415
    from pytest_selfrepair.plugin.reports import Reports  # noqa: PLC0415
    from pytest_selfrepair.plugin.run_gate import RunGate  # noqa: PLC0415
    from pytest_selfrepair.plugin.summary import Summary  # noqa: PLC0415
    from pytest_selfrepair.plugin.unscored_errors import UnscoredErrors  # noqa: PLC0415

    gate, errors = RunGate(settings), UnscoredErrors(log)
    summary = Summary(
        process,
        log,
        reports=Reports(settings),
        gate=gate,
        collection=collection,
        errors=errors,
    )
    return [*hooks, Planning(process, gate), errors, summary]


def _isolation(settings: Settings, config: pytest.Config) -> Isolation | None:
    """The isolation of programs on this machine; None where they run elsewhere.

    Raises:
        UsageError: The machine lacks the requested isolation level.
    """
    if settings.judge_pool != PoolKind.LOCAL:
        return None
    if (given := workers.given_isolation(config)) is not None:
        return Isolation.from_json(given)
    try:
        return find_isolation(settings.sandbox)
    except SelfRepairError as error:
        raise UsageError(str(error)) from None

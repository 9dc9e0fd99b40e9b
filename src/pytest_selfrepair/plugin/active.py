"""The hooks of a session in which a model is named; each hands over to the room that knows."""

import contextlib
import uuid
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfrepair.core.checker import CHECKERS, COUNTERPARTS, Checker
from pytest_selfrepair.core.feedback import FeedbackCases
from pytest_selfrepair.core.grow import LEAST_USEFUL_TOKENS
from pytest_selfrepair.core.ledger import Lost
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty, Task, TaskKind
from pytest_selfrepair.core.tree import Plan
from pytest_selfrepair.core.verdicts import Terms
from pytest_selfrepair.errors import SelfRepairError, TaskError, UsageError, WorkerLostError
from pytest_selfrepair.estimate.run.outcome import TaskOutcome
from pytest_selfrepair.plugin import ITEM_NAME, xdist
from pytest_selfrepair.plugin.asking import checker_of
from pytest_selfrepair.plugin.collect import (
    ENGINE,
    RECORD,
    Folder,
    TaskFolder,
    TaskItem,
    UnscoredError,
    collector_for,
    locate,
    ordered,
    sampled,
)
from pytest_selfrepair.plugin.deciding import decide, foresee
from pytest_selfrepair.plugin.engine import GRACE, Engine
from pytest_selfrepair.plugin.importing import unswept
from pytest_selfrepair.plugin.live import LiveLine
from pytest_selfrepair.plugin.local_servers import LocalServers
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.run_models import RunModels
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.report.kept import kept
from pytest_selfrepair.report.plain import harmless
from pytest_selfrepair.sandbox.isolation import Isolation, find_isolation
from pytest_selfrepair.sandbox.judge import SandboxJudge
from pytest_selfrepair.sandbox.limits import MEGABYTE, Limits
from pytest_selfrepair.sandbox.packages import find_packages
from pytest_selfrepair.tasks.folders import is_task_folder

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.findings import Findings
    from pytest_selfrepair.plugin.reports import Reports

_ATTRIBUTE = "selfrepair_record"
"""The attribute of a report that carries a record, as one ASCII JSON string."""

_END = f"::{ITEM_NAME}"
"""How the node id of a task ends, and no other."""

_RATE_LIMITS = "selfrepair_rate_limits"
"""The attribute of a report that says how often its process was told that it asked too much."""


def activate(config: pytest.Config, settings: Settings) -> None:
    """Bring the plugin into a session.

    Raises:
        UsageError: The isolation or the tasks that were asked for are not to be had.
    """
    for name in (*Difficulty, *TaskKind):
        config.addinivalue_line("markers", f"{name}: tasks of pytest-selfrepair of that kind")
    # A malformed task is an error of its own and must not keep the others from being run.
    config.option.continue_on_collection_errors = True
    if settings.tasks and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = settings.tasks
    try:
        locate(config)
    except TaskError as error:
        raise UsageError(str(error)) from None
    config.pluginmanager.register(ActiveSession(config, settings), "selfrepair-session")


class ActiveSession:
    """The hooks; one object for each process of a run."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._packages = None if settings.packages is None else find_packages(settings.packages)
        self._isolation = _found(settings, config)
        self._servers = LocalServers(
            weights_file=settings.local_weights,
            threads=settings.local_threads,
            known=xdist.given_servers(config),
        )
        self._models: RunModels | None = None
        self._engine: Engine | None = None
        self._ahead: list[pytest.Item] | None = None
        self._checked: bool | None = None
        self._fault: str | None = None
        self._sample_notices: list[str] = []
        self._run = xdist.given_run(config) or uuid.uuid4().hex
        self._log = None if xdist.is_worker(config) else RunLog(settings.store, self._run)
        self._reports: Reports | None = None
        self._findings: Findings | None = None
        self._foreseen: list[str] | None = None

    def pytest_report_header(self) -> list[str]:
        """Say who writes, who explains, and where programs run."""
        settings = self._settings
        told = f"feedback {', '.join(settings.feedback)}"
        if settings.feedback_cases == FeedbackCases.PUBLIC:
            told += " (sees public cases alone)"
        budget = "no token budget" if settings.budget is None else f"{settings.budget:,} tokens"
        tree = f"n_p = {settings.programs}, {_repairs(settings)}"
        store = f"samples in {self._shown(settings.store)}, replay {settings.replay}"
        given = ""
        if self._packages is not None:
            given = f" with {', '.join(self._packages.versions) or 'the standard library alone'}"
        return [
            f"selfrepair: {settings.model}, {told}; {tree}, {budget}",
            *(f"selfrepair: {line}" for line in (self._models.described if self._models else ())),
            f"selfrepair: programs run in {self._isolation.description}{given}; {store}",
        ]

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find out who the names mean; here every conftest.py has been read."""
        try:
            self._models = RunModels(
                self._settings,
                session.config,
                self._servers,
                xdist.share(session.config, self._settings.concurrency),
            )
            _check_budget(self._models.plan)
            if self._log is not None and not session.config.option.collectonly:
                self._reports = _reports(self._settings)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        settings = self._settings
        limits = Limits(cpu_seconds=settings.timeout, memory_bytes=settings.memory * MEGABYTE)
        other = COUNTERPARTS.get(settings.checker, "")
        judge = SandboxJudge(
            isolation=self._isolation,
            limits=limits,
            checker=CHECKERS[settings.checker],
            other=CHECKERS.get(other),
            all_cases=settings.all_cases,
            checker_of=self._checker_of,
            packages=self._packages,
            concurrency=xdist.processors(session.config),
        )
        terms = Terms(
            checker=settings.checker,
            other=other,
            limits=limits.as_terms(),
            packages=settings.packages,
            all_cases=settings.all_cases,
        )
        self._engine = Engine(
            settings, self._models, judge, terms, foreign=self._checker_of, run=self._run
        )
        session.config.stash[ENGINE] = self._engine
        if self._log is not None:
            live = LiveLine(
                self._log,
                self._engine,
                self._models.campaign,
                self._models.limits,
                settings.concurrency,
            )
            session.config.pluginmanager.register(live, "selfrepair-live")

    def _checker_of(self, task: Task) -> Checker | None:
        return checker_of(self._config, task)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Start the embedded model once for all workers, and tell each where it is."""
        if self._models is None or self._config.option.collectonly:
            return
        try:
            self._models.start_local_servers()
            if self._checked is None:
                self._checked = self._models.check_endpoints()
        except SelfRepairError as error:
            raise pytest.UsageError(str(error)) from None
        xdist.prepare(
            node,
            self._servers.known,
            self._models.campaign,
            self._run,
            self._isolation,
            checked=self._checked,
        )

    def pytest_collect_directory(
        self, path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """A folder in the layout of APPS is a task; any other may hold some."""
        if is_task_folder(path):
            return TaskFolder.from_parent(parent, path=path)
        return None if (path / "__init__.py").exists() else Folder.from_parent(parent, path=path)

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """A JSON Lines file that was asked for, or what a conftest.py reads, holds tasks."""
        return collector_for(file_path, parent)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Draw a sample of what -m, -k and the like have left, and put it in order."""
        kept, self._sample_notices = sampled(items, self._settings)
        if len(kept) < len(items):
            stay = set(kept)
            config.hook.pytest_deselected(items=[each for each in items if each not in stay])
            items[:] = kept
        items[:] = ordered(items, self._settings)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the tasks that are to be run."""
        tasks = [item.task_id for item in _tasks(session.items)]
        if self._log is None:
            xdist.send_collected(session.config, len(tasks))
            return
        self._log.collected = len(tasks)
        if not xdist.is_controller(session.config):
            self._foresee(tasks)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Learn from the first worker which tasks are to be run."""
        del node
        if self._foreseen is None:
            self._foresee([each.removesuffix(_END) for each in ids if each.endswith(_END)])

    def _foresee(self, task_ids: list[str]) -> None:
        if self._reports is not None:
            self._foreseen = foresee(self._config, self._reports, task_ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Where only a plan is asked for, say what the run would take in place of running."""
        if not self._settings.plan or self._models is None:
            return None
        if xdist.is_controller(session.config):
            raise pytest.UsageError("--selfrepair-plan: found workers (-n); accepted: -n0")
        tasks = list(_read(_tasks(session.items)))
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.section("self-repair: plan")
            lines = self._models.forecast(tasks)
            if self._reports is not None:
                lines += self._reports.foreseen_gain(len(tasks))
            for line in [*lines, *(self._foreseen or [])]:
                reporter.line(line)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Work ahead, as far as is known what this process is to run."""
        if not isinstance(item, TaskItem) or self._engine is None:
            return
        if self._ahead is None:
            self._ahead = xdist.known_share(item.session)
            self._engine.expect(each.upcoming for each in _tasks(self._ahead))
        self._engine.expect(each.upcoming for each in _tasks([item, nextitem]))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> object | None:
        """Give each worker a share of the tasks that it knows, unless another way is chosen."""
        return xdist.scheduler(config)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send a task's record with the report of the phase that made it."""
        report = yield
        if self._models is not None and (fault := self._models.check.fault) is not None:
            self._give_up(item.session, fault)
        if call.excinfo is not None and isinstance(call.excinfo.value, UnscoredError):
            # one line, not our traceback
            report.longrepr = harmless(f"not scored: {call.excinfo.value}")
        if call.when == "setup" and (record := item.stash.get(RECORD, None)) is not None:
            report.duration = record.seconds  # its own, not that for which it was waited for
            setattr(report, _ATTRIBUTE, record.to_json())
            if self._engine is not None:
                setattr(report, _RATE_LIMITS, self._engine.rate_limits)
        return report

    def _give_up(self, session: pytest.Session, fault: str) -> None:
        """End a run that could pay for nothing."""
        if self._log is not None:
            raise pytest.UsageError(fault)
        session.shouldstop = fault
        xdist.send_fault(self._config, fault)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a record, where this process keeps them."""
        if self._log is not None and report.failed and not report.nodeid.endswith(_END):
            self._log.others_failed = True
        text = getattr(report, _ATTRIBUTE, None)
        if self._log is not None and text is not None:
            self._log.add(Record.from_json(text))
            limits = getattr(report, _RATE_LIMITS, 0)
            self._log.rate_limits[xdist.worker_of(report)] = limits

    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show a task that only a repair solved as REPAIRED."""
        if report.when != "call" or not report.passed or not isinstance(report, pytest.TestReport):
            return None
        if ("selfrepair_outcome", str(TaskOutcome.REPAIRED)) not in report.user_properties:
            return None
        return "repaired", "r", ("REPAIRED", {"green": True})

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """A task whose worker died is unscored, never silently absent."""
        if self._log is not None:
            lost = WorkerLostError(f"the worker that ran it died ({report.longrepr})")
            task_id = crashitem.removesuffix(_END)
            self._log.add(Record(task_id=task_id, unscored=str(lost)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Learn from a worker that ends how many tasks were to be run."""
        if self._log is not None:
            self._log.collected = max(self._log.collected, xdist.collected(node))
            self._log.notices += xdist.notices(node)
            self._fault = self._fault or xdist.fault(node)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """End what is under way, pass on what the user should know, and let the gate decide last.

        Answers under way are paid for: they are waited for before the summary counts them.
        """
        self._close_engine()
        notices = [*self._sample_notices, *(self._engine.notices if self._engine else [])]
        notices += self._servers.deaths()
        if self._log is None:
            xdist.send_notices(self._config, notices)
            return (yield)
        self._log.notices += notices
        yield
        if self._fault is not None:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        self._decide(session)
        return None

    def _decide(self, session: pytest.Session) -> None:
        """Where there is a gate, it decides in place of single tasks, beside ordinary tests."""
        if self._reports is None or self._log is None or not self._reports.gate.is_set:
            return
        if session.exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            return
        if self._settings.plan or self._config.option.collectonly:
            return
        decision = self._reports.decision(self._found(self._log), self._log.records)
        if decision is not None:
            decide(session, decision, others_failed=self._log.others_failed)

    def _close_engine(self) -> None:
        """End the work ahead; say so where that takes a while."""
        if self._engine is None:
            return
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and (count := self._engine.in_flight):
            reporter.ensure_newline()
            reporter.line(
                f"self-repair: waits up to {GRACE:.0f} s for {count} requests under way, which are "
                "paid for; interrupt again to drop them"
            )
        self._engine.close()

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Say whether repair paid, and write the reports; of an interrupted run, what was kept."""
        if self._log is None or self._reports is None:
            return
        if exitstatus == pytest.ExitCode.INTERRUPTED and self._models is not None:
            account = self._log.account(self._models.campaign, self._models.limits)
            for line in kept(account, self._shown(self._settings.store)):
                terminalreporter.line(line)
        if not self._log.records:
            return
        with unswept():
            from pytest_selfrepair.plugin.showing import show  # noqa: PLC0415 - brings tables

        findings = self._found(self._log)
        terminalreporter.section("self-repair")
        against = self._reports.against(self._log.records)
        show(terminalreporter, findings, against)
        decision = self._reports.decision(findings, self._log.records)
        for line in self._reports.write(findings, self._log.records, against, decision):
            terminalreporter.line(line, red="not written" in line)
        for notice in dict.fromkeys(self._log.notices):
            terminalreporter.line(f"note: {notice}")
        if self._log.trouble is not None:
            terminalreporter.line(f"records not kept: {self._log.trouble}", red=True)
        root = self._config.rootpath
        for line in self._reports.annotations(self._log.records, against, decision, root):
            terminalreporter.write_line(line)

    def _found(self, log: RunLog) -> "Findings":
        """What the run's records say, estimated once."""
        if self._findings is None:
            # Brings the estimators, which nothing needs before a run ends.
            with unswept():
                from pytest_selfrepair.estimate.assemble import findings  # noqa: PLC0415
            lost, account = Lost(), None
            if self._models is not None:
                lost = log.lost(self._models.campaign)
                account = log.account(self._models.campaign, self._models.limits)
            self._findings = findings(log.records, not_run=log.not_run, lost=lost, account=account)
        return self._findings

    def pytest_unconfigure(self) -> None:
        """Close all that this process has opened."""
        if self._engine is not None:
            self._engine.close()
        self._servers.close()
        if self._log is not None:
            self._log.close()

    def _shown(self, path: Path) -> str:
        root = self._config.rootpath
        return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _check_budget(plan: Plan) -> None:
    """A budget that buys no program would make every task an unsolved one.

    Raises:
        UsageError: It is one.
    """
    least = min(plan.params.max_tokens, LEAST_USEFUL_TOKENS)
    if plan.budget is not None and plan.budget < least:
        raise UsageError(
            f"--selfrepair-budget: found {plan.budget}; accepted: {least} or more, for a "
            "shorter program is not asked for"
        )


def _repairs(settings: Settings) -> str:
    """The part of a tree's shape below its programs."""
    repairs = f"n_fr = {settings.repairs}"
    if settings.feedbacks is not None:
        repairs = f"n_f = {settings.feedbacks}, n_r = {settings.repairs}"
    return repairs if settings.depth == 1 else f"{repairs}, depth {settings.depth}"


def _tasks(items: Iterable[pytest.Item | None]) -> Iterator[TaskItem]:
    return (item for item in items if isinstance(item, TaskItem) and item.has_cases)


def _read(items: Iterable[TaskItem]) -> Iterator[Task]:
    """The tasks of items, but for those of which it is found only now that they cannot be run."""
    for item in items:
        with contextlib.suppress(TaskError):
            task = item.upcoming.load()
            if task.cases:
                yield task


def _reports(settings: Settings) -> "Reports":
    from pytest_selfrepair.plugin.reports import Reports  # noqa: PLC0415 - brings NumPy

    return Reports(settings)


def _found(settings: Settings, config: pytest.Config) -> Isolation:
    """How programs are kept apart; a level that the machine does not have is a usage error."""
    if (given := xdist.given_isolation(config)) is not None:
        return Isolation.from_json(given)
    try:
        return find_isolation(settings.sandbox)
    except SelfRepairError as error:
        raise UsageError(str(error)) from None

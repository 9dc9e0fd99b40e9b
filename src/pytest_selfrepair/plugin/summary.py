"""The hooks that end a run: its findings, its reports and the gate."""

from collections.abc import Generator
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.estimate.run.outcome import TaskOutcome
from pytest_selfrepair.plugin.collection import Collection
from pytest_selfrepair.plugin.importing import importing
from pytest_selfrepair.plugin.reports import Reports
from pytest_selfrepair.plugin.run_gate import RunGate
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.plugin.unscored_errors import UnscoredErrors
from pytest_selfrepair.report.kept import kept

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.gate import Decision
    from pytest_selfrepair.estimate.findings import Findings


class Summary:
    """The hooks of the summary.

    Args:
        process: This process of the run.
        log: The run's log.
        reports: The reports to write.
        gate: The gate and its baselines.
        collection: The hooks of collection, with their notices.
        errors: Errors of unscored items that pytest has shown.
    """

    def __init__(
        self,
        process: RunProcess,
        log: RunLog,
        *,
        reports: Reports,
        gate: RunGate,
        collection: Collection,
        errors: UnscoredErrors,
    ) -> None:
        self._process = process
        self._log = log
        self._reports = reports
        self._gate = gate
        self._collection = collection
        self._errors = errors

    def pytest_report_teststatus(
        self, report: pytest.CollectReport | pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show a task that only a repair solved as REPAIRED."""
        if report.when != "call" or not report.passed or not isinstance(report, pytest.TestReport):
            return None
        if ("selfrepair_outcome", str(TaskOutcome.REPAIRED)) not in report.user_properties:
            return None
        return "repaired", "r", ("REPAIRED", {"green": True})

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Finish requests in flight, then let the gate decide."""
        self._log.notices += [*self._collection.notices, *self._process.finish()]
        yield
        if self._log.fault is not None:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        decides = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        if decides and not self._process.settings.plan and self._decision is not None:
            decide(session, self._decision, others_failed=self._log.others_failed)

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Print the summary and write reports; after an interrupt, report what was stored."""
        process, log = self._process, self._log
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            account = log.account(process.models.campaign, process.models.limits)
            for line in kept(account, process.shown(process.settings.store)):
                terminalreporter.line(line)
        if not log.records and not log.games:
            return
        with importing():
            from pytest_selfrepair.plugin.showing import show  # noqa: PLC0415 - brings tables

        terminalreporter.section("self-repair")
        against = self._gate.against(log.records, log.games)
        show(terminalreporter, self._findings, against, self._errors.shown)
        written = self._reports.write(
            self._findings, log.records, log.games, against, self._decision
        )
        for line in written:
            terminalreporter.line(line, red="not written" in line)
        for notice in dict.fromkeys(log.notices):
            terminalreporter.line(f"note: {notice}")
        if log.trouble is not None:
            terminalreporter.line(f"records not kept: {log.trouble}", red=True)
        root = process.config.rootpath
        for line in self._reports.annotations(
            log.records,
            log.games,
            against=against,
            before=self._gate.baseline[0].games if self._gate.baseline else (),
            decision=self._decision,
            root=root,
        ):
            terminalreporter.write_line(line)

    @cached_property
    def _findings(self) -> "Findings":
        """The run's findings, estimated once."""
        # Brings the estimators, which nothing needs before a run ends.
        with importing():
            from pytest_selfrepair.estimate.assemble import findings  # noqa: PLC0415
        log, models = self._log, self._process.models
        return findings(
            log.records,
            log.games,
            not_run=log.not_run,
            lost=log.lost(models.campaign),
            account=log.account(models.campaign, models.limits),
        )

    @cached_property
    def _decision(self) -> "Decision | None":
        """The gate's decision; None without a gate, or with one for tasks only and no tasks."""
        gate, log = self._gate.gate, self._log
        if not gate.is_set or (log.games and not log.records and gate.max_unscored is None):
            return None
        return self._gate.decision(self._findings, self._log.records)


def decide(session: pytest.Session, decision: "Decision", *, others_failed: bool) -> None:
    """Let the gate replace the results of single tasks, along with those of ordinary tests.

    Args:
        session: The session, which gets the exit status.
        decision: The gate's decision.
        others_failed: Whether an ordinary test failed.
    """
    failed = not decision.passed or others_failed
    session.exitstatus = pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    for objection in decision.objections:
        reporter.line(f"self-repair gate: failed: {objection}", red=True)
    if decision.passed:
        also = ", but other tests failed" if failed else ""
        reporter.line(f"self-repair gate: passed{also}", green=not failed)

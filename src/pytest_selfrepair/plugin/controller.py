"""The hooks of the process that receives every report: it keeps the log and supplies workers."""

from collections.abc import Generator
from typing import Any

import pytest

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.errors import SelfRepairError, WorkerLostError
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.items import runnable
from pytest_selfrepair.plugin.progress import on_terminal
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.plugin.sent_records import take_record


class Controller:
    """The hooks of the controller.

    Args:
        process: This process of the run.
        log: The run's log.
    """

    def __init__(self, process: RunProcess, log: RunLog) -> None:
        self._process = process
        self._log = log
        self._checked: bool | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the items to run."""
        self._log.collected = len(list(runnable(session.items)))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Bring the store up to date and start the embedded model, showing the progress."""
        if not (session.config.option.collectonly or self._process.settings.plan):
            with on_terminal(session.config):
                self._log.bring_up_to_date()
                if any(runnable(session.items)):
                    self._start_servers()
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a record."""
        if report.failed and not workers.is_item(report.nodeid):
            self._log.others_failed = True
        if (sent := take_record(report)) is not None:
            record, self._log.rate_limits[workers.worker_of(report)] = sent
            self._log.add(record)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> object | None:
        """Give each worker a share of the tasks, unless the user chose another distribution."""
        if config.getvalue("dist") != workers.OURS:
            return None
        from pytest_selfrepair.plugin.scheduling import ShareScheduling  # noqa: PLC0415 - needs xdist

        return ShareScheduling(config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Start the embedded model once for all workers, and pass its address to each."""
        process = self._process
        if process.config.option.collectonly:
            return
        workers.refuse_elsewhere(node)
        with on_terminal(process.config):
            self._start_servers()
        try:
            if self._checked is None:
                self._checked = process.models.check_endpoints()
        except SelfRepairError as error:
            raise pytest.UsageError(str(error)) from None
        workers.prepare(
            node,
            process.servers.known,
            process.models.campaign,
            process.run,
            process.isolation,
            checked=self._checked,
        )

    def _start_servers(self) -> None:
        try:
            self._process.models.start_local_servers()
        except SelfRepairError as error:
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Record an item whose worker died as unscored, so that it is never missing."""
        lost = WorkerLostError(f"the worker that ran it died ({report.longrepr})")
        if workers.is_task(crashitem):
            self._log.add(Record(task_id=crashitem.removesuffix(workers.END), unscored=str(lost)))
        elif workers.is_item(crashitem):
            self._log.add(BargainRecord(task_id=crashitem, unscored=str(lost)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over from an ending worker the number of items to run."""
        self._log.collected = max(self._log.collected, workers.collected(node))
        self._log.notices += workers.notices(node)
        self._log.fault = self._log.fault or workers.fault(node)

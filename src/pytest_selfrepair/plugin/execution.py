"""The hooks of a process that runs items: work ahead, and attach a record to each report."""

from collections.abc import Generator
from dataclasses import replace

import pytest

from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.collection import Collection
from pytest_selfrepair.plugin.items import RECORD, RunItem, UnscoredError, runnable
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.plugin.sent_records import send_record
from pytest_selfrepair.report.visible_text import harmless


class Execution:
    """The hooks of execution.

    Args:
        process: This process of the run.
        collection: The hooks of collection, with their notices.
    """

    def __init__(self, process: RunProcess, collection: Collection) -> None:
        self._process = process
        self._collection = collection
        self._works_ahead = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Work ahead on the items that this process is known to run."""
        if not isinstance(item, RunItem):
            return
        engine = self._process.engine
        if not self._works_ahead:
            self._works_ahead = True
            engine.expect(each.upcoming for each in runnable(workers.known_share(item.session)))
        engine.expect(each.upcoming for each in runnable([item, nextitem]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach an item's record to the report of the phase that made it."""
        report = yield
        if (fault := self._process.models.check.fault) is not None:
            self._give_up(item.session, fault)
        if call.excinfo is not None and isinstance(call.excinfo.value, UnscoredError):
            # one line, not our traceback
            report.longrepr = harmless(f"not scored: {call.excinfo.value}")
        if call.when == "setup" and (record := item.stash.get(RECORD, None)) is not None:
            report.duration = record.seconds  # its own, not the time waited for it
            record = replace(record, shard=self._collection.shard)
            send_record(report, record, rate_limits=self._process.engine.rate_limits)
        if call.when == "teardown" and RECORD in item.stash:
            del item.stash[RECORD]  # the controller has it; pytest keeps its items to the end
        return report

    def _give_up(self, session: pytest.Session, fault: str) -> None:
        """End a run that can pay for nothing."""
        if not workers.is_worker(session.config):
            raise pytest.UsageError(fault)
        session.shouldstop = fault
        workers.send_fault(session.config, fault)

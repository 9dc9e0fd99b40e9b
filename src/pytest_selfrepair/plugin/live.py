"""The live progress line of a run, drawn on terminals only."""

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from pytest_selfrepair.core.run_account import Spent
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.estimate.run.outcome import TaskOutcome, task_outcome
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.plugin.status import BottomRow, shows_row
from pytest_selfrepair.report.progress_line import RunProgress, live_line


class LiveLine:
    """The hooks that draw the line, in the process that has the terminal.

    Args:
        log: The run's log.
        process: This process of the run.
        concurrency: The limit of requests in flight over the whole run.
    """

    def __init__(self, log: RunLog, process: RunProcess, concurrency: int) -> None:
        self._log = log
        self._engine = process.engine
        self._campaign = process.models.campaign
        self._limits = process.models.limits
        self._concurrency = concurrency
        self._row: BottomRow | None = None
        self._total = 0
        self._before: Spent | None = None
        self._began = time.monotonic()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Count the items that workers collected."""
        del node
        self._total = sum(map(len, workers.task_shares(ids, 1)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Start drawing."""
        if session.config.option.collectonly or not shows_row(session.config.option.verbose):
            return
        self._total = sum(map(len, workers.task_shares([i.nodeid for i in session.items], 1)))
        self._began = time.monotonic()
        self._row = BottomRow(self._text)
        self._row.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Stop drawing before the summary is written."""
        if self._row is not None:
            self._row.stop()

    def _text(self, columns: int) -> str:
        records = self._log.records
        became = Counter(map(task_outcome, records))
        spent, in_flight = Spent(), 0
        with contextlib.suppress(StoreError):  # the summary reports it
            spent, in_flight = self._log.progress(self._campaign)
        costs = [*(each.cost for each in records), *(each.cost for each in self._log.games)]
        priced = any(cost.dollars for cost in costs) or self._limits.max_dollars
        return live_line(
            RunProgress(
                total=self._total,
                done=len(records) + len(self._log.games),
                solved=became[TaskOutcome.SOLVED],
                repaired=became[TaskOutcome.REPAIRED],
                # workers also hold reservations for requests that wait for a slot
                in_flight=self._engine.in_flight or min(in_flight, self._concurrency),
                tokens=spent.tokens,
                dollars=spent.dollars if priced else None,
                max_tokens=self._limits.max_tokens,
                max_dollars=self._limits.max_dollars,
                rate_limits=self._engine.rate_limits or sum(self._log.rate_limits.values()),
                seconds=time.monotonic() - self._began,
            ),
            columns,
        )

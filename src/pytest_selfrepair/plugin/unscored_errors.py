"""Show each reason for unscored items once: a revoked key would repeat it for every task.

This holds for pytest's terminal only; other plugins, JUnit XML among them, receive each error.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace

import pytest
from _pytest._code.code import TerminalRepr
from _pytest._io import TerminalWriter

from pytest_selfrepair.core.record import NOT_RUN
from pytest_selfrepair.estimate.findings import Unscored
from pytest_selfrepair.estimate.run.outcome_counts import not_run_budget, unscored
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.runlog import RunLog
from pytest_selfrepair.report import numbers
from pytest_selfrepair.report.phrases import named
from pytest_selfrepair.report.visible_text import harmless

_ERROR = "error"
"""The key of error reports in pytest's terminal reporter."""


@dataclass(frozen=True, slots=True)
class _Crash:
    """What pytest's short summary shows of a report."""

    message: str


class _Reason(TerminalRepr):
    """A reason in full under ERRORS, to which the short summary only refers."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.reprcrash = _Crash("not scored: see ERRORS")

    def toterminal(self, tw: TerminalWriter) -> None:
        """Print the reason."""
        tw.line(self._text)


class UnscoredErrors:
    """The hook that shows each reason once.

    Args:
        log: The run's log.

    Attributes:
        shown: Reasons shown under ERRORS; empty before the terminal summary, and where that section
            is not shown.
    """

    def __init__(self, log: RunLog) -> None:
        self._log = log
        self.shown: frozenset[str] = frozenset()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """Replace reports with equal reasons by one while they are shown."""
        stats = terminalreporter.stats
        if not (errors := stats.get(_ERROR)):
            return (yield)
        folded, reasons = _grouped(errors, self._reasons())
        hidden = terminalreporter.no_summary or terminalreporter.config.option.tbstyle == "no"
        self.shown = frozenset() if hidden else reasons
        stats[_ERROR] = folded
        try:
            return (yield)
        finally:
            stats[_ERROR] = errors  # pytest counts them in its last line

    def _reasons(self) -> dict[str, str]:
        """Why items were not scored, by node id; equal reasons get the same wording."""
        groups = list(unscored(self._log.records))
        if (budget := not_run_budget(self._log.records)) is not None:
            groups.append(replace(budget, reason=f"{NOT_RUN}: {budget.reason}"))
        tasks = {f"{task}{workers.END}": each.reason for each in groups for task in each.tasks}
        return tasks | {
            each.task_id: each.unscored for each in self._log.games if each.unscored is not None
        }


def _grouped(
    errors: Iterable[pytest.TestReport], reasons: dict[str, str]
) -> tuple[list[pytest.TestReport], frozenset[str]]:
    """The reports to show in place of all, and their reasons."""
    alike: dict[str, list[pytest.TestReport]] = {}
    for number, report in enumerate(errors):
        reason = reasons.get(report.nodeid) if report.when == "setup" else None
        # an error of another kind stands alone
        alike.setdefault(f"error {number}" if reason is None else reason, []).append(report)
    shown = [each[0] if len(each) == 1 else _one(each, why) for why, each in alike.items()]
    return shown, frozenset(alike).intersection(reasons.values())


def _one(reports: list[pytest.TestReport], reason: str) -> pytest.TestReport:
    ids = [report.nodeid.removesuffix(workers.END) for report in reports]
    items = numbers.plural(len(ids), "task" if workers.is_task(reports[0].nodeid) else "scenario")
    who = named(Unscored(reason=reason, tasks=tuple(ids)))
    return pytest.TestReport(
        nodeid=who,
        location=("", None, who),
        keywords={},
        outcome="failed",
        longrepr=_Reason(harmless(f"not scored: {items}: {reason}")),
        when="setup",
    )

"""The gate in a session: what it foresees when tasks are known, and the exit status at the end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.errors import UsageError

if TYPE_CHECKING:
    from pytest_selfrepair.estimate.comparison.gate import Decision
    from pytest_selfrepair.plugin.reports import Reports


def foresee(config: pytest.Config, reports: "Reports", task_ids: Sequence[str]) -> list[str]:
    """Say which limit the gate can hold, before anything is sampled; a plan says it later.

    Raises:
        pytest.UsageError: It cannot hold the limit that was asked for.
    """
    try:
        lines = reports.foreseen(task_ids)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not reports.is_plan:
        for line in lines:
            reporter.write_line(line)
    return lines


def decide(session: pytest.Session, decision: "Decision", *, others_failed: bool) -> None:
    """Let the gate decide in place of single tasks, beside ordinary tests.

    Args:
        session: It gets the exit status.
        decision: The gate's.
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

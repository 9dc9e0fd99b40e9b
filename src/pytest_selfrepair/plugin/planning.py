"""Report limits and costs once the items are known and before any of them runs."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_selfrepair.core.task import Task
from pytest_selfrepair.errors import TaskError, UsageError
from pytest_selfrepair.estimate.bargain.foreseen import ASSUMED_DEVIATION, least_surplus_gain
from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.game_items import GameItem, games_of
from pytest_selfrepair.plugin.items import TaskItem, runnable, tasks_of
from pytest_selfrepair.plugin.kinds import check_kinds
from pytest_selfrepair.plugin.run_process import RunProcess
from pytest_selfrepair.report.numbers import plural

if TYPE_CHECKING:
    from pytest_selfrepair.plugin.run_gate import RunGate


class Planning:
    """The hooks that report the gate's least limit and, for a plan, what the run would take.

    Args:
        process: This process of the run.
        gate: The gate, and the baselines that the run is compared with.
    """

    def __init__(self, process: RunProcess, gate: "RunGate") -> None:
        self._process = process
        self._gate = gate
        self._foreseen: Sequence[str] | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Check the items, unless workers run them."""
        if not workers.is_controller(session.config):
            self._report_limits([item.nodeid for item in runnable(session.items)])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Check the items that the first worker collected."""
        del node
        if self._foreseen is None:
            self._report_limits([node_id for node_id in ids if workers.is_item(node_id)])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """With a plan only, report what the run would take instead of running it."""
        if not self._process.settings.plan:
            return None
        if workers.is_controller(session.config):
            raise pytest.UsageError("--selfrepair-plan: found workers (-n); accepted: -n0")
        tasks, games = list(_read(tasks_of(session.items))), list(games_of(session.items))
        lines: list[str] = []
        if tasks or not games:
            lines += self._process.models.forecast.of_tasks(tasks)
            lines += self._gate.foreseen_gain(len(tasks))
        if games:
            lines += self._process.models.forecast.of_games(
                [(item.upcoming.load(), item.upcoming.role) for item in games], alone=not lines
            )
            lines += _foreseen_surplus(games, self._process.settings.games)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.section("self-repair: plan")
            for line in [*lines, *(self._foreseen or ())]:
                reporter.line(line)
        return True

    def _report_limits(self, node_ids: Sequence[str]) -> None:
        """Report the limit that the gate supports; a plan reports it later.

        Args:
            node_ids: The items to run.

        Raises:
            pytest.UsageError: The requested limit is not supported, or an option or source applies
                to no item of the run.
        """
        tasks = [each.removesuffix(workers.END) for each in node_ids if workers.is_task(each)]
        try:
            check_kinds(node_ids, self._process.settings, self._process.config)
            self._foreseen = self._gate.foreseen(tasks)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        reporter = self._process.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not self._process.settings.plan:
            for line in self._foreseen:
                reporter.write_line(line)


def _foreseen_surplus(items: Sequence[GameItem], games: int) -> list[str]:
    """The gain in surplus share that the scenarios and games can detect, a line for each role."""
    lines = []
    for role, count in Counter(item.upcoming.role for item in items).items():
        least = least_surplus_gain(count, games)
        shown = "no gain" if least is None else f"a gain of about {least:.2g} in surplus share"
        lines.append(
            f"{role}: {plural(count, 'scenario')} with {plural(games, 'game')} each could show "
            f"{shown} with 80 % power,"
        )
    assumed = f"{ASSUMED_DEVIATION:g}, which is assumed"
    return [*lines, f"  where the standard deviation of a game's paired difference is {assumed}"]


def _read(items: Iterable[TaskItem]) -> Iterator[Task]:
    """Read the tasks of items; those that turn out to be malformed are left out."""
    for item in items:
        with contextlib.suppress(TaskError):
            task = item.upcoming.load()
            if task.cases:
                yield task

"""The items of a scenario: one for each role, whose games make a record."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from pytest_selfrepair.bargain.bargain_record import BargainRecord
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.plugin.game_runner import UpcomingGames
from pytest_selfrepair.plugin.items import RECORD, RunItem, UnscoredError
from pytest_selfrepair.report.game_item import broken_text, game_properties, unclear_text
from pytest_selfrepair.store.any_record import AnyRecord


class RulesBrokenError(Exception):
    """The improved player broke a rule."""


class GameItem(RunItem):
    """A scenario with one role improved; it passes where that player kept the rules."""

    upcoming: UpcomingGames

    def __init__(self, *, parent: pytest.Collector, scenario: Scenario, role: BargainRole) -> None:
        self.task_id = f"{scenario.id}::{role}"
        self.scenario_id = scenario.id
        super().__init__(role.value, parent, nodeid=self.task_id)
        self.upcoming = UpcomingGames(task_id=self.task_id, role=role, load=lambda: scenario)
        self._zone = scenario.zone
        self.mark(role.value, scenario.zone.value)

    @property
    def group(self) -> StrEnum:
        """Its zone of agreement."""
        return self._zone

    def setup(self) -> None:
        """Play the games.

        Raises:
            UnscoredError: The games could not all be played, or the end of one is unclear.
        """
        record = self._kept(self.ran())
        self.user_properties += game_properties(record)
        if record.unscored is not None:
            raise UnscoredError(record.unscored)
        if record.unclear:
            raise UnscoredError(unclear_text(record))

    def runtest(self) -> None:
        """Pass where the improved player kept the rules.

        Raises:
            RulesBrokenError: It broke one.
        """
        if self._kept(self.stash[RECORD]).rules_broken:
            raise RulesBrokenError

    def repr_failure(  # type: ignore[override]  # as pytest's own items leave `style` out
        self, excinfo: ExceptionInfo[BaseException]
    ) -> str | TerminalRepr:
        """The broken rules, and with -v the games, without a traceback."""
        if isinstance(excinfo.value, RulesBrokenError):
            record = self._kept(self.stash[RECORD])
            return broken_text(record, verbose=self.config.get_verbosity() > 0)
        return super().repr_failure(excinfo)

    @staticmethod
    def _kept(record: AnyRecord) -> BargainRecord:
        assert isinstance(record, BargainRecord)  # noqa: S101 - a scenario's record is one
        return record


def items_of(scenario: Scenario, parent: pytest.Collector) -> Iterator[GameItem]:
    """The items of a scenario."""
    for role in BargainRole:
        yield GameItem.from_parent(parent, scenario=scenario, role=role)


def games_of(items: Iterable[pytest.Item]) -> Iterator[GameItem]:
    """The items that are scenarios."""
    return (item for item in items if isinstance(item, GameItem))

"""Collect files that hold scenarios: each scenario gives two items."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_selfrepair.bargain.scenario import Scenario
from pytest_selfrepair.errors import TaskError
from pytest_selfrepair.plugin.collectors import Broken, OneLineCollector, path_id
from pytest_selfrepair.plugin.game_items import GameItem, items_of
from pytest_selfrepair.tasks.scenario_lines import holds_scenarios
from pytest_selfrepair.tasks.scenarios import SCENARIO, read_scenario_file, scenarios_of_file


class ScenarioFile(OneLineCollector):
    """The file that makes its folder a scenario."""

    def collect(self) -> Iterator[GameItem]:
        """Collect an item for each role.

        Raises:
            TaskError: The file is malformed.
        """
        folder = path_id(self.path.parent, self.config)
        yield from items_of(read_scenario_file(self.path, folder), self)


class ScenarioLines(OneLineCollector):
    """A file of several scenarios: JSON Lines, or a JSON array."""

    def collect(self) -> Iterator["OneScenario | Broken"]:
        """Collect the scenarios by their names."""
        base = path_id(self.path, self.config)
        for number, found in enumerate(scenarios_of_file(self.path, base), start=1):
            if isinstance(found, TaskError):
                yield self.broken(f"{number}", f"{base}::{number}", found)
                continue
            name = found.id.removeprefix(f"{base}::")
            try:
                scenario = found.load()
            except TaskError as error:
                yield self.broken(name, found.id, error)
            else:
                yield OneScenario.from_parent(
                    self, name=name, nodeid=found.id, scenario=scenario, path=self.path
                )


class OneScenario(OneLineCollector):
    """One scenario from a file of several."""

    def __init__(self, *, scenario: Scenario, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # pytest's own keywords, passed through
        self._scenario = scenario

    def collect(self) -> Iterator[GameItem]:
        """Collect an item for each role."""
        yield from items_of(self._scenario, self)


def scenario_collector_for(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a file with scenarios; a file of several must be given explicitly."""
    if path.name == SCENARIO:
        folder = path_id(path.parent, parent.config)
        return ScenarioFile.from_parent(parent, name=path.name, path=path, nodeid=folder)
    if parent.session.isinitpath(path) and holds_scenarios(os.fspath(path)):
        node_id = path_id(path, parent.config)
        return ScenarioLines.from_parent(parent, name=path.name, path=path, nodeid=node_id)
    return None

"""The hooks of collection: find tasks, select those to run, and order them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_selfrepair.plugin.collectors import Folder, TaskFolder, collector_for
from pytest_selfrepair.plugin.game_collectors import scenario_collector_for
from pytest_selfrepair.plugin.options import Settings
from pytest_selfrepair.plugin.selection import ordered, sampled, sharded
from pytest_selfrepair.tasks.folders import is_task_folder

if TYPE_CHECKING:
    from pytest_selfrepair.core.shard import Shard


class Collection:
    """The hooks of collection.

    Args:
        settings: The run's settings.

    Attributes:
        notices: Notices to the user on the sample that was drawn, a line each.
        shard: The shard that this run is, with the number of its items; None: the whole run.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.notices: list[str] = []
        self.shard: Shard | None = None

    def pytest_collect_directory(
        self, path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a folder in APPS's layout as a task, any other as one that may hold tasks."""
        if is_task_folder(path):
            return TaskFolder.from_parent(parent, path=path)
        return None if (path / "__init__.py").exists() else Folder.from_parent(parent, path=path)

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a file given by the user, a scenario's file, or one that a conftest.py reads."""
        return scenario_collector_for(file_path, parent) or collector_for(file_path, parent)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Draw a sample or shard of the items that -m, -k and the like left, and order it."""
        drawn, said = sampled(items, self._settings)
        kept, self.shard, told = sharded(drawn, self._settings)
        self.notices = [*said, *told]
        if len(kept) < len(items):
            stay = set(kept)
            config.hook.pytest_deselected(items=[each for each in items if each not in stay])
            items[:] = kept
        items[:] = ordered(items, self._settings)

"""The hooks of a worker alone: what it tells the controller beside its reports."""

from collections.abc import Generator

import pytest

from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.collection import Collection
from pytest_selfrepair.plugin.items import runnable
from pytest_selfrepair.plugin.run_process import RunProcess


class Worker:
    """The hooks.

    Args:
        process: What this process works with.
        collection: What was noticed when tasks were collected.
    """

    def __init__(self, process: RunProcess, collection: Collection) -> None:
        self._process = process
        self._collection = collection

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the items that are to be run."""
        workers.send_collected(session.config, len(list(runnable(session.items))))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """End what is under way, and pass on what the user should know."""
        notices = [*self._collection.notices, *self._process.finish()]
        workers.send_notices(session.config, notices)
        return (yield)

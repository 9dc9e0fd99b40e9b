"""The hooks of workers: what they send to the controller besides reports."""

from collections.abc import Generator

import pytest

from pytest_selfrepair.plugin import workers
from pytest_selfrepair.plugin.collection import Collection
from pytest_selfrepair.plugin.items import runnable
from pytest_selfrepair.plugin.run_process import RunProcess


class Worker:
    """The hooks of a worker.

    Args:
        process: This process of the run.
        collection: The hooks of collection, with their notices.
    """

    def __init__(self, process: RunProcess, collection: Collection) -> None:
        self._process = process
        self._collection = collection

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the items to run."""
        workers.send_collected(session.config, len(list(runnable(session.items))))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Finish requests in flight, and send notices to the controller."""
        notices = [*self._collection.notices, *self._process.finish()]
        workers.send_notices(session.config, notices)
        return (yield)

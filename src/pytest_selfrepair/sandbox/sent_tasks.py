"""Track the tasks sent to machines, and their places there."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from pytest_selfrepair.sandbox.dask_admission import JudgingWorker
from pytest_selfrepair.sandbox.judge_request import Cases

_MOST = 10_000  # tasks whose places are known
_PATIENCE = 15.0  # seconds to wait for a task that is being sent to another worker


class SentTasks:
    """The places of tasks, each sent once to workers that share them.

    Args:
        keep: Sends a task to the worker at an address, and returns its place there.
    """

    def __init__(self, keep: Callable[[str, Cases], Awaitable[str]]) -> None:
        self._keep = keep
        self._places: OrderedDict[tuple[str, str], asyncio.Future[str]] = OrderedDict()

    async def place(self, worker: JudgingWorker, cases: Cases) -> str:
        """The place of a task for a worker, sending it if needed.

        Raises:
            ConnectionError: It could not be sent.
        """
        key = worker.sharing_key, cases.digest
        if key in self._places:
            try:
                return await asyncio.wait_for(asyncio.shield(self._places[key]), _PATIENCE)
            except (TimeoutError, ConnectionError):
                pass  # the worker that it was sent to does not answer
        return await self.renew(worker, cases)

    async def renew(self, worker: JudgingWorker, cases: Cases) -> str:
        """Send a task to a worker again, and return its place.

        Raises:
            ConnectionError: It could not be sent.
        """
        key = worker.sharing_key, cases.digest
        sending = asyncio.ensure_future(self._keep(worker.address, cases))
        self._places[key] = sending
        self._places.move_to_end(key)
        while len(self._places) > _MOST:
            self._places.popitem(last=False)

        def unless_sent(ended: asyncio.Future[str]) -> None:
            failed = ended.cancelled() or ended.exception() is not None
            if failed and self._places.get(key) is ended:
                del self._places[key]

        sending.add_done_callback(unless_sent)
        return await asyncio.shield(sending)  # shielded, as others may wait for it too

    def forget(self) -> None:
        """Forget all places, as their workers are gone."""
        self._places.clear()

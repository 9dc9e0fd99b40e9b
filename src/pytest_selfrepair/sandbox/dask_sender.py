"""Send batches to the workers of a Dask cluster, with the tasks that they lack."""

from collections.abc import Mapping

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.dask_admission import Admission, JudgingWorker
from pytest_selfrepair.sandbox.dask_calls import DaskCalls
from pytest_selfrepair.sandbox.dask_scheduler import await_within
from pytest_selfrepair.sandbox.dask_worker import (
    JudgedBatch,
    SentBatch,
    SentPrograms,
    judge_batch,
    keep_task,
)
from pytest_selfrepair.sandbox.judge_request import Cases, JudgeJob
from pytest_selfrepair.sandbox.sent_tasks import SentTasks


class WorkerError(Exception):
    """A worker could not judge a batch, perhaps by the batch's own fault."""


class BatchSender:
    """Sends batches to workers, and each task once to all that share it.

    Args:
        calls: Calls functions on workers.
        admission: The admitted workers.
        plugin: The name of the plugin that judges on workers.
        patience: Seconds to wait for a worker to take a task.
    """

    def __init__(
        self, calls: DaskCalls, admission: Admission, plugin: str, patience: float
    ) -> None:
        self._calls, self._admission = calls, admission
        self._plugin, self._patience = plugin, patience
        self._tasks = SentTasks(self._keep)

    async def judge(self, worker: JudgingWorker, batch: Batch) -> JudgedBatch:
        """Have a worker judge a batch.

        Raises:
            ConnectionError: The scheduler or the worker is gone, and with it the batch.
            WorkerError: The worker is there, but could not judge it.
        """
        places = {each.digest: await self._tasks.place(worker, each) for each in batch.tasks}
        judged = await self._submit(worker, batch, places)
        if judged.lacking:  # the worker that kept a task is gone
            for each in batch.tasks:
                if each.digest in judged.lacking:
                    places[each.digest] = await self._tasks.renew(worker, each)
            judged = await self._submit(worker, batch, places)
        if judged.lacking:
            raise ConnectionError(f"the worker at {worker.address} does not keep tasks")
        return judged

    def forget(self) -> None:
        """Forget which tasks were sent, as their workers are gone."""
        self._tasks.forget()

    async def _keep(self, address: str, cases: Cases) -> str:
        """Send a task to a worker; return its place for workers of the same machine."""
        call = self._calls.call(address, keep_task, self._plugin, cases.digest, cases.data)
        try:
            place: str = await await_within(call, self._patience)
        except TimeoutError:
            raise ConnectionError(f"the worker at {address} accepted no task in time") from None
        return place

    async def _submit(
        self, worker: JudgingWorker, batch: Batch, places: Mapping[str, str]
    ) -> JudgedBatch:
        """Have a worker judge a batch; places are by the tasks' digests."""
        sent = SentBatch(
            plugin=self._plugin,
            parts=_parts(batch, places),
            calibration=self._admission.calibration(worker),
            reference_speed=self._admission.reference_speed,
        )
        judged: JudgedBatch = await self._calls.call(worker.address, judge_batch, sent)
        if judged.trouble is not None:
            raise WorkerError(judged.trouble)
        return judged


def _parts(batch: Batch, places: Mapping[str, str]) -> tuple[SentPrograms, ...]:
    """The programs of a batch by task; places are by the tasks' digests."""
    jobs: dict[str, list[JudgeJob]] = {}
    for request in batch.requests:
        jobs.setdefault(request.cases.digest, []).append(request.job)
    return tuple(
        SentPrograms(digest=digest, place=places[digest], jobs=tuple(each))
        for digest, each in jobs.items()
    )

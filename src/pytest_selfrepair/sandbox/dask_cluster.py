"""Join a Dask cluster, try out its workers, and watch which are there."""

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from typing import Any

from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.dask_admission import Admission, JudgingWorker
from pytest_selfrepair.sandbox.dask_calls import DaskCalls
from pytest_selfrepair.sandbox.dask_scheduler import LOST, DaskScheduler, await_within
from pytest_selfrepair.sandbox.dask_sender import BatchSender
from pytest_selfrepair.sandbox.dask_worker import JudgedBatch, JudgePlugin, facts, versions_of
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings

_PAUSE = 0.2


class DaskCluster:
    """The admitted workers of a cluster.

    Args:
        name: The parsed name of the pool.
        settings: The settings of judging.
        packages: The distributions in the settings.
        workers: The number of workers to start, if a cluster is started here.
        option: The name of the cluster's option, for errors.
        patience: Seconds to wait for a scheduler or a worker.
    """

    def __init__(
        self,
        name: PoolName,
        settings: JudgeSettings,
        packages: Packages | None,
        *,
        workers: int,
        option: str,
        patience: float,
    ) -> None:
        self.described = f"{option} {settings.pool}"
        self._settings, self._patience = settings, patience
        self._plugin = f"selfrepair-judge-{uuid.uuid4().hex[:12]}"
        self._scheduler = DaskScheduler(name, workers=workers, option=option, patience=patience)
        self._admission = Admission(self.described, versions_of(packages), settings)
        self._calls = DaskCalls(self._scheduler, self._admission.workers)
        self._sender = BatchSender(self._calls, self._admission, self._plugin, patience)
        self._registered = ""  # the scheduler whose workers have the plugin
        self._undecided: set[str] = set()

    @property
    def isolation(self) -> str:
        """The isolation of programs from the workers' machines, in a few words."""
        return self._admission.isolation

    @property
    def workers(self) -> Mapping[str, JudgingWorker]:
        """The admitted workers by address."""
        return self._admission.workers

    @property
    def notices(self) -> list[str]:
        """Notices to the user on rejected workers."""
        return self._admission.notices

    async def open(self) -> None:
        """Start or join the cluster.

        Raises:
            UsageError: There is no scheduler or no admissible worker, or workers' isolation differs
                without the option for it.
        """
        try:
            await self._scheduler.open()
        except LOST as error:
            found = f"{self.described}: found no scheduler at {self._scheduler.address}"
            raise UsageError(f"{found}; accepted: a running one ({error})") from None
        await self._try_out()
        self._admission.decide()

    async def refresh(self) -> None:
        """Update the workers, trying out new ones; rejoins a lost scheduler."""
        try:
            identity = await self._scheduler.identity()
            if identity["id"] != self._registered:
                await self._register(identity["id"])
            await self._look(identity["workers"])
        except LOST:
            self._admission.workers.clear()

    async def judge(self, address: str, batch: Batch) -> JudgedBatch:
        """Have a worker judge a batch.

        Raises:
            ConnectionError: The scheduler or the worker is gone, and with it the batch.
            WorkerError: The worker is there, but could not judge it.
        """
        worker = self.workers.get(address)
        if worker is None:
            await self._calls.wait_until_gone(address)
            raise ConnectionError(f"the worker at {address} is gone")
        return await self._sender.judge(worker, batch)

    async def aclose(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        await self._scheduler.aclose(self._plugin)

    async def _try_out(self) -> None:
        """Wait until all present workers have been tried out, or patience ends."""
        ends = asyncio.get_running_loop().time() + self._patience
        while asyncio.get_running_loop().time() < ends:
            await self.refresh()
            if self.workers and not self._undecided:
                return
            await asyncio.sleep(_PAUSE)

    async def _register(self, scheduler: str) -> None:
        """Install the judge on a scheduler's workers, present and future."""
        plugin = JudgePlugin(self._settings, self._plugin)
        with contextlib.suppress(asyncio.TimeoutError):  # one worker may hang
            registering = self._scheduler.client.register_plugin(plugin, name=self._plugin)
            await await_within(registering, self._patience)
        self._registered = scheduler
        self._admission.forget()
        self._sender.forget()

    async def _look(self, there: Mapping[str, Mapping[str, Any]]) -> None:
        """Note the present workers, and query new ones for their facts."""
        admission = self._admission
        for address in set(admission.workers) - set(there):
            del admission.workers[address]
        coming = [
            address
            for address, found in there.items()
            if found["status"] == "running"
            and address not in admission.workers
            and address not in admission.left_out
        ]
        self._undecided = set(coming)
        if not coming:
            return
        client = self._scheduler.client
        asked = client.run(facts, self._plugin, workers=coming, on_error="ignore")
        for address, found in (await await_within(asked)).items():
            if found is not None:  # else it is still being tried out
                self._undecided.discard(address)
                admission.consider(address, there[address], found)

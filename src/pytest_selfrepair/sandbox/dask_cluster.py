"""A Dask cluster that judges: joined or started, its workers tried out before they get work."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import dask.config
from distributed import Client, LocalCluster
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError
from distributed.security import Security

from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.dask_address import scheduler_address
from pytest_selfrepair.sandbox.dask_worker import (
    JudgePlugin,
    SentBatch,
    WorkerFacts,
    facts,
    judge_batch,
    versions_of,
)
from pytest_selfrepair.sandbox.dispatch import Answer, Batch
from pytest_selfrepair.sandbox.installed_packages import Packages
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings

_LOST = (CommClosedError, OSError, asyncio.TimeoutError)
"""What is raised where the scheduler, or a worker, is not there."""

_SOON = 15.0
"""Seconds in which a scheduler, and workers, say who they are."""

_LEAVING = 3.0
"""Seconds in which workers end their judges: who hangs does not."""

_PAUSE = 0.2

_T = TypeVar("_T")

_QUIET: Mapping[str, object] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
}
"""A cluster on this machine serves no pages, watches nothing and does not say that it is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingWorker:
    """A worker that may judge.

    Attributes:
        threads: Batches that it runs at once.
        host: Its machine.
        facts: What it says of itself.
    """

    threads: int
    host: str
    facts: WorkerFacts


class DaskCluster:
    """The workers of a cluster that may judge.

    Args:
        name: Which cluster.
        settings: How programs are judged.
        packages: The distributions that the settings name.
        workers: Workers that are started, where a cluster is started here.
        option: What errors call the option that names the cluster.
        patience: Seconds for which a scheduler or a worker is waited for.

    Attributes:
        workers: The workers that may judge, by address.
        notices: What the user should know: workers that were left out.
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
        self._name, self._settings, self._option = name, settings, option
        self._packages = versions_of(packages)
        self._count, self._patience = workers, patience
        self._plugin = f"selfrepair-judge-{uuid.uuid4().hex[:12]}"
        self._address = ""
        self._local: LocalCluster | None = None
        self._client: Client | None = None
        self._scheduler = ""
        self._left_out: dict[str, str] = {}
        self._calibrations: dict[str, float] = {}
        self._reference = settings.reference_speed
        self._undecided: set[str] = set()
        self._is_open = False
        self._known_levels: set[str] = set()
        self.workers: dict[str, JudgingWorker] = {}
        self.notices: list[str] = []

    @property
    def described(self) -> str:
        """The cluster, as its user named it."""
        return f"{self._option} {self._settings.pool}"

    @property
    def isolation(self) -> str:
        """How workers keep programs apart from their machines, in a few words."""
        found = dict.fromkeys(worker.facts.isolation for worker in self.workers.values())
        levels = {_level(each): each for each in reversed(found)}
        return "; ".join(levels[each] for each in sorted(levels)) or f"workers of {self.described}"

    async def open(self) -> None:
        """Start or join the cluster.

        Raises:
            UsageError: There is no scheduler, or no worker that may judge; or they keep programs
                apart in different ways, and that was not asked for.
        """
        security = Security()
        if self._name.address is None and self._name.file is None:
            await self._start()
        else:
            self._address = scheduler_address(self._name, security, self._option)
        try:
            await self._join()
        except _LOST as error:
            found = f"{self.described}: found no scheduler at {self._address}"
            raise UsageError(f"{found}; accepted: a running one ({error})") from None
        await self._tried_out()
        if not self.workers:
            why = "; ".join(self._left_out.values()) or "none is there"
            raise UsageError(f"{self.described}: found no worker that may judge: {why}")
        if len(self._levels) > 1 and not self._settings.mixed_isolation:
            found = "; ".join(
                f"{address}: {worker.facts.isolation}" for address, worker in self.workers.items()
            )
            raise UsageError(
                f"{self.described}: found workers that keep programs apart in different ways "
                f"({found}); accepted: one level, or all with --mixed-isolation"
            )
        if self._reference is None:
            self._reference = 1000 * min(self._calibrations.values())
        self._is_open = True

    async def _tried_out(self) -> None:
        """Wait until every worker is known that is there, or for as long as there is patience."""
        ends = asyncio.get_running_loop().time() + self._patience
        while asyncio.get_running_loop().time() < ends:
            await self.refresh()
            if self.workers and not self._undecided:
                return
            await asyncio.sleep(_PAUSE)

    async def refresh(self) -> None:
        """Look which workers there are; try new ones out. Joins again where the scheduler went."""
        try:
            if self._client is None or self._client.status != "running":
                await self._join()
            assert self._client is not None  # noqa: S101 - it has been joined
            scheduler = self._client.scheduler
            assert scheduler is not None  # noqa: S101 - as above
            identity: dict[str, Any] = await _soon(scheduler.identity(n_workers=-1))
            if identity["id"] != self._scheduler:
                await self._register(identity["id"])
            await self._look(identity["workers"])
        except _LOST:
            self.workers.clear()

    async def _look(self, there: Mapping[str, Mapping[str, Any]]) -> None:
        """Note which workers are there, and ask new ones what they say of themselves."""
        assert self._client is not None  # noqa: S101 - it has been joined
        for address in set(self.workers) - set(there):
            del self.workers[address]
        coming = [
            address
            for address, found in there.items()
            if found["status"] == "running"
            and address not in self.workers
            and address not in self._left_out
        ]
        self._undecided = set(coming)
        if not coming:
            return
        asked = self._client.run(facts, self._plugin, workers=coming, on_error="ignore")
        for address, found in (await _soon(asked)).items():
            self._consider(address, there[address], found)

    async def judge(
        self, address: str, batch: Batch, data: bytes | None
    ) -> tuple[float, tuple[Answer, ...]] | None:
        """Have a worker judge a batch.

        Args:
            address: The worker.
            batch: The programs.
            data: The pickled task, where the worker has it not.

        Returns:
            What `judge_batch` returns.

        Raises:
            ConnectionError: The scheduler is gone, and with it the batch.
        """
        client, worker = self._client, self.workers.get(address)
        if client is None or client.status != "running" or worker is None:
            raise ConnectionError("the scheduler, or the worker, is gone")
        calibration = self._calibrations[worker.host]
        sent = SentBatch(
            plugin=self._plugin,
            digest=batch.cases.digest,
            data=data,
            jobs=tuple(request.job for request in batch.requests),
            calibration=calibration,
            reference_speed=self._reference or 1000 * calibration,
        )
        future = client.submit(
            judge_batch,
            sent,
            key=f"{self._plugin}-{uuid.uuid4().hex}",
            workers=[address],
            allow_other_workers=False,
        )
        try:
            answer: tuple[float, tuple[Answer, ...]] | None = await future
        except FutureCancelledError as error:
            raise ConnectionError(f"the scheduler has dropped the batch: {error}") from None
        finally:
            future.release()  # what is held would be computed again where its worker dies
        return answer

    async def aclose(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        if self._client is not None:
            with contextlib.suppress(*_LOST):
                if self._client.status == "running" and self._local is None:
                    await _soon(self._client.unregister_worker_plugin(self._plugin), _LEAVING)
            with contextlib.suppress(*_LOST):
                await _soon(self._client.close(timeout=_LEAVING), 2 * _LEAVING)
        closing = None if self._local is None else self._local.close()
        if closing is not None:
            with contextlib.suppress(*_LOST):
                await _soon(closing, 2 * _SOON)

    async def _start(self) -> None:
        with dask.config.set(_QUIET):
            self._local = await LocalCluster(
                n_workers=self._count,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                memory_limit=0,
                silence_logs=50,
                config=dict(_QUIET),
                asynchronous=True,
            )
        self._address = self._local.scheduler_address

    async def _join(self) -> None:
        if self._client is not None:
            with contextlib.suppress(*_LOST):
                await _soon(self._client.close(timeout=1))
            self._client = None
        client = Client(
            self._address, asynchronous=True, set_as_default=False, timeout=self._patience
        )
        await client
        self._client = client

    async def _register(self, scheduler: str) -> None:
        """Give the judge to the workers of a scheduler, those that are still to come included."""
        assert self._client is not None  # noqa: S101 - it has been joined
        plugin = JudgePlugin(self._settings, self._plugin)
        with contextlib.suppress(asyncio.TimeoutError):  # one worker may hang
            await _soon(self._client.register_plugin(plugin, name=self._plugin), self._patience)
        self._scheduler = scheduler
        self.workers.clear()
        self._left_out.clear()

    def _consider(self, address: str, there: Mapping[str, Any], found: WorkerFacts | None) -> None:
        """Take a worker in, or leave it out and say why."""
        if found is None:  # it is still being tried out
            return
        self._undecided.discard(address)
        host = str(there["host"])
        if (why := self._why_not(found)) is not None:
            self._left_out[address] = f"the worker at {address}: {why}"
            self.notices.append(f"{self._left_out[address]}; it was left out")
            return
        known = self._calibrations.get(host, found.calibration)
        self._calibrations[host] = min(known, found.calibration)
        self.workers[address] = JudgingWorker(
            threads=int(there["nthreads"]), host=host, facts=found
        )

    def _why_not(self, found: WorkerFacts) -> str | None:
        if found.trouble is not None:
            return found.trouble
        own = WorkerFacts()
        if found.version != own.version:
            return f"found pytest-selfrepair {found.version}; accepted: {own.version}"
        if found.packages != self._packages:
            return f"found packages {found.packages}; accepted: {self._packages}"
        level = _level(found.isolation)
        if self._is_open and level not in self._levels and not self._settings.mixed_isolation:
            return f"found {found.isolation}; accepted: {self.isolation}, or --mixed-isolation"
        return None

    @property
    def _levels(self) -> set[str]:
        """The levels of isolation of the workers that have judged, or may."""
        self._known_levels |= {_level(each.facts.isolation) for each in self.workers.values()}
        return self._known_levels


async def _soon(work: Awaitable[_T], seconds: float = _SOON) -> _T:
    """What comes of work that must not take long.

    Raises:
        TimeoutError: It does.
    """
    return await asyncio.wait_for(work, seconds)


def _level(isolation: str) -> str:
    """The level in a description of isolation: ``level B``."""
    return isolation.partition(":")[0]

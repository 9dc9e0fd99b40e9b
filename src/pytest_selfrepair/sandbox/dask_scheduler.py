"""Join a Dask scheduler, or start one on this machine with its workers; rejoin if lost."""

import asyncio
import contextlib
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import dask.config
from distributed import Client, LocalCluster
from distributed.comm.core import CommClosedError
from distributed.security import Security

from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.sandbox.dask_address import scheduler_address

LOST = (CommClosedError, OSError, asyncio.TimeoutError)
"""The exceptions raised for an absent scheduler or worker."""

SOON = 15.0
"""Seconds for a scheduler and workers to identify themselves."""

_LEAVING = 3.0
"""Seconds for workers to end their judges; hung workers do not end them."""

_T = TypeVar("_T")

_QUIET: Mapping[str, object] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.reuse-broadcast-comm": True,
}
"""Dask's settings for a cluster on this machine, without dashboard, monitoring and warnings."""


class DaskScheduler:
    """The scheduler of a cluster.

    Args:
        name: The parsed name of the pool.
        workers: The number of workers to start, if a cluster is started here.
        option: The name of the cluster's option, for errors.
        patience: Seconds to wait for it.

    Attributes:
        address: Its address; empty until known.
    """

    def __init__(self, name: PoolName, *, workers: int, option: str, patience: float) -> None:
        self._name, self._option = name, option
        self._count, self._patience = workers, patience
        self._local: LocalCluster | None = None
        self._client: Client | None = None
        self.address = ""

    @property
    def is_joined(self) -> bool:
        """Whether it is joined, as far as is known."""
        return self._client is not None and self._client.status == "running"

    @property
    def client(self) -> Client:
        """Dask's client, connected.

        Raises:
            ConnectionError: The scheduler is gone.
        """
        if self._client is None or self._client.status != "running":
            raise ConnectionError(f"the scheduler at {self.address} is gone")
        return self._client

    async def open(self) -> None:
        """Start or join it.

        Raises:
            UsageError: Its file names no address, or the connection would not be encrypted.
            OSError: It is absent; the other exceptions in `LOST` mean the same.
        """
        if self._name.address is None and self._name.file is None:
            await self._start()
        else:
            self.address = scheduler_address(self._name, Security(), self._option)
        await self._join()

    async def identity(self) -> dict[str, Any]:
        """Query the scheduler for itself and its workers, rejoining it if lost.

        Raises:
            OSError: It is absent; the other exceptions in `LOST` mean the same.
        """
        if not self.is_joined:
            await self._join()
        scheduler = self.client.scheduler
        assert scheduler is not None  # noqa: S101 - it has been joined
        found: dict[str, Any] = await await_within(scheduler.identity(n_workers=-1))
        return found

    async def aclose(self, plugin: str) -> None:
        """Leave it, and end it if it was started here.

        Args:
            plugin: The worker plugin to unregister.
        """
        if self._client is not None:
            with contextlib.suppress(*LOST):
                if self._client.status == "running" and self._local is None:
                    await await_within(self._client.unregister_worker_plugin(plugin), _LEAVING)
            with contextlib.suppress(*LOST):
                await await_within(self._client.close(timeout=_LEAVING), 2 * _LEAVING)
        closing = None if self._local is None else self._local.close()
        if closing is not None:
            with contextlib.suppress(*LOST):
                await await_within(closing, 2 * SOON)

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
        self.address = self._local.scheduler_address

    async def _join(self) -> None:
        if self._client is not None:
            with contextlib.suppress(*LOST):
                await await_within(self._client.close(timeout=1))
            self._client = None
        client = Client(
            self.address, asynchronous=True, set_as_default=False, timeout=self._patience
        )
        await client
        self._client = client


async def await_within(work: Awaitable[_T], seconds: float = SOON) -> _T:
    """Await work that must not take long.

    Raises:
        TimeoutError: It takes too long.
    """
    return await asyncio.wait_for(work, seconds)

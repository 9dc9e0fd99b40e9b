"""A Dask scheduler: joined, or started on this machine with its workers, and joined again."""

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
"""What is raised where the scheduler, or a worker, is not there."""

SOON = 15.0
"""Seconds in which a scheduler, and workers, say who they are."""

_LEAVING = 3.0
"""Seconds in which workers end their judges: who hangs does not."""

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
"""A cluster on this machine serves no pages, watches nothing and does not say that it is busy."""


class DaskScheduler:
    """The scheduler of a cluster.

    Args:
        name: Which cluster.
        workers: Workers that are started, where a cluster is started here.
        option: What errors call the option that names the cluster.
        patience: Seconds for which it is waited for.

    Attributes:
        address: Where it is; empty before it is found.
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
            UsageError: Its file says no address, or the connection would not be encrypted.
            OSError: It is not there; as much is said by the others of `LOST`.
        """
        if self._name.address is None and self._name.file is None:
            await self._start()
        else:
            self.address = scheduler_address(self._name, Security(), self._option)
        await self._join()

    async def identity(self) -> dict[str, Any]:
        """What it says of itself and of its workers; it is joined again where it was lost.

        Raises:
            OSError: It is not there; as much is said by the others of `LOST`.
        """
        if not self.is_joined:
            await self._join()
        scheduler = self.client.scheduler
        assert scheduler is not None  # noqa: S101 - it has been joined
        found: dict[str, Any] = await soon(scheduler.identity(n_workers=-1))
        return found

    async def aclose(self, plugin: str) -> None:
        """Leave it, and end it where it was started here.

        Args:
            plugin: A plugin of workers, which goes with whoever registered it.
        """
        if self._client is not None:
            with contextlib.suppress(*LOST):
                if self._client.status == "running" and self._local is None:
                    await soon(self._client.unregister_worker_plugin(plugin), _LEAVING)
            with contextlib.suppress(*LOST):
                await soon(self._client.close(timeout=_LEAVING), 2 * _LEAVING)
        closing = None if self._local is None else self._local.close()
        if closing is not None:
            with contextlib.suppress(*LOST):
                await soon(closing, 2 * SOON)

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
                await soon(self._client.close(timeout=1))
            self._client = None
        client = Client(
            self.address, asynchronous=True, set_as_default=False, timeout=self._patience
        )
        await client
        self._client = client


async def soon(work: Awaitable[_T], seconds: float = SOON) -> _T:
    """What comes of work that must not take long.

    Raises:
        TimeoutError: It does.
    """
    return await asyncio.wait_for(work, seconds)

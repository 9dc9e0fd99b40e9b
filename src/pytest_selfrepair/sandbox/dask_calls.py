"""Call functions on the workers of a Dask cluster."""

import asyncio
from collections.abc import Callable, Container
from typing import Any

from pytest_selfrepair.sandbox.dask_scheduler import LOST, DaskScheduler

_UNREACHED = 10.0
"""Seconds within which a scheduler notices the loss of an unreachable worker."""

_PAUSE = 0.2


class DaskCalls:
    """Calls functions on workers directly, as Dask's tasks would be cached and repeated.

    Args:
        scheduler: The scheduler, through which workers are reached.
        workers: The addresses of the present workers.
    """

    def __init__(self, scheduler: DaskScheduler, workers: Container[str]) -> None:
        self._scheduler, self._workers = scheduler, workers

    async def call(self, address: str, function: Callable[..., object], *args: object) -> Any:
        """Call a function on a worker.

        Raises:
            ConnectionError: The scheduler is gone, or the worker cannot be reached.
        """
        try:
            client = self._scheduler.client
            return (await client.run(function, *args, workers=[address]))[address]
        except (*LOST, KeyError) as error:
            await self.wait_until_gone(address)
            raise ConnectionError(f"the worker at {address}: {error}") from None

    async def wait_until_gone(self, address: str) -> None:
        """Wait until an unreachable worker is known to be gone, or answers.

        If it is gone, its batches are lost.
        """
        ends = asyncio.get_running_loop().time() + _UNREACHED
        await asyncio.sleep(_PAUSE)
        while self._scheduler.is_joined and address in self._workers:
            if asyncio.get_running_loop().time() > ends:
                return
            await asyncio.sleep(_PAUSE)

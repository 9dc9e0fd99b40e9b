"""Send waiting programs to a Dask cluster's workers and collect answers, on one event loop."""

import asyncio
import time

from distributed.client import AllExit

from pytest_selfrepair.errors import InfrastructureError, SandboxError
from pytest_selfrepair.sandbox.batches import Batch, Node
from pytest_selfrepair.sandbox.dask_cluster import DaskCluster
from pytest_selfrepair.sandbox.dispatch import Dispatcher
from pytest_selfrepair.sandbox.judge_request import JudgeRequest

_TICK = 0.5  # seconds between two looks at the workers
_GATHERING = 0.002  # seconds in which programs gather before they are sent


class DaskExecution:
    """The executions under way on a cluster.

    Args:
        cluster: The cluster.
        patience: Seconds to wait for a worker where there is none.
        hangs_after: Seconds beyond the expected time after which a worker counts as hung.
    """

    def __init__(self, cluster: DaskCluster, *, patience: float, hangs_after: float) -> None:
        self._cluster, self._patience = cluster, patience
        self._dispatcher = Dispatcher(hangs_after)
        self._running: dict[Batch, asyncio.Task[None]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._sent_soon = False
        self._without = 0.0  # seconds without any worker
        self._said: list[str] = []

    @property
    def notices(self) -> list[str]:
        """Notices to the user on hung workers and contradictory verdicts."""
        return [*self._said, *self._dispatcher.notices]

    async def begin(self) -> None:
        """Begin to watch the workers."""
        asyncio.get_running_loop().set_exception_handler(_unless_expected)
        self._watching = asyncio.create_task(self._watch())
        self._look()

    def take(self, request: JudgeRequest) -> None:
        """Queue a program, to be sent soon."""
        self._dispatcher.add(request)
        if not self._sent_soon:
            self._sent_soon = True
            after = _GATHERING * (1 + len(self._dispatcher.nodes) / 100)
            asyncio.get_running_loop().call_later(after, self._send)

    async def end(self, error: InfrastructureError) -> None:
        """Stop, answering all waiting requests with the error."""
        if self._watching is not None:
            self._watching.cancel()
        for execution in self._running.values():
            execution.cancel()
        self._dispatcher.abandon(error)

    def _send(self) -> None:
        """Fill every worker that has room."""
        self._sent_soon = False
        for node in self._dispatcher.free:
            if not self._dispatcher.waiting:
                return
            self._give(node)

    def _give(self, node: Node) -> None:
        """Give a worker batches while it has room."""
        while (batch := self._dispatcher.next_batch(node, time.monotonic())) is not None:
            self._running[batch] = asyncio.create_task(self._execute(node, batch))

    async def _execute(self, node: Node, batch: Batch) -> None:
        dispatcher = self._dispatcher
        try:
            judged = await self._cluster.judge(node.address, batch)
        except ConnectionError:
            dispatcher.given_back(node, batch, time.monotonic())
        except Exception as error:  # noqa: BLE001 - no exception of a worker is lost
            why = f"a worker could not judge it: {type(error).__name__}: {error}"
            dispatcher.failed(node, batch, why, time.monotonic())
        else:
            dispatcher.finished(node, batch, judged.executions, time.monotonic())
        finally:
            self._running.pop(batch, None)
        if dispatcher.has_to_share:
            self._send()
        elif dispatcher.nodes.get(node.address) is node:
            self._give(node)

    async def _watch(self) -> None:
        """Check the workers at intervals while the pool is open."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                await self._cluster.refresh()
                self._look()
            except Exception as error:  # noqa: BLE001 - without this watch, no program would finish
                found = f"{self._cluster.described}: {type(error).__name__}: {error}"
                if found not in self._said:
                    self._said.append(found)

    def _look(self) -> None:
        """Add new workers, and reassign the batches of lost and hung ones."""
        dispatcher, now = self._dispatcher, time.monotonic()
        for address in set(dispatcher.nodes) - set(self._cluster.workers):
            for batch in dispatcher.nodes[address].running:
                if (execution := self._running.pop(batch, None)) is not None:
                    execution.cancel()
            dispatcher.lost(address, now)
        for address, worker in self._cluster.workers.items():
            if address not in dispatcher.nodes:
                dispatcher.join(address, worker.threads)
        for node in dispatcher.overdue(now):
            self._said.append(
                f"the worker at {node.address} did not answer within {dispatcher.allowed(node):.0f}"
                " s; its programs were given to others"
            )
        there = any(not node.hung for node in dispatcher.nodes.values())
        self._without = 0.0 if there else self._without + _TICK
        if self._without > self._patience and dispatcher.waiting:
            found = f"{self._cluster.described}: no worker for {self._patience:.0f} s"
            dispatcher.fail_all(SandboxError(found))
        self._send()


def _unless_expected(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Report unhandled exceptions of the loop, except Dask's remains of lost workers."""
    if not isinstance(context.get("exception"), AllExit):
        loop.default_exception_handler(context)

"""The judge pool `dask`: programs are judged by the workers of a Dask cluster."""

import asyncio
import contextlib
import pickle
import time
from collections.abc import Callable
from functools import lru_cache

from distributed.client import AllExit

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.core.same import Same
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.thread_loop import Loop
from pytest_selfrepair.core.verdict import Ran, Verdict
from pytest_selfrepair.errors import InfrastructureError, SandboxError
from pytest_selfrepair.sandbox.dask_cluster import DaskCluster
from pytest_selfrepair.sandbox.dask_worker import digest_of
from pytest_selfrepair.sandbox.dispatch import (
    Answer,
    Batch,
    Cases,
    Dispatcher,
    JudgeJob,
    JudgeRequest,
    Node,
)
from pytest_selfrepair.sandbox.installed_packages import Packages, packages_for
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.limits import Limits

LEAST_AT_ONCE = 64
"""Programs that are worth handing in at once where there are few workers."""

_EACH = 16  # programs for each thread of the workers
_TASKS_KEPT = 64  # whose pickles are not made anew
_TICK = 0.5  # seconds between two looks at the workers
_GATHERING = 0.002  # seconds in which programs gather before they are sent


class DaskPool:
    """Judges programs on the workers of a Dask cluster.

    Programs of a task travel together, in batches, to a worker that has its cases, where any has;
    each is judged by one worker, in its sandbox, by a judge as it is here. A worker that dies costs
    nothing but time: what it had is given to others. A batch with which workers die is halved until
    the program is found, which is then an infrastructure failure. A worker that does not answer is
    left alone until it does, and others get what it had.

    Args:
        name: Which cluster.
        settings: How programs are judged.
        packages: The distributions that the settings name.
        concurrency: Workers that are started, where a cluster is started here.
        checker_of: Finds a checker that a task has beside its `checker.py`; it cannot be sent.
        option: What errors call the option that names the pool.
        patience: Seconds for which a scheduler or a worker is waited for where there is none.
        hangs_after: Seconds beyond what is expected after which a worker hangs.
    """

    def __init__(
        self,
        name: PoolName,
        settings: JudgeSettings,
        packages: Packages | None,
        *,
        concurrency: int,
        checker_of: Callable[[Task], Checker | None] = lambda _: None,
        option: str = "pool",
        patience: float = 120.0,
        hangs_after: float = 60.0,
    ) -> None:
        self._settings, self._packages = settings, packages
        self._checker_of, self._patience = checker_of, patience
        self._cluster = DaskCluster(
            name, settings, packages, workers=concurrency, option=option, patience=patience
        )
        self._dispatcher = Dispatcher(hangs_after)
        self._loop: Loop | None = None
        self._executions: dict[Batch, asyncio.Task[None]] = {}
        self._sent_soon = False
        self._without = 0.0  # seconds without any worker
        self._pickled = lru_cache(_TASKS_KEPT)(self._pickle)

    @property
    def isolation(self) -> str:
        """How workers keep programs apart from their machines, in a few words."""
        return self._cluster.isolation

    @property
    def workers(self) -> tuple[str, ...]:
        """The addresses of the workers that may judge now."""
        return tuple(self._cluster.workers)

    @property
    def at_once(self) -> int:
        """How many programs are worth handing in before a verdict is waited for."""
        threads = sum(worker.threads for worker in self._cluster.workers.values())
        return max(LEAST_AT_ONCE, _EACH * threads)

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        return None if self._packages is None else self._packages.versions

    @property
    def notices(self) -> list[str]:
        """What the user should know: workers that were left out, verdicts that differ."""
        return [*self._cluster.notices, *self._dispatcher.notices]

    def limits_of(self, task: Task) -> Limits:
        """What a case of a task may use."""
        return self._settings.limits.of(task)

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        return packages_for(task.packages, self._packages)

    def open(self) -> None:
        """Start or join the cluster, and try its workers out.

        Raises:
            UsageError: There is no scheduler, or no worker that may judge.
        """
        self._loop = Loop()
        self._loop.run(self._cluster.open())
        self._loop.run(self._begin())

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: No worker could judge it; nothing is known about the program.
            CheckerError: The task's own checker is broken.
        """
        answer = await self._asked(task, JudgeJob(program=program))
        assert isinstance(answer, Verdict)  # noqa: S101 - as was asked for
        return answer

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, which need be none of the task's; nothing is compared.

        Raises:
            SandboxError: No worker could run it; nothing is known about the program.
        """
        answer = await self._asked(task, JudgeJob(program=program, given=given, judged=False))
        assert isinstance(answer, Ran)  # noqa: S101 - as was asked for
        return answer

    async def aclose(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        await asyncio.to_thread(self._end, loop)

    def _end(self, loop: Loop) -> None:
        error = SandboxError("the judge pool is closed")
        loop.run(self._fail(error))
        loop.run(self._cluster.aclose())
        loop.close()

    async def _asked(self, task: Task, job: JudgeJob) -> Verdict | Ran:
        if self._loop is None:
            raise SandboxError("the judge pool is not open")
        if self._checker_of(task) is not None:
            raise SandboxError(
                f"{task.id}: its checker comes from a conftest.py, which cannot be sent to "
                "workers; judge it with the pool local"
            )
        here = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = here.create_future()

        def answer(found: Answer) -> None:
            with contextlib.suppress(RuntimeError):  # who asked is gone, and so is the loop
                here.call_soon_threadsafe(_settle, answered, found)

        cases = await asyncio.to_thread(self._cases, task)
        request = JudgeRequest(cases=cases, job=job, answer=answer)
        self._loop.call(lambda: self._take(request))
        try:
            found = await answered
        except asyncio.CancelledError:
            request.dropped = True
            raise
        if isinstance(found, InfrastructureError):
            raise found
        return found

    def _cases(self, task: Task) -> Cases:
        digest, data = self._pickled(Same(task))
        return Cases(
            digest=digest,
            task_id=task.id,
            data=data,
            seconds=self._settings.limits.of(task).wall_seconds,
        )

    def _pickle(self, same: Same[Task]) -> tuple[str, bytes]:
        task = same.value
        try:
            data = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        except RecursionError as error:
            raise SandboxError(f"{task.id}: its values are nested too deep to be sent") from error
        return digest_of(data), data

    # What follows runs on the pool's own loop.

    async def _begin(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_unless_expected)
        self._watching = asyncio.create_task(self._watch())
        self._look()

    def _take(self, request: JudgeRequest) -> None:
        self._dispatcher.add(request)
        if not self._sent_soon:
            self._sent_soon = True
            after = _GATHERING * (1 + len(self._dispatcher.nodes) / 100)
            asyncio.get_running_loop().call_later(after, self._send)

    def _send(self) -> None:
        """Give every worker that has room something to do."""
        self._sent_soon = False
        for node in sorted(self._dispatcher.nodes.values(), key=lambda each: len(each.running)):
            self._give(node)

    def _give(self, node: Node) -> None:
        """Give a worker what it has room for."""
        while (batch := self._dispatcher.next_batch(node, time.monotonic())) is not None:
            self._executions[batch] = asyncio.create_task(self._execute(node, batch))

    async def _execute(self, node: Node, batch: Batch) -> None:
        dispatcher = self._dispatcher
        try:
            sent = None if batch.cases.digest in node.known else batch.cases.data
            answered = await self._cluster.judge(node.address, batch, sent)
            if answered is None:
                answered = await self._cluster.judge(node.address, batch, batch.cases.data)
        except ConnectionError:
            dispatcher.given_back(node, batch, time.monotonic())
        except Exception as error:  # noqa: BLE001 - whatever a worker raises, it is not lost
            why = f"a worker said {type(error).__name__}: {error}"
            dispatcher.failed(node, batch, why, time.monotonic())
        else:
            if answered is None:
                why = "a worker did not keep the cases"
                dispatcher.failed(node, batch, why, time.monotonic())
            else:
                seconds, answers = answered
                node.learn(batch.cases.digest)
                dispatcher.finished(node, batch, answers, seconds, time.monotonic())
        finally:
            self._executions.pop(batch, None)
        if dispatcher.has_to_share:
            self._send()
        elif dispatcher.nodes.get(node.address) is node:
            self._give(node)

    async def _watch(self) -> None:
        """Look at the workers now and then, as long as the pool is open."""
        while True:
            await asyncio.sleep(_TICK)
            try:
                await self._cluster.refresh()
                self._look()
            except Exception as error:  # noqa: BLE001 - without this watch nothing would go on
                found = f"{self._cluster.described}: {type(error).__name__}: {error}"
                if found not in self._dispatcher.notices:
                    self._dispatcher.notices.append(found)

    def _look(self) -> None:
        """Take in workers that came, and give to others what those had that went or hang."""
        dispatcher, now = self._dispatcher, time.monotonic()
        for address in set(dispatcher.nodes) - set(self._cluster.workers):
            running = dispatcher.nodes[address].running
            for batch in running:
                if (execution := self._executions.pop(batch, None)) is not None:
                    execution.cancel()
            dispatcher.lost(address)
        for address, worker in self._cluster.workers.items():
            if address not in dispatcher.nodes:
                dispatcher.nodes[address] = Node(address=address, threads=worker.threads)
        for node in dispatcher.overdue(now):
            dispatcher.notices.append(
                f"the worker at {node.address} did not answer within {dispatcher.allowed(node):.0f}"
                " s; what it had was given to others"
            )
        self._without = (
            0.0 if any(not n.hung for n in dispatcher.nodes.values()) else (self._without + _TICK)
        )
        if self._without > self._patience and dispatcher.waiting:
            found = f"{self._cluster.described}: no worker for {self._patience:.0f} s"
            dispatcher.fail_all(SandboxError(found))
        self._send()

    async def _fail(self, error: InfrastructureError) -> None:
        if (watching := getattr(self, "_watching", None)) is not None:
            watching.cancel()
        for execution in self._executions.values():
            execution.cancel()
        self._dispatcher.fail_all(error)
        for node in self._dispatcher.nodes.values():
            for batch in node.running:
                for request in batch.requests:
                    if request.open:
                        request.answer(error)


def _settle(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)


def _unless_expected(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Say what failed unseen on the loop, but for what Dask leaves behind of lost workers."""
    if not isinstance(context.get("exception"), AllExit):
        loop.default_exception_handler(context)

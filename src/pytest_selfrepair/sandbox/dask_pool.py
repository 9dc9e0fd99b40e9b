"""The judge pool `dask`: judge programs on the workers of a Dask cluster."""

import asyncio
from collections.abc import Callable
from functools import partial

from pytest_selfrepair.core.checker import Checker
from pytest_selfrepair.core.pool_name import PoolName
from pytest_selfrepair.core.task import JsonValue, Task
from pytest_selfrepair.core.thread_loop import Loop
from pytest_selfrepair.core.verdict import Ran, Verdict
from pytest_selfrepair.errors import InfrastructureError, SandboxError
from pytest_selfrepair.sandbox.dask_cluster import DaskCluster
from pytest_selfrepair.sandbox.dask_execution import DaskExecution
from pytest_selfrepair.sandbox.gathered_calls import GatheredCalls
from pytest_selfrepair.sandbox.installed_packages import Packages, packages_for
from pytest_selfrepair.sandbox.judge_request import Answer, JudgeJob, JudgeRequest
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.pickled_tasks import PickledTasks
from pytest_selfrepair.sandbox.threadsafe_futures import ThreadsafeFutures

LEAST_AT_ONCE = 64
"""The fewest programs to hand in at once."""

EACH = 64
"""The programs to hand in for each thread of the workers."""


class DaskPool:
    """Judges programs on the workers of a Dask cluster.

    Programs of a task are sent together, in batches; a worker judges each in its sandbox, as the
    local judge does. The batches of a dead worker go to others. A batch with which workers die is
    halved until the program is found, which is then an infrastructure failure. A worker that does
    not answer gets no more work until it does, and others get its batches; a program with
    contradictory verdicts is judged again, alone.

    Args:
        name: The parsed name of the pool.
        settings: The settings of judging.
        packages: The distributions in the settings.
        concurrency: The number of workers to start, if a cluster is started here.
        checker_of: Finds a task's checker other than its `checker.py`, which cannot be sent.
        option: The name of the pool's option, for errors.
        patience: Seconds to wait for a scheduler or a worker where there is none.
        hangs_after: Seconds beyond the expected time after which a worker counts as hung.
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
        self._checker_of = checker_of
        self._cluster = DaskCluster(
            name, settings, packages, workers=concurrency, option=option, patience=patience
        )
        self._execution = DaskExecution(self._cluster, patience=patience, hangs_after=hangs_after)
        self._loop: Loop | None = None
        self._handed_in = GatheredCalls(self._call)
        self._answers = ThreadsafeFutures[Answer]()
        self._pickled = PickledTasks(settings.limits)

    @property
    def isolation(self) -> str:
        """The isolation of programs from the workers' machines, in a few words."""
        return self._cluster.isolation

    @property
    def workers(self) -> tuple[str, ...]:
        """The addresses of the admitted workers."""
        return tuple(self._cluster.workers)

    @property
    def at_once(self) -> int:
        """The number of programs to hand in before waiting for a verdict."""
        threads = sum(worker.threads for worker in self._cluster.workers.values())
        return max(LEAST_AT_ONCE, EACH * threads)

    @property
    def given(self) -> tuple[str, ...] | None:
        """The packages that programs of every task may use, with versions; None: their own."""
        return None if self._packages is None else self._packages.versions

    @property
    def notices(self) -> list[str]:
        """Notices to the user on rejected workers and contradictory verdicts."""
        return [*self._cluster.notices, *self._execution.notices]

    def limits_of(self, task: Task) -> Limits:
        """The limits of a task's cases."""
        return self._settings.limits.of(task)

    def packages_of(self, task: Task) -> Packages:
        """The packages that programs of a task may use."""
        return packages_for(task.packages, self._packages)

    def open(self) -> None:
        """Start or join the cluster, and try out its workers.

        Raises:
            UsageError: There is no scheduler, or no admissible worker.
        """
        self._loop = Loop()
        self._loop.run(self._cluster.open())
        self._loop.run(self._execution.begin())

    async def judge(self, task: Task, program: str) -> Verdict:
        """Run ``program`` on the cases of ``task``, in order, up to the first that fails.

        Raises:
            SandboxError: No worker could judge it; nothing is known about the program.
            CheckerError: The task's own checker is broken.
        """
        answer = await self._asked(task, JudgeJob(program=program))
        assert isinstance(answer, Verdict)  # noqa: S101 - as the job requests
        return answer

    async def run_once(self, task: Task, program: str, given: JsonValue) -> Ran:
        """Run ``program`` on one input, which need be none of the task's; nothing is compared.

        Raises:
            SandboxError: No worker could run it; nothing is known about the program.
        """
        answer = await self._asked(task, JudgeJob(program=program, given=given, judged=False))
        assert isinstance(answer, Ran)  # noqa: S101 - as the job requests
        return answer

    async def aclose(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        if self._loop is None:
            return
        loop, self._loop = self._loop, None
        await asyncio.to_thread(self._end, loop)

    def _end(self, loop: Loop) -> None:
        loop.run(self._execution.end(SandboxError("the judge pool is closed")))
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
        answered, answer = self._answers.create()
        request = JudgeRequest(cases=self._pickled.of(task), job=job, answer=answer)
        self._handed_in.add(partial(self._execution.take, request))
        try:
            found = await answered
        except asyncio.CancelledError:
            request.dropped = True
            raise
        if isinstance(found, InfrastructureError):
            raise found
        return found

    def _call(self, function: Callable[[], object]) -> None:
        """Call a function on the pool's own loop."""
        if self._loop is None:
            raise SandboxError("the judge pool is closed")
        self._loop.call(function)

"""Start and try out a judge on a Dask worker, and judge batches of programs."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version

from distributed import Worker, WorkerPlugin

from pytest_selfrepair.core.task import Difficulty, Task
from pytest_selfrepair.core.verdicts import JUDGE_VERSION
from pytest_selfrepair.errors import InfrastructureError, SandboxError, SelfRepairError
from pytest_selfrepair.sandbox.batch_costs import ENOUGH
from pytest_selfrepair.sandbox.calibration import Speed, calibration, scale_to
from pytest_selfrepair.sandbox.canary import canary
from pytest_selfrepair.sandbox.confirming import confirmed
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages, packages_for
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge_request import Answer, Execution, JudgeJob
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.kept_tasks import KeptTasks
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

_WARM = "print(input())"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFacts:
    """The facts that a worker reports before it takes work.

    Attributes:
        version: The package's version, and that of its judge.
        isolation: The isolation of programs from its machine.
        packages: The distributions that programs may use, with versions.
        calibration: CPU seconds of a fixed piece of work.
        shares: Whether other workers of its machine may use the tasks sent to it.
        trouble: Why it cannot judge; None where it can.
    """

    version: str = f"{installed_version('pytest-selfrepair')}, judge {JUDGE_VERSION}"
    isolation: str = ""
    packages: tuple[str, ...] = ()
    calibration: float = 0.0
    shares: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPrograms:
    """Programs of a task as sent to a worker.

    Attributes:
        digest: The SHA-256 of the pickled task.
        place: The path of the pickled task on the worker's machine; empty: the worker has it.
        jobs: The programs.
    """

    digest: str
    place: str
    jobs: tuple[JudgeJob, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch:
    """A batch as sent to a worker.

    Attributes:
        plugin: The name of the plugin that judges it.
        parts: The programs, by task.
        calibration: The least seconds of the calibration measured by any worker of the machine.
        reference_speed: Milliseconds of the calibration on the machine that time limits refer to.
    """

    plugin: str
    parts: tuple[SentPrograms, ...]
    calibration: float
    reference_speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBatch:
    """The result of a batch.

    Attributes:
        executions: The executions of its first programs, as many as there was time for.
        lacking: The digests of missing tasks; if any, nothing was judged.
        trouble: Why nothing could be judged, or None.
    """

    executions: tuple[Execution, ...] = ()
    lacking: tuple[str, ...] = ()
    trouble: str | None = None


class JudgePlugin(WorkerPlugin):
    """A judge on a worker, ready before the worker takes work.

    Args:
        settings: The settings of judging.
        name: Its name, unique among pools on the same worker.

    Attributes:
        facts: The worker's facts; None until known.
        speed: The current speed of its machine.
    """

    def __init__(self, settings: JudgeSettings, name: str) -> None:
        self._settings = settings
        self.name = name
        self.facts: WorkerFacts | None = None
        self.speed = Speed()
        self._judge: SandboxJudge | None = None
        self._tasks: KeptTasks | None = None
        self._turn: asyncio.Semaphore | None = None

    async def setup(self, worker: Worker) -> None:
        """Start the judge, test its isolation, and measure the machine's speed; never raises."""
        try:
            self.facts = await self._tried_out(worker.state.nthreads)
        except (SelfRepairError, OSError) as error:
            self.facts = WorkerFacts(trouble=str(error))

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """End the judge, and forget all tasks."""
        if self._tasks is not None:
            self._tasks.close()
        if self._judge is not None:
            await self._judge.aclose()

    async def _tried_out(self, threads: int) -> WorkerFacts:
        settings = self._settings
        isolation = await asyncio.to_thread(find_isolation, settings.sandbox)
        named = settings.packages
        chosen = None if named is None else find_packages(named, "packages")
        judge = settings.judge(isolation, chosen, concurrency=threads)
        self._judge, self._turn = judge, asyncio.Semaphore(threads)
        got = await canary(judge)
        if got and isolation.contained:
            return WorkerFacts(
                isolation=isolation.description,
                trouble=f"its isolation is broken: a hostile program got at {'; '.join(got)}",
            )
        task = Task(id="warm", difficulty=Difficulty.INTRODUCTORY, statement="", cases=())
        await asyncio.gather(*(judge.run_once(task, _WARM, "1\n") for _ in range(threads)))
        shares = isolation.contained and sys.platform == "linux"
        self._tasks = KeptTasks(shares=shares)
        return WorkerFacts(
            isolation=isolation.description,
            shares=shares,
            packages=versions_of(chosen),
            calibration=await asyncio.to_thread(calibration),
        )

    @property
    def tasks(self) -> KeptTasks:
        """The tasks known to the worker."""
        assert self._tasks is not None  # noqa: S101 - workers that report trouble get no work
        return self._tasks

    @property
    def turn(self) -> asyncio.Semaphore:
        """The semaphore for judging batches, one per thread, in order of arrival."""
        assert self._turn is not None  # noqa: S101 - as above
        return self._turn

    async def judged(self, batch: SentBatch) -> JudgedBatch:
        """Judge the programs of a batch in sequence, as many as there is time for."""
        judge = self._judge
        assert judge is not None  # noqa: S101 - as above
        jobs: list[tuple[Task, JudgeJob]] = []
        lacking: list[str] = []
        for part in batch.parts:
            task = await asyncio.to_thread(self.tasks.find, part.digest, part.place)
            if task is None:
                lacking.append(part.digest)
            else:
                jobs += [(task, job) for job in part.jobs]
        if lacking:
            return JudgedBatch(lacking=tuple(lacking))
        now = await asyncio.to_thread(self.speed.now)
        usual = max(batch.calibration, now)  # the machine may have become slower
        judge.scale = scale_to(batch.reference_speed, usual)
        return JudgedBatch(executions=await _executions(judge, jobs, usual))


def facts(name: str, dask_worker: Worker) -> WorkerFacts | None:
    """A worker's facts; None where it has no plugin yet."""
    plugin = dask_worker.plugins.get(name)
    return plugin.facts if isinstance(plugin, JudgePlugin) else None


def keep_task(name: str, digest: str, data: bytes, dask_worker: Worker) -> str:
    """Store a pickled task on a worker; return its place for workers of the same machine."""
    return _plugin(dask_worker, name).tasks.keep(digest, data)


async def judge_batch(batch: SentBatch, dask_worker: Worker) -> JudgedBatch:
    """Judge the programs of a batch in sequence, after earlier batches."""
    plugin = _plugin(dask_worker, batch.plugin)
    async with plugin.turn:
        try:
            return await plugin.judged(batch)
        except Exception as error:  # noqa: BLE001 - reported, unlike a broken connection
            return JudgedBatch(trouble=f"{type(error).__name__}: {error}")


def _plugin(worker: Worker, name: str) -> JudgePlugin:
    plugin = worker.plugins[name]
    assert isinstance(plugin, JudgePlugin)  # noqa: S101 - registered by this name
    return plugin


async def _executions(
    judge: SandboxJudge, jobs: Sequence[tuple[Task, JudgeJob]], usual: float
) -> tuple[Execution, ...]:
    began = before = time.monotonic()
    found: list[Execution] = []
    for task, job in jobs:
        answer = await _answer(judge, task, job, usual)
        now = time.monotonic()
        found.append(Execution(answer=answer, seconds=now - before))
        before = now
        if now - began > ENOUGH:
            break
    return tuple(found)


async def _answer(judge: SandboxJudge, task: Task, job: JudgeJob, usual: float) -> Answer:
    try:
        if job.alone:
            async with judge.alone():
                return await judge.judge(task, job.program)
        if job.judged:
            return await confirmed(judge, task, job.program, usual)
        return await judge.run_once(task, job.program, job.given)
    except InfrastructureError as error:
        return error
    except RecursionError as error:
        return SandboxError(f"{task.id}: {error}")


def versions_of(chosen: Packages | None) -> tuple[str, ...]:
    """The versions of the chosen distributions, or of numpy where left to tasks."""
    return packages_for(("numpy",), chosen).versions

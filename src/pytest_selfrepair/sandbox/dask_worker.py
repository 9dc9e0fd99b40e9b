"""What a Dask worker does: it starts a judge, tries it out, and judges batches of programs."""

import asyncio
import hashlib
import pickle
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version

from distributed import Worker, WorkerPlugin, get_worker

from pytest_selfrepair.core.task import Difficulty, Task
from pytest_selfrepair.core.verdicts import JUDGE_VERSION
from pytest_selfrepair.errors import InfrastructureError, SandboxError, SelfRepairError
from pytest_selfrepair.sandbox.calibration import Speed, calibration, scale_to
from pytest_selfrepair.sandbox.canary import canary
from pytest_selfrepair.sandbox.confirming import confirmed
from pytest_selfrepair.sandbox.dispatch import ENOUGH, Answer, JudgeJob
from pytest_selfrepair.sandbox.installed_packages import Packages, find_packages, packages_for
from pytest_selfrepair.sandbox.isolation import find_isolation
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings
from pytest_selfrepair.sandbox.sandbox_judge import SandboxJudge

_KEPT_BYTES = 512 << 20
"""Bytes of pickled tasks that a worker keeps at most."""

_WARM = "print(input())"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFacts:
    """What a worker says of itself before it takes work.

    Attributes:
        version: The package's version, and that of its judge.
        isolation: How programs are kept apart from its machine.
        packages: What programs may use beside the standard library, with versions.
        calibration: CPU seconds of a fixed piece of work.
        trouble: Why it cannot judge; None where it can.
    """

    version: str = f"{installed_version('pytest-selfrepair')}, judge {JUDGE_VERSION}"
    isolation: str = ""
    packages: tuple[str, ...] = ()
    calibration: float = 0.0
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch:
    """A batch as it travels.

    Attributes:
        plugin: The name of the plugin that judges it.
        digest: The SHA-256 of the pickled task.
        data: The pickled task; None where the worker has been sent it before.
        jobs: The programs.
        calibration: Seconds of the calibration on the worker's machine, the least that any of its
            workers measured.
        reference_speed: Milliseconds of it on the machine by whose speed time limits are meant.
    """

    plugin: str
    digest: str
    data: bytes | None = field(repr=False)
    jobs: tuple[JudgeJob, ...] = field(repr=False)
    calibration: float
    reference_speed: float


class JudgePlugin(WorkerPlugin):
    """A judge on a worker, ready before the worker takes work.

    Args:
        settings: How it judges.
        name: What tells it from those of other pools on the same worker.

    Attributes:
        facts: What the worker says of itself; None until it is known.
        speed: How fast its machine is just now.
    """

    def __init__(self, settings: JudgeSettings, name: str) -> None:
        self._settings = settings
        self.name = name
        self.facts: WorkerFacts | None = None
        self.speed = Speed()
        self._judge: SandboxJudge | None = None
        self._tasks: OrderedDict[str, tuple[int, Task]] = OrderedDict()

    async def setup(self, worker: Worker) -> None:
        """Start the judge, attack it, and see how fast the machine is; never raises."""
        try:
            self.facts = await self._tried_out(worker.state.nthreads)
        except (SelfRepairError, OSError) as error:
            self.facts = WorkerFacts(trouble=str(error))

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """End the judge."""
        if self._judge is not None:
            await self._judge.aclose()

    async def _tried_out(self, threads: int) -> WorkerFacts:
        settings = self._settings
        isolation = await asyncio.to_thread(find_isolation, settings.sandbox)
        named = settings.packages
        chosen = None if named is None else find_packages(named, "packages")
        judge = settings.judge(isolation, chosen, concurrency=threads)
        self._judge = judge
        got = await canary(judge)
        if got and isolation.contained:
            return WorkerFacts(
                isolation=isolation.description,
                trouble=f"its isolation is broken: a hostile program got at {'; '.join(got)}",
            )
        task = Task(id="warm", difficulty=Difficulty.INTRODUCTORY, statement="", cases=())
        await asyncio.gather(*(judge.run_once(task, _WARM, "1\n") for _ in range(threads)))
        return WorkerFacts(
            isolation=isolation.description,
            packages=versions_of(chosen),
            calibration=await asyncio.to_thread(calibration),
        )

    def task(self, digest: str, data: bytes | None) -> Task | None:
        """A task of which the cases have been sent, now or before; None where they are lacking."""
        if data is not None and digest not in self._tasks:
            self._tasks[digest] = len(data), pickle.loads(data)  # noqa: S301 - who joins a cluster runs code on it
            while len(self._tasks) > 1 and sum(n for n, _ in self._tasks.values()) > _KEPT_BYTES:
                self._tasks.popitem(last=False)
        if digest not in self._tasks:
            return None
        self._tasks.move_to_end(digest)
        return self._tasks[digest][1]

    def judge_at(self, scale: float) -> SandboxJudge:
        """The judge, its time limits scaled."""
        assert self._judge is not None  # noqa: S101 - a worker with trouble is given nothing
        self._judge.scale = scale
        return self._judge


def facts(name: str, dask_worker: Worker) -> WorkerFacts | None:
    """What a worker says of itself; None where it does not know the plugin yet."""
    plugin = dask_worker.plugins.get(name)
    return plugin.facts if isinstance(plugin, JudgePlugin) else None


def judge_batch(batch: SentBatch) -> tuple[float, tuple[Answer, ...]] | None:
    """Judge the programs of a batch, one after the other, in a thread of a worker.

    Returns:
        Seconds that it took, and answers for the first of them, as many as there was time for;
        None where the cases are lacking.
    """
    plugin = get_worker().plugins[batch.plugin]
    assert isinstance(plugin, JudgePlugin)  # noqa: S101 - by its name
    task = plugin.task(batch.digest, batch.data)
    if task is None:
        return None
    began = time.perf_counter()
    usual = max(batch.calibration, plugin.speed.now())  # the machine may be slower than it was
    judge = plugin.judge_at(scale_to(batch.reference_speed, usual))
    answers = asyncio.run(_answers(judge, task, batch.jobs, usual))
    return time.perf_counter() - began, answers


async def _answers(
    judge: SandboxJudge, task: Task, jobs: Sequence[JudgeJob], usual: float
) -> tuple[Answer, ...]:
    ends = time.monotonic() + ENOUGH
    answers: list[Answer] = []
    for job in jobs:
        answers.append(await _answer(judge, task, job, usual))
        if time.monotonic() > ends:
            break
    return tuple(answers)


async def _answer(judge: SandboxJudge, task: Task, job: JudgeJob, usual: float) -> Answer:
    try:
        if job.judged:
            return await confirmed(judge, task, job.program, usual)
        return await judge.run_once(task, job.program, job.given)
    except InfrastructureError as error:
        return error
    except RecursionError as error:
        return SandboxError(f"{task.id}: {error}")


def versions_of(chosen: Packages | None) -> tuple[str, ...]:
    """The packages that programs may use, or numpy where that is left to tasks, as installed."""
    return packages_for(("numpy",), chosen).versions


def digest_of(data: bytes) -> str:
    """By which a worker knows a task again."""
    return hashlib.sha256(data).hexdigest()

"""Admit workers of a cluster by the facts they report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.dask_worker import WorkerFacts
from pytest_selfrepair.sandbox.judge_settings import JudgeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingWorker:
    """An admitted worker.

    Attributes:
        address: Its address.
        threads: The number of batches it runs at once.
        host: Its machine.
        facts: The facts it reports.
    """

    address: str
    threads: int
    host: str
    facts: WorkerFacts

    @property
    def sharing_key(self) -> str:
        """The key of workers that share tasks: their machine, or the worker alone."""
        return self.host if self.facts.shares else self.address


class Admission:
    """The admitted and the rejected workers.

    Args:
        pool: The pool's name, as given by the user.
        packages: The distributions that programs may use, with versions.
        settings: The settings of judging.

    Attributes:
        workers: The admitted workers by address.
        left_out: The reasons for rejecting others, by address.
        notices: The same for the user, a line each.
    """

    def __init__(self, pool: str, packages: tuple[str, ...], settings: JudgeSettings) -> None:
        self._pool, self._packages, self._mixed = pool, packages, settings.mixed_isolation
        self._reference = settings.reference_speed
        self._levels: set[str] = set()
        self._calibrations: dict[str, float] = {}
        self._is_decided = False
        self.workers: dict[str, JudgingWorker] = {}
        self.left_out: dict[str, str] = {}
        self.notices: list[str] = []

    @property
    def isolation(self) -> str:
        """The isolation of programs from the workers' machines, in a few words."""
        found = dict.fromkeys(worker.facts.isolation for worker in self.workers.values())
        levels = {_level(each): each for each in reversed(found)}
        return "; ".join(levels[each] for each in sorted(levels)) or f"workers of {self._pool}"

    @property
    def reference_speed(self) -> float:
        """Milliseconds of the calibration on the machine that time limits refer to.

        By the settings, or of the fastest machine at :meth:`decide`.
        """
        assert self._reference is not None  # noqa: S101 - nothing is judged earlier
        return self._reference

    def calibration(self, worker: JudgingWorker) -> float:
        """The least calibration measured on a worker's machine, in seconds."""
        return self._calibrations[worker.host]

    def consider(self, address: str, there: Mapping[str, Any], found: WorkerFacts) -> None:
        """Admit a worker, or reject it with a notice.

        Args:
            address: Its address.
            there: The scheduler's facts on it.
            found: The facts it reports.
        """
        host = str(there["host"])
        if (why := self._why_not(found)) is not None:
            self.left_out[address] = f"the worker at {address}: {why}"
            self.notices.append(f"{self.left_out[address]}; it was left out")
            return
        known = self._calibrations.get(host, found.calibration)
        self._calibrations[host] = min(known, found.calibration)
        self._levels.add(_level(found.isolation))
        self.workers[address] = JudgingWorker(
            address=address, threads=int(there["nthreads"]), host=host, facts=found
        )

    def decide(self) -> None:
        """Accept the workers present now; later ones must match them.

        Raises:
            UsageError: There are none, or their isolation differs without the option for it.
        """
        if not self.workers:
            why = "; ".join(self.left_out.values()) or "none is there"
            raise UsageError(f"{self._pool}: found no worker that may judge: {why}")
        if len(self._levels) > 1 and not self._mixed:
            found = "; ".join(
                f"{address}: {worker.facts.isolation}" for address, worker in self.workers.items()
            )
            raise UsageError(
                f"{self._pool}: found workers with different isolation ({found}); accepted: one "
                "level, or any with --mixed-isolation"
            )
        if self._reference is None:
            self._reference = 1000 * min(self._calibrations.values())
        self._is_decided = True

    def forget(self) -> None:
        """Forget all workers, to consider them anew."""
        self.workers.clear()
        self.left_out.clear()

    def _why_not(self, found: WorkerFacts) -> str | None:
        if found.trouble is not None:
            return found.trouble
        own = WorkerFacts()
        if found.version != own.version:
            return f"found pytest-selfrepair {found.version}; accepted: {own.version}"
        if found.packages != self._packages:
            return f"found packages {found.packages}; accepted: {self._packages}"
        if self._is_decided and not self._mixed and _level(found.isolation) not in self._levels:
            return f"found {found.isolation}; accepted: {self.isolation}, or --mixed-isolation"
        return None


def _level(isolation: str) -> str:
    """The level in a description of isolation: ``level B``."""
    return isolation.partition(":")[0]

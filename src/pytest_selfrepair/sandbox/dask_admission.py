"""Which workers of a cluster may judge: by what they say of themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.sandbox.dask_worker import WorkerFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingWorker:
    """A worker that may judge.

    Attributes:
        address: Where it is.
        threads: Batches that it runs at once.
        host: Its machine.
        facts: What it says of itself.
    """

    address: str
    threads: int
    host: str
    facts: WorkerFacts

    @property
    def shelf(self) -> str:
        """What workers with whom it shares tasks have in common: their machine, or nothing."""
        return self.host if self.facts.shares else self.address


class Admission:
    """The workers that may judge, and those that were left out.

    Args:
        pool: The pool, as its user named it.
        packages: The packages that programs may use, with versions.
        mixed_isolation: Whether workers may differ in how they keep programs apart from machines.

    Attributes:
        workers: The workers that may judge, by address.
        left_out: Why others may not, by address.
        notices: The same for the user, a line each.
    """

    def __init__(self, pool: str, packages: tuple[str, ...], *, mixed_isolation: bool) -> None:
        self._pool, self._packages, self._mixed = pool, packages, mixed_isolation
        self._levels: set[str] = set()
        self._calibrations: dict[str, float] = {}
        self._is_decided = False
        self.workers: dict[str, JudgingWorker] = {}
        self.left_out: dict[str, str] = {}
        self.notices: list[str] = []

    @property
    def isolation(self) -> str:
        """How workers keep programs apart from their machines, in a few words."""
        found = dict.fromkeys(worker.facts.isolation for worker in self.workers.values())
        levels = {_level(each): each for each in reversed(found)}
        return "; ".join(levels[each] for each in sorted(levels)) or f"workers of {self._pool}"

    @property
    def fastest(self) -> float:
        """Seconds of the calibration on the fastest machine of those that were ever there."""
        return min(self._calibrations.values())

    def calibration(self, worker: JudgingWorker) -> float:
        """Seconds of the calibration on a worker's machine, the least that was measured there."""
        return self._calibrations[worker.host]

    def consider(self, address: str, there: Mapping[str, Any], found: WorkerFacts) -> None:
        """Take a worker in, or leave it out and say why.

        Args:
            address: Where it is.
            there: What the scheduler says of it.
            found: What it says of itself.
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
        """Accept the workers that are there now; others must be as they are.

        Raises:
            UsageError: There is none, or they keep programs apart in different ways, and that was
                not asked for.
        """
        if not self.workers:
            why = "; ".join(self.left_out.values()) or "none is there"
            raise UsageError(f"{self._pool}: found no worker that may judge: {why}")
        if len(self._levels) > 1 and not self._mixed:
            found = "; ".join(
                f"{address}: {worker.facts.isolation}" for address, worker in self.workers.items()
            )
            raise UsageError(
                f"{self._pool}: found workers that keep programs apart in different ways "
                f"({found}); accepted: one level, or all with --mixed-isolation"
            )
        self._is_decided = True

    def forget(self) -> None:
        """All workers are to be considered anew."""
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

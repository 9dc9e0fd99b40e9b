"""Batches of programs, and the workers that hold them."""

from collections import OrderedDict
from dataclasses import dataclass, field

from pytest_selfrepair.sandbox.judge_request import Cases, JudgeRequest

WINDOW = 2
"""The batches of each thread of a worker: one running, and one waiting."""


@dataclass(slots=True, eq=False, kw_only=True)
class Batch:
    """Programs that a worker runs in sequence, grouped by task.

    Attributes:
        requests: The programs.
        given: The number of times it was given to a worker.
        suspect: Whether a worker died with it, so that its next worker must have no other work.
        deaths: The number of workers that died with it and no other work.
        alone: Whether its verdict decides between earlier, contradictory ones.
    """

    requests: tuple[JudgeRequest, ...]
    given: int = 0
    suspect: bool = False
    deaths: int = 0
    alone: bool = False

    @property
    def tasks(self) -> tuple[Cases, ...]:
        """The distinct tasks, in order."""
        return tuple({each.cases.digest: each.cases for each in self.requests}.values())

    @property
    def open(self) -> tuple[JudgeRequest, ...]:
        """The programs still to be executed."""
        return tuple(request for request in self.requests if request.open)


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """A worker.

    Attributes:
        address: Its address.
        threads: The number of batches it runs at once.
        running: Its unanswered batches, the oldest first.
        known: The digests of tasks whose programs it has judged, the oldest first.
        answered_at: The time of its last answer, or of its first batch while idle.
        hung: Whether it is overdue.
    """

    address: str
    threads: int
    running: list[Batch] = field(default_factory=list)
    known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    answered_at: float = 0.0
    hung: bool = False

    @property
    def room(self) -> int:
        """The number of batches that it can take now."""
        alone = any(batch.suspect for batch in self.running)
        return 0 if self.hung or alone else max(WINDOW * self.threads - len(self.running), 0)

    def take(self, batch: Batch, now: float) -> None:
        """Give it a batch."""
        batch.given += 1
        if not self.running:
            self.answered_at = now
        self.running.append(batch)
        for cases in batch.tasks:
            self.known[cases.digest] = None
            self.known.move_to_end(cases.digest)
        while len(self.known) > _MOST_KNOWN:
            self.known.popitem(last=False)

    def end(self, batch: Batch, now: float) -> None:
        """Note that it is done with a batch."""
        if batch in self.running:
            self.running.remove(batch)
        self.answered_at, self.hung = now, False


_MOST_KNOWN = 64

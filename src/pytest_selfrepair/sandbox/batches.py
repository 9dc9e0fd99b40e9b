"""What workers are given: batches of programs, and what each worker has of them."""

from collections import OrderedDict
from dataclasses import dataclass, field

from pytest_selfrepair.sandbox.judge_request import Cases, JudgeRequest

WINDOW = 2
"""Batches that each thread of a worker has at once: one that runs, and one that waits."""


@dataclass(slots=True, eq=False, kw_only=True)
class Batch:
    """Programs that a worker runs one after the other, those of a task together.

    Attributes:
        requests: The programs.
        given: How often it was given to a worker.
        suspect: Whether a worker died with it, so that it is given to one that has nothing else.
        deaths: How many workers died that had nothing else.
        alone: Whether its verdict is to decide where those before it contradict each other.
    """

    requests: tuple[JudgeRequest, ...]
    given: int = 0
    suspect: bool = False
    deaths: int = 0
    alone: bool = False

    @property
    def tasks(self) -> tuple[Cases, ...]:
        """Their tasks, each once, in order."""
        return tuple({each.cases.digest: each.cases for each in self.requests}.values())

    @property
    def open(self) -> tuple[JudgeRequest, ...]:
        """The programs of it that are still to be executed."""
        return tuple(request for request in self.requests if request.open)


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """A worker.

    Attributes:
        address: Where it is.
        threads: Batches that it runs at once.
        running: What it has been given and not answered, the oldest first.
        known: The digests of the tasks that it has judged programs of, the oldest first.
        heard: When it last answered, or was given something while it had nothing.
        hung: Whether it does not answer in time.
    """

    address: str
    threads: int
    running: list[Batch] = field(default_factory=list)
    known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    heard: float = 0.0
    hung: bool = False

    @property
    def room(self) -> int:
        """Batches that it may be given now."""
        alone = any(batch.suspect for batch in self.running)
        return 0 if self.hung or alone else max(WINDOW * self.threads - len(self.running), 0)

    def take(self, batch: Batch, now: float) -> None:
        """It is given a batch."""
        batch.given += 1
        if not self.running:
            self.heard = now
        self.running.append(batch)
        for cases in batch.tasks:
            self.known[cases.digest] = None
            self.known.move_to_end(cases.digest)
        while len(self.known) > _MOST_KNOWN:
            self.known.popitem(last=False)

    def end(self, batch: Batch, now: float) -> None:
        """It is done with a batch."""
        if batch in self.running:
            self.running.remove(batch)
        self.heard, self.hung = now, False


_MOST_KNOWN = 64

"""Queue programs for workers: new ones by task, and batches returned by workers."""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection
from itertools import chain

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import JudgeRequest

_MOST_SEARCHED = 8
"""The number of tasks searched for one that a worker knows."""


class Backlog:
    """The programs waiting for a worker.

    Attributes:
        fresh: The number of programs not given to any worker yet.
    """

    def __init__(self) -> None:
        self._new: OrderedDict[str, deque[JudgeRequest]] = OrderedDict()
        self._again: deque[Batch] = deque()
        self._suspects: deque[Batch] = deque()
        self.fresh = 0

    def __bool__(self) -> bool:
        return bool(self.fresh or self._again or self._suspects)

    @property
    def has_to_share(self) -> bool:
        """Whether a batch that was given to a worker before waits for any worker, urgently."""
        return bool(self._again or self._suspects)

    @property
    def has_suspects(self) -> bool:
        """Whether a batch waits for a worker without other work."""
        return bool(self._suspects)

    def add(self, request: JudgeRequest) -> None:
        """Add a program."""
        self._new.setdefault(request.cases.digest, deque()).append(request)
        self.fresh += 1

    def put_back(self, batch: Batch, *, first: bool = False) -> None:
        """Add a batch returned by a worker, for the programs still to be executed.

        Args:
            batch: The batch.
            first: Whether it goes before batches returned earlier.
        """
        if not batch.open:
            return
        batch.requests = batch.open
        queue = self._suspects if batch.suspect else self._again
        if first:
            queue.appendleft(batch)
        else:
            queue.append(batch)

    def take_suspect(self) -> Batch | None:
        """Take a batch for a worker without other work."""
        return _first_open(self._suspects)

    def take_again(self) -> Batch | None:
        """Take a batch returned by another worker."""
        return _first_open(self._again)

    def take_new(
        self, known: Collection[str], most: int, seconds: float, expected: Callable[[str], float]
    ) -> Batch | None:
        """Take programs of one task, then of others, beginning with those the worker knows.

        Args:
            known: The digests of the tasks known to the worker.
            most: The most programs.
            seconds: The expected seconds after which no further program is taken.
            expected: The expected seconds of a program, by its task's digest.
        """
        taken: list[JudgeRequest] = []
        while len(taken) < most and seconds > 0 and (digest := self._digest(known)) is not None:
            queue, each = self._new[digest], expected(digest)
            while queue and len(taken) < most and seconds > 0:
                request = queue.popleft()
                self.fresh -= 1
                if request.open:
                    taken.append(request)
                    seconds -= each
            if not queue:
                del self._new[digest]
        return Batch(requests=tuple(taken)) if taken else None

    def drain(self) -> list[JudgeRequest]:
        """Remove all programs, and return those still to be executed."""
        given_before = (batch.requests for batch in (*self._again, *self._suspects))
        found = chain.from_iterable((*self._new.values(), *given_before))
        still_open = [request for request in found if request.open]
        self._new.clear()
        self._again.clear()
        self._suspects.clear()
        self.fresh = 0
        return still_open

    def _digest(self, known: Collection[str]) -> str | None:
        first = None
        for number, digest in enumerate(self._new):
            if number == _MOST_SEARCHED:
                break
            if digest in known:
                return digest
            first = first or digest
        return first


def _first_open(queue: deque[Batch]) -> Batch | None:
    while queue:
        batch = queue.popleft()
        if batch.open:
            batch.requests = batch.open
            return batch
    return None

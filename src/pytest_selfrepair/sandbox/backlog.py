"""Programs that no worker has: new ones, by task, and batches that came back from workers."""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator

from pytest_selfrepair.sandbox.batches import Batch
from pytest_selfrepair.sandbox.judge_request import JudgeRequest

_LOOKED_AT = 8
"""Tasks among which one is looked for whose cases a worker has."""


class Backlog:
    """The programs that wait for a worker.

    Attributes:
        fresh: How many no worker had yet.
    """

    def __init__(self) -> None:
        self._new: OrderedDict[str, deque[JudgeRequest]] = OrderedDict()
        self._again: deque[Batch] = deque()
        self._suspects: deque[Batch] = deque()
        self.fresh = 0

    def __bool__(self) -> bool:
        return bool(self.fresh or self._again or self._suspects)

    def __iter__(self) -> Iterator[JudgeRequest]:
        for queue in self._new.values():
            yield from queue
        for batch in (*self._again, *self._suspects):
            yield from batch.requests

    @property
    def has_to_share(self) -> bool:
        """Whether something waits that any worker should get soon: it was given once before."""
        return bool(self._again or self._suspects)

    @property
    def has_suspects(self) -> bool:
        """Whether something waits for a worker that has nothing else."""
        return bool(self._suspects)

    def add(self, request: JudgeRequest) -> None:
        """Take in a program."""
        self._new.setdefault(request.cases.digest, deque()).append(request)
        self.fresh += 1

    def put_back(self, batch: Batch, *, first: bool = False) -> None:
        """Take in a batch that a worker had, as far as it is still to be executed.

        Args:
            batch: The batch.
            first: Whether it goes before what came back earlier.
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
        """A batch for a worker that has nothing else."""
        return _first_open(self._suspects)

    def take_again(self) -> Batch | None:
        """A batch that another worker had."""
        return _first_open(self._again)

    def take_new(
        self, known: Collection[str], most: int, seconds: float, expected: Callable[[str], float]
    ) -> Batch | None:
        """Programs of one task, then of others, first of those that a worker knows.

        Args:
            known: The digests of the tasks that the worker knows.
            most: How many programs at most.
            seconds: How long they may take together, but for the last of them.
            expected: How long a program takes, by its task's digest.
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

    def clear(self) -> None:
        """Forget all of them."""
        self._new.clear()
        self._again.clear()
        self._suspects.clear()
        self.fresh = 0

    def _digest(self, known: Collection[str]) -> str | None:
        first = None
        for number, digest in enumerate(self._new):
            if number == _LOOKED_AT:
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

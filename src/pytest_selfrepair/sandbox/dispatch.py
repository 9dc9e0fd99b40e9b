"""Which programs a worker gets next: batches of a task's programs, and what becomes of the lost.

Nothing here waits, sends or looks at a clock, so that it can be tested and simulated.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.core.verdict import Ran, Verdict
from pytest_selfrepair.errors import InfrastructureError, SandboxError

Answer = Verdict | Ran | InfrastructureError
"""What became of one program, or why nothing is known about it."""

WINDOW = 2
"""Batches that each thread of a worker has at once: one that runs, and one that waits."""

TARGET = 1.0
"""Seconds that a batch is expected to take at most."""

ENOUGH = 2.0
"""Seconds after which a worker begins no further program of a batch, which goes to whoever is free:
time limits are met by several programs of a task at once."""

FIRST_GUESS = 0.05
"""Seconds that a program is taken to need before any was judged."""

MOST_IN_BATCH = 256
"""Programs of a batch at most."""

MOST_GIVEN = 3
"""How often a batch is given to workers that do not answer in time."""

_MOST_KNOWN = 64
"""Tasks whose cases a worker keeps."""

_LOOKED_AT = 8
"""Tasks among which one is looked for whose cases a worker has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A task as it is sent to workers.

    Attributes:
        digest: The SHA-256 of `data`, by which a worker knows it again.
        task_id: The task.
        data: The pickled task.
        seconds: The longest that a case may take.
    """

    digest: str
    task_id: str
    data: bytes
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeJob:
    """One program that is to be run.

    Attributes:
        program: The program.
        given: The one input that it is run on where it is not judged.
        judged: Whether it is judged by the task's cases.
    """

    program: str
    given: JsonValue = None
    judged: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class JudgeRequest:
    """A job that somebody waits for.

    Attributes:
        cases: Its task.
        job: What is to be run.
        answer: Takes the answer.
        answered: What it was; None as long as there is none.
        dropped: Whether nobody waits for it any more.
    """

    cases: Cases
    job: JudgeJob
    answer: Callable[[Answer], None]
    answered: Answer | None = None
    dropped: bool = False

    @property
    def open(self) -> bool:
        """Whether its answer is still wanted."""
        return self.answered is None and not self.dropped


@dataclass(slots=True, eq=False, kw_only=True)
class Batch:
    """Programs of one task that a worker runs one after the other.

    Attributes:
        requests: The programs.
        given: How often it was given to a worker.
        suspect: Whether a worker died with it, so that it is given to one that has nothing else.
        deaths: How many workers died that had nothing else.
    """

    requests: tuple[JudgeRequest, ...]
    given: int = 0
    suspect: bool = False
    deaths: int = 0

    @property
    def cases(self) -> Cases:
        """Its task."""
        return self.requests[0].cases


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """A worker.

    Attributes:
        address: Where it is.
        threads: Batches that it runs at once.
        running: What it has been given and not answered, the oldest first.
        known: The digests of the tasks whose cases it has, the oldest first.
        heard: When it last answered, or was given something while it had nothing.
        hung: Whether it does not answer in time.
    """

    address: str
    threads: int
    running: list[Batch] = field(default_factory=list)
    known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    heard: float = 0.0
    hung: bool = False

    def learn(self, digest: str) -> None:
        """Note that it has the cases of a task now, perhaps in place of those of another."""
        self.known[digest] = None
        self.known.move_to_end(digest)
        while len(self.known) > _MOST_KNOWN:
            self.known.popitem(last=False)


class Dispatcher:
    """The programs that wait, and who runs what.

    Args:
        patience: Seconds beyond what is expected after which a worker hangs.
        factor: How many times as long as expected a batch may take beside that.

    Attributes:
        nodes: The workers, by address.
        notices: What the user should know.
    """

    def __init__(self, patience: float, factor: float = 1.5) -> None:
        self._patience, self._factor = patience, factor
        self._waiting: OrderedDict[str, deque[JudgeRequest]] = OrderedDict()
        self._again: deque[Batch] = deque()
        self._suspects: deque[Batch] = deque()
        self._seconds: dict[str, float] = {}
        self._usual = FIRST_GUESS
        self.nodes: dict[str, Node] = {}
        self.notices: list[str] = []

    @property
    def waiting(self) -> int:
        """How many programs no worker has."""
        return sum(map(len, self._waiting.values())) + sum(
            len(batch.requests) for batch in (*self._again, *self._suspects)
        )

    @property
    def has_to_share(self) -> bool:
        """Whether something waits that any worker should get soon: it was given once before."""
        return bool(self._again or self._suspects)

    def add(self, request: JudgeRequest) -> None:
        """Take in a program."""
        self._waiting.setdefault(request.cases.digest, deque()).append(request)

    def next_batch(self, node: Node, now: float) -> Batch | None:
        """What a worker is to run next; it is noted as given. None: nothing for now."""
        batch = self._chosen(node)
        if batch is None:
            return None
        batch.given += 1
        if not node.running:
            node.heard = now
        node.running.append(batch)
        return batch

    def finished(
        self, node: Node, batch: Batch, answers: Sequence[Answer], seconds: float, now: float
    ) -> None:
        """A worker has answered, and has taken so long; what it did not come to is given anew."""
        self._ended(node, batch, now)
        for request, answer in zip(batch.requests, answers, strict=False):
            self._answered(request, answer)
        left = batch.requests[len(answers) :]
        if any(request.open for request in left):
            queue = self._suspects if batch.suspect else self._again
            queue.appendleft(Batch(requests=left, suspect=batch.suspect))
        each = seconds / max(len(answers), 1)
        known = self._seconds.get(batch.cases.digest, each)
        self._seconds[batch.cases.digest] = known + 0.3 * (each - known)
        self._usual += 0.1 * (each - self._usual)

    def given_back(self, node: Node, batch: Batch, now: float) -> None:
        """A batch was not run, through nobody's fault."""
        self._ended(node, batch, now)
        batch.given -= 1
        self._again.append(batch)

    def failed(self, node: Node, batch: Batch, why: str, now: float) -> None:
        """A batch could not be run, perhaps by its own fault."""
        alone = node.running == [batch]
        self._ended(node, batch, now)
        self._blamed(batch, why, alone=alone)

    def lost(self, address: str) -> None:
        """A worker is gone: what it had is given to others; what it ran is suspect."""
        node = self.nodes.pop(address, None)
        if node is None:
            return
        alone = len(node.running) == 1
        for position, batch in enumerate(node.running):
            if position < node.threads and not node.hung:
                self._blamed(batch, "the worker that judged it died", alone=alone)
            elif self._is_open(batch):
                self._again.append(batch)

    def overdue(self, now: float) -> list[Node]:
        """Workers that hang from now on: what they have is given to others, too."""
        found = []
        for node in self.nodes.values():
            if node.hung or not node.running or now - node.heard < self.allowed(node):
                continue
            node.hung = True
            found.append(node)
            for batch in node.running:
                if not self._is_open(batch):
                    continue
                copy = Batch(requests=batch.requests, given=batch.given, suspect=batch.suspect)
                if copy.given >= MOST_GIVEN:
                    self._bisected(copy, "no worker answered in time")
                else:
                    self._again.append(copy)
        return found

    def allowed(self, node: Node) -> float:
        """Seconds in which a worker is to answer something."""
        costs = [self._bound(batch) * 2 ** (batch.given - 1) for batch in node.running]
        return self._patience + self._factor * max(costs, default=0.0)

    def fail_all(self, error: InfrastructureError) -> None:
        """Give up: nobody can run what waits."""
        batches = [*self._again, *self._suspects]
        waiting = [request for queue in self._waiting.values() for request in queue]
        for request in (*waiting, *(each for batch in batches for each in batch.requests)):
            self._answered(request, error)
        self._waiting.clear()
        self._again.clear()
        self._suspects.clear()

    def _chosen(self, node: Node) -> Batch | None:
        alone = any(batch.suspect for batch in node.running)
        if node.hung or alone or len(node.running) >= WINDOW * node.threads:
            return None
        if self._suspects:
            if not node.running:
                return self._suspects.popleft()
            sound = [each for each in self.nodes.values() if not each.hung]
            if all(each.running for each in sound) and node is min(
                sound, key=lambda each: len(each.running)
            ):
                return None  # it is to come to its end, and then gets a suspect one
        while self._again:
            batch = self._again.popleft()
            if self._is_open(batch):
                return batch
        return self._gathered(node)

    def _gathered(self, node: Node) -> Batch | None:
        """Programs of a task that wait, as many as make a batch."""
        digest = self._digest(node)
        if digest is None:
            return None
        queue = self._waiting[digest]
        free = sum(
            max(WINDOW * each.threads - len(each.running), 0)
            for each in self.nodes.values()
            if not each.hung
        )
        waiting = sum(map(len, self._waiting.values()))
        most = min(
            max(1, int(TARGET / max(self._seconds.get(digest, self._usual), 1e-6))),
            max(1, math.ceil(waiting / max(free, 1))),
            MOST_IN_BATCH,
        )
        taken: list[JudgeRequest] = []
        while queue and len(taken) < most:
            request = queue.popleft()
            if request.open:
                taken.append(request)
        if not queue:
            del self._waiting[digest]
        return Batch(requests=tuple(taken)) if taken else self._gathered(node)

    def _digest(self, node: Node) -> str | None:
        first = None
        for number, digest in enumerate(self._waiting):
            if number == _LOOKED_AT:
                break
            if digest in node.known:
                return digest
            first = first or digest
        return first

    def _ended(self, node: Node, batch: Batch, now: float) -> None:
        if batch in node.running:
            node.running.remove(batch)
        node.heard, node.hung = now, False

    def _answered(self, request: JudgeRequest, answer: Answer) -> None:
        if request.answered is None:
            request.answered = answer
            if not request.dropped:
                request.answer(answer)
        elif contradicts(request.answered, answer):
            first, second = request.answered, answer
            self.notices.append(
                f"{request.cases.task_id}: a program was judged twice, since a worker hung, and "
                f"otherwise: {_said(first)}, then {_said(second)}; the first counts"
            )

    def _blamed(self, batch: Batch, why: str, *, alone: bool) -> None:
        if not self._is_open(batch):
            return
        batch.deaths += alone
        if batch.deaths >= (1 if len(batch.requests) > 1 else 2):
            self._bisected(batch, why)
        else:
            batch.suspect = True
            self._suspects.append(batch)

    def _bisected(self, batch: Batch, why: str) -> None:
        """Find out which program it is; a single one is given up."""
        requests = batch.requests
        if len(requests) == 1:
            found = f"{batch.cases.task_id}: a program could not be judged: {why}, again and again"
            self._answered(requests[0], SandboxError(found))
            return
        middle = len(requests) // 2
        for half in (requests[:middle], requests[middle:]):
            part = Batch(requests=half, suspect=True, deaths=0)
            if self._is_open(part):
                self._suspects.append(part)

    def _is_open(self, batch: Batch) -> bool:
        return any(request.open for request in batch.requests)

    def _bound(self, batch: Batch) -> float:
        """Seconds in which a batch should end: one more program is begun just before enough."""
        return ENOUGH + batch.cases.seconds + self._seconds.get(batch.cases.digest, self._usual)


def contradicts(first: Answer, second: Answer) -> bool:
    """Whether two executions of a program came to different verdicts."""
    if not (isinstance(first, Verdict) and isinstance(second, Verdict)):
        return False
    return (first.outcome, first.cases_passed) != (second.outcome, second.cases_passed)


def _said(answer: Answer) -> str:
    return str(answer.outcome) if isinstance(answer, Verdict | Ran) else str(answer)

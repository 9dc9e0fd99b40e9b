"""Decide which programs a worker gets next, and reassign lost ones.

Nothing here waits, sends or reads a clock, so that it can be tested and simulated.
"""

from collections.abc import Mapping, Sequence

from pytest_selfrepair.errors import InfrastructureError
from pytest_selfrepair.sandbox.backlog import Backlog
from pytest_selfrepair.sandbox.batch_costs import TARGET, BatchCosts, fair_share
from pytest_selfrepair.sandbox.batches import Batch, Node
from pytest_selfrepair.sandbox.deadlines import Deadlines
from pytest_selfrepair.sandbox.held_answers import HeldAnswers
from pytest_selfrepair.sandbox.judge_request import Execution, JudgeRequest
from pytest_selfrepair.sandbox.nodes import Nodes
from pytest_selfrepair.sandbox.suspects import blame, reassign


class Dispatcher:
    """Assigns batches to workers.

    Args:
        patience: Seconds beyond the expected time after which a worker counts as hung; another
            worker's answer is held as long for that of a hung one.
        factor: The factor by which a batch may exceed its expected time.
    """

    def __init__(self, patience: float, factor: float = 1.5) -> None:
        self._nodes, self._backlog, self._costs = Nodes(), Backlog(), BatchCosts()
        self._held = HeldAnswers(self._backlog, patience)
        self._deadlines = Deadlines(self._costs, patience, factor)

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The workers, by address."""
        return self._nodes.by_address

    @property
    def notices(self) -> list[str]:
        """Notices to the user on contradictory verdicts."""
        return self._held.notices

    @property
    def free(self) -> list[Node]:
        """The workers with room, the least busy first."""
        return self._nodes.free

    @property
    def waiting(self) -> bool:
        """Whether programs wait for a worker."""
        return bool(self._backlog)

    @property
    def has_to_share(self) -> bool:
        """Whether a batch waits that was given before, and that any worker should get soon."""
        return self._backlog.has_to_share

    def join(self, address: str, threads: int) -> Node:
        """Add a worker that runs `threads` batches at once."""
        node = Node(address=address, threads=threads)
        self._nodes.join(node)
        return node

    def add(self, request: JudgeRequest) -> None:
        """Add a program."""
        self._backlog.add(request)

    def next_batch(self, node: Node, now: float) -> Batch | None:
        """Choose a worker's next batch and note it as given; None for nothing at present."""
        batch = self._chosen(node) if node.room else None
        if batch is not None:
            node.take(batch, now)
            self._nodes.note(node)
            for request in batch.requests:
                request.begin()
        return batch

    def finished(
        self, node: Node, batch: Batch, executions: Sequence[Execution], now: float
    ) -> None:
        """Note a worker's answer, and requeue programs it did not get to."""
        self._release(node, batch, now)
        for request, execution in zip(batch.requests, executions, strict=False):
            self._held.end(request, execution.answer, now, alone=batch.alone)
        left = batch.requests[len(executions) :]
        for request in left:
            self._held.end(request, None, now)
        if left:
            rest = Batch(requests=left, suspect=batch.suspect, alone=batch.alone)
            self._backlog.put_back(rest, first=True)
        self._costs.learn(batch.requests, executions)

    def given_back(self, node: Node, batch: Batch, now: float) -> None:
        """Requeue a batch that was not run, without blame."""
        self._release(node, batch, now)
        batch.given -= 1
        self._held.end_all(batch, now)
        self._backlog.put_back(batch)

    def failed(self, node: Node, batch: Batch, why: str, now: float) -> None:
        """Note a batch that could not be run, perhaps by its own fault."""
        alone = node.running == [batch]
        self._release(node, batch, now)
        self._held.end_all(batch, now)
        blame(self._backlog, batch, why, alone=alone)

    def lost(self, address: str, now: float) -> None:
        """Remove a lost worker, and requeue its batches; running ones become suspects."""
        node = self._nodes.leave(address)
        if node is None:
            return
        alone = len(node.running) == 1
        for position, batch in enumerate(node.running):
            self._held.end_all(batch, now)
            if position < node.threads and not node.hung:
                blame(self._backlog, batch, "the worker that judged it died", alone=alone)
            else:
                self._backlog.put_back(batch)

    def overdue(self, now: float) -> list[Node]:
        """Mark and return newly hung workers, and requeue their batches."""
        self._held.give(now)
        found = self._deadlines.missed(self._nodes, now)
        for node in found:
            node.hung = True
            self._nodes.note(node)
            for batch in node.running:
                reassign(self._backlog, batch)
        return found

    def allowed(self, node: Node) -> float:
        """Seconds for a worker to answer."""
        return self._deadlines.allowed(node)

    def fail_all(self, error: InfrastructureError) -> None:
        """Answer all waiting programs with an error."""
        for request in self._backlog.drain():
            request.settle(error)

    def abandon(self, error: InfrastructureError) -> None:
        """Answer all waiting and running programs with an error; held answers count."""
        self.fail_all(error)
        self._held.give_all()
        for node in self._nodes:
            for request in (each for batch in node.running for each in batch.open):
                request.settle(error)

    def _chosen(self, node: Node) -> Batch | None:
        if not node.running and (batch := self._backlog.take_suspect()) is not None:
            return batch
        if self._backlog.has_suspects and node is self._nodes.draining:
            return None
        if (batch := self._backlog.take_again()) is not None:
            return batch
        share = fair_share(self._backlog.fresh, self._nodes.room)
        return self._backlog.take_new(node.known, share, TARGET, self._costs.expected)

    def _release(self, node: Node, batch: Batch, now: float) -> None:
        """Note that a worker is done with a batch."""
        node.end(batch, now)
        self._nodes.note(node)

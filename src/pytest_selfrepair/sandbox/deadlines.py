"""Find workers that do not answer in time."""

from collections.abc import Iterable

from pytest_selfrepair.sandbox.batch_costs import BatchCosts
from pytest_selfrepair.sandbox.batches import Node


class Deadlines:
    """The deadlines of workers, by the expected durations of their batches.

    Args:
        costs: The expected durations.
        patience: Seconds allowed beyond the expected time.
        factor: The factor by which a batch may exceed its expected time.
    """

    def __init__(self, costs: BatchCosts, patience: float, factor: float) -> None:
        self._costs, self._patience, self._factor = costs, patience, factor

    def allowed(self, node: Node) -> float:
        """Seconds for a worker to answer; a batch has twice as long each time it is given."""
        costs = [self._costs.bound(batch) * 2 ** (batch.given - 1) for batch in node.running]
        return self._patience + self._factor * max(costs, default=0.0)

    def missed(self, nodes: Iterable[Node], now: float) -> list[Node]:
        """The workers that are overdue, and not known to be."""
        return [
            node
            for node in nodes
            if node.running and not node.hung and now - node.answered_at >= self.allowed(node)
        ]

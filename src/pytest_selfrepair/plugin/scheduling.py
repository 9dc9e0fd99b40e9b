"""Distribute tests over workers: each knows its share of the tasks before it receives any.

So a worker can sample ahead of the items it is to report. Ordinary tests, and what a dead worker
leaves behind, go to the first free worker. The methods are those of xdist's scheduler protocol.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

import pytest
from xdist.report import report_collection_diff
from xdist.workermanage import parse_tx_spec_config

from pytest_selfrepair.plugin.workers import task_shares, worker_number

_AHEAD = 2
"""Items sent to a worker ahead: it runs one only once it knows the next."""


class Gateway(Protocol):
    """The connection to a worker."""

    id: str


class WorkerNode(Protocol):
    """The part of xdist's worker controller that a scheduler uses."""

    gateway: Gateway
    shutting_down: bool

    def send_runtest_some(self, indices: Sequence[int]) -> None:
        """Send items to run, by their positions."""

    def shutdown(self) -> None:
        """Shut down after the items sent."""


class ShareScheduling:
    """A pytest-xdist scheduler.

    Args:
        config: The controller's pytest config.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._workers = len(parse_tx_spec_config(config))
        self._sent: dict[WorkerNode, list[int]] = {}
        self._collections: dict[WorkerNode, list[str]] = {}
        self._ids: list[str] | None = None
        self._shares: dict[int, deque[int]] = {}
        self._common: deque[int] = deque()

    @property
    def nodes(self) -> list[WorkerNode]:
        """The active workers."""
        return list(self._sent)

    @property
    def collection_is_completed(self) -> bool:
        """Whether as many workers as started at first have collected."""
        return len(self._collections) >= self._workers

    @property
    def has_pending(self) -> bool:
        """Whether any item is still to be run."""
        return bool(self._common) or any(self._shares.values()) or any(self._sent.values())

    @property
    def tests_finished(self) -> bool:
        """Whether only each worker's last item, which waits for shutdown, is left."""
        if not self.collection_is_completed or self._common or any(self._shares.values()):
            return False
        return all(len(sent) < _AHEAD for sent in self._sent.values())

    def add_node(self, node: WorkerNode) -> None:
        """Register a started worker."""
        self._sent[node] = []

    def add_node_collection(self, node: WorkerNode, collection: Sequence[str]) -> None:
        """Register a worker's collection; a replacement must have collected the same."""
        if self._ids is None or self._is_same(node, collection, self._ids):
            self._collections[node] = list(collection)

    def schedule(self) -> None:
        """Send the first items, or more, once all workers have collected."""
        if self._ids is None:
            first, *others = self._collections.items()
            same = [self._is_same(node, ids, first[1]) for node, ids in others]  # reports each
            if not all(same):
                return
            self._ids = first[1]
            shares = task_shares(self._ids, self._workers)
            self._shares = {number: deque(share) for number, share in enumerate(shares)}
            shared = {index for share in shares for index in share}
            self._common.extend(i for i in range(len(self._ids)) if i not in shared)
        self._fill_all()

    def mark_test_complete(self, node: WorkerNode, item_index: int, duration: float = 0) -> None:
        """Register that a worker has run an item."""
        del duration
        self._sent[node].remove(item_index)
        self._fill_all()

    def mark_test_pending(self, item: str) -> None:
        """Register that an item is to run again."""
        assert self._ids is not None  # noqa: S101 - an item is known by then
        self._common.appendleft(self._ids.index(item))
        self._fill_all()

    def remove_pending_tests_from_node(self, node: WorkerNode, indices: Sequence[int]) -> None:
        """Never called: this scheduler steals no items."""
        raise NotImplementedError

    def remove_node(self, node: WorkerNode) -> str | None:
        """Remove a worker that ended; its remaining items go to the others.

        Returns:
            The item it was running if it crashed, else None.
        """
        sent = self._sent.pop(node)
        left = self._shares.pop(worker_number(node.gateway.id), deque())
        if not sent or self._ids is None:
            self._common.extend(left)
            return None
        crashed, *rest = sent
        self._common.extendleft(reversed(rest))
        self._common.extend(left)
        self._fill_all()
        return self._ids[crashed]

    def _fill_all(self) -> None:
        for node in self._sent:
            self._fill(node)

    def _fill(self, node: WorkerNode) -> None:
        """Keep a worker supplied, and shut it down if nothing is left for it."""
        if node.shutting_down or node not in self._collections:
            return
        own = self._shares.get(worker_number(node.gateway.id), deque())
        sent = self._sent[node]
        more: list[int] = []
        while len(sent) + len(more) < _AHEAD and (own or self._common):
            # in the order of collection, as in pytest
            mixed = own and self._common and self._common[0] < own[0]
            more.append((self._common if mixed or not own else own).popleft())
        if more:
            sent.extend(more)
            node.send_runtest_some(more)
        if not own and not self._common:
            node.shutdown()

    def _is_same(self, node: WorkerNode, ids: Sequence[str], wanted: Sequence[str]) -> bool:
        """Whether two workers collected the same; a difference is reported."""
        other = next(iter(self._collections), node)
        said = report_collection_diff(wanted, ids, other.gateway.id, node.gateway.id)
        if not said:
            return True
        report: Any = pytest.CollectReport(
            nodeid=node.gateway.id, outcome="failed", longrepr=said, result=[]
        )
        self._config.hook.pytest_collectreport(report=report)
        return False

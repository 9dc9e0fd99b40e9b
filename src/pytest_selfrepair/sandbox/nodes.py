"""The workers of a pool, and which of them have room: found without looking at all of them."""

from collections.abc import Iterator, Mapping

from pytest_selfrepair.sandbox.batches import Node


class Nodes:
    """The workers.

    Attributes:
        room: Batches that all of them together may be given now.
    """

    def __init__(self) -> None:
        self._all: dict[str, Node] = {}
        self._rooms: dict[str, int] = {}
        self.room = 0

    def __iter__(self) -> Iterator[Node]:
        return iter(self._all.values())

    @property
    def by_address(self) -> Mapping[str, Node]:
        """All of them, by address."""
        return self._all

    @property
    def free(self) -> list[Node]:
        """Those that have room, who has least to do first."""
        found = [self._all[address] for address in self._rooms]
        return sorted(found, key=lambda node: len(node.running))

    def join(self, node: Node) -> None:
        """A worker has come."""
        self._all[node.address] = node
        self.note(node)

    def leave(self, address: str) -> Node | None:
        """A worker has gone; None: it had before."""
        self.room -= self._rooms.pop(address, 0)
        return self._all.pop(address, None)

    def note(self, node: Node) -> None:
        """What a worker has to do has changed, or whether it answers."""
        if self._all.get(node.address) is not node:  # it has gone
            return
        self.room += node.room - self._rooms.pop(node.address, 0)
        if node.room:
            self._rooms[node.address] = node.room

"""Track the workers of a pool, and those with room without scanning them all."""

from collections.abc import Iterator, Mapping

from pytest_selfrepair.sandbox.batches import Node


class Nodes:
    """The workers of a pool.

    Attributes:
        room: The number of batches that all of them together can take now.
    """

    def __init__(self) -> None:
        self._all: dict[str, Node] = {}
        self._rooms: dict[str, int] = {}
        self.room = 0

    def __iter__(self) -> Iterator[Node]:
        return iter(self._all.values())

    @property
    def by_address(self) -> Mapping[str, Node]:
        """All workers by address."""
        return self._all

    @property
    def free(self) -> list[Node]:
        """The workers with room, the least busy first."""
        found = [self._all[address] for address in self._rooms]
        return sorted(found, key=lambda node: len(node.running))

    @property
    def draining(self) -> Node | None:
        """The worker to become idle for a suspect batch; None if one is idle already."""
        sound = [node for node in self if not node.hung]
        if not all(node.running for node in sound):
            return None
        return min(sound, key=lambda node: len(node.running), default=None)

    def join(self, node: Node) -> None:
        """Add a worker."""
        self._all[node.address] = node
        self.note(node)

    def leave(self, address: str) -> Node | None:
        """Remove a worker; None if it was removed before."""
        self.room -= self._rooms.pop(address, 0)
        return self._all.pop(address, None)

    def note(self, node: Node) -> None:
        """Update the room of a worker after a change."""
        if self._all.get(node.address) is not node:  # the worker has left
            return
        self.room += node.room - self._rooms.pop(node.address, 0)
        if node.room:
            self._rooms[node.address] = node.room

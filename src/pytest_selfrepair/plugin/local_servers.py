"""The servers of the embedded model, started once for a run and all its workers."""

from dataclasses import dataclass, field
from pathlib import Path

from pytest_selfrepair.models.local import LocalServer
from pytest_selfrepair.models.weights import Weights, find_weights


@dataclass(slots=True, kw_only=True)
class LocalServers:
    """The servers of the embedded model: one a size, for the whole run.

    Attributes:
        weights_file: The user's own weights for the model `local`, or None.
        threads: Processors that each computes on; None: all but one.
        known: Address and key of the running servers, by the user's name for the model; a worker is
            given those that the controller has started.
        started: Those that this process is to stop.
    """

    weights_file: Path | None
    threads: int | None
    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    started: list[LocalServer] = field(default_factory=list)

    def address(self, name: str, size: Weights) -> tuple[str, str]:
        """Address and key of one server, which is started where it does not run yet.

        Raises:
            LocalModelError: It cannot be started.
        """
        if name not in self.known:
            server = LocalServer.start(
                find_weights(size, file=self.weights_file), threads=self.threads
            )
            self.started.append(server)
            self.known[name] = (server.base_url, server.api_key)
        return self.known[name]

    def deaths(self) -> list[str]:
        """Which servers have ended of themselves, a line each."""
        return [death for server in self.started if (death := server.death()) is not None]

    def close(self) -> None:
        """Stop the servers that this process has started."""
        while self.started:
            self.started.pop().close()

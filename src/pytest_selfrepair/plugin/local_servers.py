"""The servers of the embedded model, started once for a run and all its workers."""

from dataclasses import dataclass, field
from pathlib import Path

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.local import DEFAULT_SLOTS, LocalServer
from pytest_selfrepair.models.prices import FREE
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.tokens import LlamaCounter
from pytest_selfrepair.models.weights import Weights, find_weights
from pytest_selfrepair.plugin.endpoints import EndpointClients
from pytest_selfrepair.plugin.options import Settings

_RETRIES = 1
"""The embedded model's server is on this machine: where it does not answer, it is dead."""
_NOBODY = ("http://127.0.0.1:9/v1", "none")
"""Address and key where all is replayed, so that nobody is asked."""


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


def local_model(
    name: str,
    size: Weights,
    lines: EndpointClients,
    *,
    servers: LocalServers,
    settings: Settings,
    reader: ReplyReader,
) -> Model:
    """The embedded model, whose server is started where it does not run yet.

    Raises:
        LocalModelError: It cannot be started.
    """
    file = servers.weights_file
    replays = settings.replay == Replay.ONLY
    base_url, api_key = _NOBODY if replays else servers.address(name, size)
    endpoint = Endpoint(
        base_url=base_url,
        api_key=api_key,
        timeout=settings.request_timeout,
        retries=Retries(most=_RETRIES),
        # Then all others find the worked examples in the server's cache; the first outcome is soon.
        begins_alone=True,
    )
    return ChatModel(
        name if file is None else f"{name}={file.stem}",
        wire_name=name,
        line=lines.to(endpoint),
        counter=LlamaCounter(base_url=base_url, api_key=api_key, model=size.title),
        price=FREE,
        embedded=True,
        reader=reader,
        most_choices=DEFAULT_SLOTS,
        counts_one_choice=True,
    )

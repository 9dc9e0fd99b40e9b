"""The servers of the embedded model, started once for a run and all its workers."""

from dataclasses import dataclass, field
from pathlib import Path

from pytest_selfrepair.core.reading import ReplyReader
from pytest_selfrepair.core.sample import Model
from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.local import DEFAULT_SLOTS, LocalServer
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.prices import FREE
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.tokens import LlamaCounter
from pytest_selfrepair.models.weights import Weights, find_weights
from pytest_selfrepair.plugin.endpoint_clients import EndpointClients
from pytest_selfrepair.plugin.options import Settings

_RETRIES = 1
"""The embedded model's server is on this machine; if it does not answer, it has died."""
_NO_SERVER = ("http://127.0.0.1:9/v1", "none")
"""Address and key where everything is replayed and no request is sent."""


@dataclass(slots=True, kw_only=True)
class LocalServers:
    """The servers of the embedded model: one per size, for the whole run.

    Attributes:
        weights_file: The user's own weights for the model `local`, or None.
        threads: Processors used by each; None: all but one.
        known: Address and key of the running servers, by the model's name; a worker gets those that
            the controller started.
        started: The servers that this process has to stop.
    """

    weights_file: Path | None
    threads: int | None
    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    started: list[LocalServer] = field(default_factory=list)

    def address(self, name: str, size: Weights) -> tuple[str, str]:
        """Address and key of one server, which is started if it is not running.

        Raises:
            LocalModelError: The server cannot be started.
        """
        if name not in self.known:
            server = LocalServer.start(
                find_weights(size, file=self.weights_file), threads=self.threads
            )
            self.started.append(server)
            self.known[name] = (server.base_url, server.api_key)
        return self.known[name]

    def deaths(self) -> list[str]:
        """The servers that died, a line each."""
        return [death for server in self.started if (death := server.death()) is not None]

    def close(self) -> None:
        """Stop the servers that this process started."""
        while self.started:
            self.started.pop().close()


def local_model(
    name: str,
    size: Weights,
    clients: EndpointClients,
    *,
    servers: LocalServers,
    settings: Settings,
    reader: ReplyReader,
) -> Model:
    """The embedded model; its server is started if it is not running.

    Raises:
        LocalModelError: The server cannot be started.
    """
    file = servers.weights_file
    replays = settings.replay == Replay.ONLY
    base_url, api_key = _NO_SERVER if replays else servers.address(name, size)
    endpoint = Endpoint(
        base_url=base_url,
        api_key=api_key,
        timeout=settings.request_timeout,
        retries=Retries(most=_RETRIES),
    )
    return ChatModel(
        name if file is None else f"{name}={file.stem}",
        wire_name=name,
        client=clients.to(endpoint),
        metering=Metering(
            counter=LlamaCounter(base_url=base_url, api_key=api_key, model=size.title),
            price=FREE,
            counts_one_choice=True,
            reader=reader,
        ),
        most_choices=DEFAULT_SLOTS,
        embedded=True,
    )

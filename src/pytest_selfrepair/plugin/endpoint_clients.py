"""The endpoint clients of a process, one for each endpoint, shared by its models."""

from collections.abc import Awaitable, Callable

from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.litellm import LiteLLMTransport
from pytest_selfrepair.models.traffic import Slots, Throttle


class EndpointClients:
    """Creates one client for each endpoint of a process, shared by its models.

    Args:
        slots: The slots of the process.
        ready: Awaited before a paid request; raises if no request can succeed.

    Attributes:
        slots: The slots of the process.
        ready: Awaited before a paid request; raises if no request can succeed.
    """

    def __init__(self, slots: Slots, *, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        self.slots = slots
        self.ready = ready
        self._clients: dict[tuple[str, Endpoint], EndpointClient] = {}

    @property
    def throttles(self) -> tuple[Throttle, ...]:
        """The throttle of each endpoint."""
        return tuple(client.throttle for client in self._clients.values())

    def to(self, endpoint: Endpoint, *, provider: str = "") -> EndpointClient:
        """The client of an endpoint, or of a provider through LiteLLM."""
        if (provider, endpoint) not in self._clients:
            transport = LiteLLMTransport(endpoint, provider) if provider else None
            client = EndpointClient(endpoint, self.slots, transport=transport)
            self._clients[provider, endpoint] = client
        return self._clients[provider, endpoint]

"""The clients of a process: one for each endpoint, which its models share."""

from collections.abc import Awaitable, Callable

from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.litellm import LiteLLMTransport
from pytest_selfrepair.models.traffic import Slots, Throttle


class EndpointClients:
    """The one client of each endpoint of a process, which its models share.

    Args:
        slots: What every request of the process needs.
        ready: Waited for before a request that is paid; raises what makes it useless.

    Attributes:
        slots: What every request of the process needs.
        ready: Waited for before a request that is paid; raises what makes it useless.
    """

    def __init__(self, slots: Slots, *, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        self.slots = slots
        self.ready = ready
        self._clients: dict[tuple[str, Endpoint], EndpointClient] = {}

    @property
    def throttles(self) -> tuple[Throttle, ...]:
        """One for each endpoint."""
        return tuple(client.throttle for client in self._clients.values())

    def to(self, endpoint: Endpoint, *, provider: str = "") -> EndpointClient:
        """The client of an endpoint, or by LiteLLM of a provider."""
        if (provider, endpoint) not in self._clients:
            transport = LiteLLMTransport(endpoint, provider) if provider else None
            client = EndpointClient(endpoint, self.slots, transport=transport)
            self._clients[provider, endpoint] = client
        return self._clients[provider, endpoint]

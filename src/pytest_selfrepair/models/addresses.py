"""An endpoint's address, headers, proxy and certificates."""

import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from pytest_selfrepair.models.retrying import Retries

if TYPE_CHECKING:
    from httpx2 import Request, Response
    from openai import AsyncOpenAI

OPENAI_URL = "https://api.openai.com/v1"

USER_AGENT = "pytest-selfrepair"
CHAT_PATH = "/chat/completions"
MODELS_PATH = "/models"
FIRST_BYTE = "pytest_selfrepair.first_byte"
"""The response extension with the time of its first bytes, by `time.perf_counter`."""
CHECK_ID = "check#p0"
"""The id, in the endpoint's logs, of the requests that check a model."""

_SHORTEST_SECRET = 6
"""Shorter words of a header's value, in characters, are not hidden."""
_CONNECT_SECONDS = 30.0
"""The longest wait for a connection, in seconds."""
_PATHS = (CHAT_PATH, "/completions", "/responses", MODELS_PATH)
"""Paths that users may leave at the end of an address."""
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_OF_TRANSPORT = (
    *("host", "accept", "accept-encoding", "connection", "content-length", "transfer-encoding"),
    "x-client-request-id",
)
"""Headers needed by the library and the protocol."""
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""Environment variables that name trusted certificates; the first set one wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint's address and credentials, with its timeouts, retries and limits.

    Attributes:
        base_url: The address up to and including ``/v1``; query parameters, such as Azure's
            ``?api-version=…``, are kept after the path of every request.
        api_key: The key; never shown.
        headers: Further headers; never shown.
        timeout: The longest duration of one try of a request, in seconds.
        retries: When transient failures are retried.
        concurrency: The most requests in flight; None: as many as there are slots.
        requests_per_minute: The most requests sent in a minute; None: any number.
        tokens_per_minute: The most tokens, read or generated, in a minute; None: any number.
    """

    base_url: str
    api_key: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: float = 600.0
    retries: Retries = field(default_factory=Retries)
    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def hide(self, text: str) -> str:
        """Mask the values of the endpoint's headers in a text, such as an error."""
        words = {word for _, value in self.headers for word in value.split()}
        for word in sorted(words, key=len, reverse=True):
            if len(word) >= _SHORTEST_SECRET:
                text = text.replace(word, "***")
        return text

    def url(self, path: str) -> str:
        """The URL of one of its paths."""
        parts = urlsplit(self.base_url)
        base = parts.path.rstrip("/")
        for known in _PATHS:
            base = base.removesuffix(known)
        return urlunsplit((parts.scheme, parts.netloc, base + path, parts.query, ""))

    def sent_headers(self) -> dict[str, str]:
        """The headers of every request; the user's override ours.

        Raises:
            ValueError: One cannot be sent; the message shows no value.
        """
        parts = urlsplit(self.base_url)
        of_azure = (parts.hostname or "").endswith(_AZURE)
        ours = {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        if not of_azure:
            ours["Authorization"] = f"Bearer {self.api_key}"
        if of_azure or "api-version" in parse_qs(parts.query, keep_blank_values=True):
            ours["api-key"] = self.api_key
        given = {name.lower() for name, _ in self.headers}
        headers = {name: value for name, value in ours.items() if name.lower() not in given}
        headers |= dict(self.headers)
        for name, value in headers.items():
            if not (value.isascii() and value.isprintable()):
                what = "the key" if self.api_key in value else f"the header {name}"
                raise ValueError(f"{what} holds a character that no header can hold")
        return headers


def connect(endpoint: Endpoint, connections: int) -> "AsyncOpenAI":
    """Create a client that sends only the endpoint's own headers.

    Args:
        endpoint: The endpoint.
        connections: The most open connections.

    Raises:
        ValueError: Its key, or a proxy or certificates named by the environment, cannot be used;
            the message says which.
    """
    from httpx2 import AsyncClient, Limits, Timeout  # noqa: PLC0415 - slow, only if used
    from openai import AsyncOpenAI  # noqa: PLC0415 - likewise

    parts = urlsplit(endpoint.base_url)
    meant = endpoint.sent_headers()

    async def strip_added_headers(request: "Request") -> None:
        """Remove headers added by the library, its own and those from the environment."""
        stay = {name: request.headers[name] for name in _OF_TRANSPORT if name in request.headers}
        request.headers.clear()
        request.headers.update(stay | meant)

    async def note_first_byte(response: "Response") -> None:
        """Note the time of the first bytes."""
        response.extensions[FIRST_BYTE] = time.perf_counter()

    try:
        sender = AsyncClient(
            event_hooks={"request": [strip_added_headers], "response": [note_first_byte]},
            # The transport times a whole try: these timeouts would start anew at every byte.
            timeout=Timeout(None, connect=min(endpoint.timeout, _CONNECT_SECONDS)),
            limits=Limits(max_connections=connections, max_keepalive_connections=connections),
            verify=trusted(os.environ) if parts.scheme == "https" else False,
            # The proxy is chosen above, never for this machine; .netrc is never read.
            trust_env=False,
            proxy=proxy_of(endpoint.base_url),
        )
    except ImportError as error:
        raise ValueError(f"the proxy of the environment: {error}") from None
    return AsyncOpenAI(
        # The library requires a key; the one sent is in the endpoint's own headers.
        api_key=endpoint.api_key or "none",
        base_url=endpoint.base_url,
        max_retries=0,
        http_client=sender,
    )


def trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """The trusted certificates: those named by the environment, else the system's.

    Raises:
        ValueError: They cannot be read.
    """
    from httpx2 import create_ssl_context  # noqa: PLC0415 - as above

    for name in _CERTIFICATES:
        if place := environment.get(name):
            folder = os.path.isdir(place)  # noqa: PTH112 - as OpenSSL reads it
            try:
                if not folder and not os.path.isfile(place):  # noqa: PTH113 - likewise
                    raise FileNotFoundError("no such file or folder")
                return ssl.create_default_context(
                    cafile=None if folder else place, capath=place if folder else None
                )
            except OSError as error:
                raise ValueError(
                    f"{name}: found {place!r}: {error}; accepted: certificates in PEM format"
                ) from None
    return create_ssl_context(trust_env=False)


def proxy_of(url: str) -> str | None:
    """The proxy for an address, from the environment; None without one.

    Raises:
        ValueError: Its value is not a proxy; the message shows no password.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_this_machine(host) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    found = getproxies()
    proxy = found.get(parts.scheme) or found.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    shown = urlsplit(proxy)
    try:
        usable = shown.scheme in {"http", "https", "socks5", "socks5h"} and bool(shown.hostname)
        usable = usable and shown.port != 0
    except ValueError:  # the port is invalid
        usable = False
    if not usable:
        address = f"{shown.scheme}://{shown.netloc.rpartition('@')[2]}"
        raise ValueError(
            f"the proxy of the environment: found {address!r}; accepted: an address such as "
            "http://host:port in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
        )
    return proxy


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

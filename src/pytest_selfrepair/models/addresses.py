"""Where and how an endpoint is reached: its address, headers, proxy and certificates."""

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
"""Where a response keeps when its first bytes came, by `time.perf_counter`."""
CHECK_ID = "check#p0"
"""What the endpoint's logs may call the request by which a model is tried before it is paid."""

_SHORTEST_SECRET = 6
"""Characters of a header's value below which it is a word like any other."""
_CONNECT_SECONDS = 30.0
"""Seconds to wait for a connection, where a request may take longer."""
_PATHS = (CHAT_PATH, "/completions", "/responses", MODELS_PATH)
"""What users copy into an address together with it."""
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_OF_TRANSPORT = (
    *("host", "accept", "accept-encoding", "connection", "content-length", "transfer-encoding"),
    "x-client-request-id",
)
"""Headers of a request that the library and the protocol need."""
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""Variables that name certificates to trust, the first that is set wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where models are asked, and how patiently.

    Attributes:
        base_url: The address up to and including ``/v1``; parameters that it ends with, such as
            Azure's ``?api-version=…``, are kept behind the path of every request.
        api_key: The key; never shown.
        headers: Further headers; never shown.
        timeout: Seconds that one try of a request may take, from its first byte to its last.
        retries: How a try that failed in passing is repeated.
        concurrency: Requests that may be in flight; None: as many as there are slots.
        requests_per_minute: Requests that may be sent in a minute; None: any number.
        tokens_per_minute: Tokens, read or generated, that they may cost; None: any number.
        begins_alone: Whether the first request is answered before a second is sent.
    """

    base_url: str
    api_key: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: float = 600.0
    retries: Retries = field(default_factory=Retries)
    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    begins_alone: bool = False

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def hide(self, text: str) -> str:
        """A text without the values of the endpoint's headers, which an error may repeat."""
        words = {word for _, value in self.headers for word in value.split()}
        for word in sorted(words, key=len, reverse=True):
            if len(word) >= _SHORTEST_SECRET:
                text = text.replace(word, "***")
        return text

    def url(self, path: str) -> str:
        """The address of one of its paths."""
        parts = urlsplit(self.base_url)
        base = parts.path.rstrip("/")
        for known in _PATHS:
            base = base.removesuffix(known)
        return urlunsplit((parts.scheme, parts.netloc, base + path, parts.query, ""))

    def sent_headers(self) -> dict[str, str]:
        """The headers of every request; the user's own take the place of ours.

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
    """A client for an endpoint, which sends the endpoint's own headers alone.

    Args:
        endpoint: Which.
        connections: How many may be open at once.

    Raises:
        ValueError: Its key, a proxy or certificates of the environment cannot be used; the message
            says which.
    """
    from httpx2 import AsyncClient, Limits, Timeout  # noqa: PLC0415 - slow, only where used
    from openai import AsyncOpenAI  # noqa: PLC0415 - likewise

    parts = urlsplit(endpoint.base_url)
    meant = endpoint.sent_headers()

    async def only_what_is_meant(request: "Request") -> None:
        """Take out what the library adds: headers of its own, and those of the environment."""
        stay = {name: request.headers[name] for name in _OF_TRANSPORT if name in request.headers}
        request.headers.clear()
        request.headers.update(stay | meant)

    async def arrived(response: "Response") -> None:
        """Note when the first bytes came."""
        response.extensions[FIRST_BYTE] = time.perf_counter()

    try:
        sender = AsyncClient(
            event_hooks={"request": [only_what_is_meant], "response": [arrived]},
            # The whole of a try is timed by us: these times would start anew at every byte.
            timeout=Timeout(None, connect=min(endpoint.timeout, _CONNECT_SECONDS)),
            limits=Limits(max_connections=connections, max_keepalive_connections=connections),
            verify=trusted(os.environ) if parts.scheme == "https" else False,
            # A proxy of the environment is for other hosts than this one; its .netrc for none.
            trust_env=False,
            proxy=proxy_of(endpoint.base_url),
        )
    except ImportError as error:
        raise ValueError(f"the proxy of the environment: {error}") from None
    return AsyncOpenAI(
        # Which the library wants; the endpoint's own stands in the headers that are meant.
        api_key=endpoint.api_key or "none",
        base_url=endpoint.base_url,
        max_retries=0,
        http_client=sender,
    )


def trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """What is trusted: the certificates that the environment names, else those of the system.

    Raises:
        ValueError: They cannot be read.
    """
    from httpx2 import create_ssl_context  # noqa: PLC0415 - as above

    for name in _CERTIFICATES:
        if place := environment.get(name):
            folder = os.path.isdir(place)  # noqa: PTH112 - as OpenSSL takes it
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
    """The proxy that the environment names for an address; None: there is none.

    Raises:
        ValueError: What it names is no proxy; the message shows no password.
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
    except ValueError:  # a port that is none
        usable = False
    if not usable:
        address = f"{shown.scheme}://{shown.netloc.rpartition('@')[2]}"
        raise ValueError(
            f"the proxy of the environment: found {address!r}; accepted: an address such as "
            "http://host:port in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
        )
    return proxy


def is_this_machine(host: str) -> bool:
    """Whether a host is the one that asks."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

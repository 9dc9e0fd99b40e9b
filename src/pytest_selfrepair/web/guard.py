"""Checks on every request, and headers of every response.

- The `Host` must be an address or a name of this page: any other name that leads here (DNS
  rebinding) is refused.
- A request that may change something must come from this page (`Origin`), if the browser sends
  that; forms also carry a token.
- Bodies and rates are limited.
- A response allows a browser to load from here alone, to run only the page's script files, and to
  show the page in no frame of another. A page of one file, with inline scripts, sends a policy of
  its own.
"""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY: Final = 256 * 1024
"""The largest request body, in bytes."""

BODY_SECONDS: Final = 8.0
"""The time limit for a body, in seconds."""

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Host names of the loopback interface."""

_SAFE: Final = frozenset({"GET", "HEAD"})
_POLICY: Final = "Content-Security-Policy"
_HEADERS: Final = {
    _POLICY: (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate limit: a burst, and one more after some seconds each.

    Attributes:
        burst: How many may come at once.
        seconds: Seconds until each is allowed again.
    """

    burst: int
    seconds: float


REQUESTS: Final = Rate(burst=300, seconds=0.02)
"""Requests from one address, which all participants may share."""
GUESSES: Final = Rate(burst=10, seconds=6.0)
"""Unknown links from one address."""
RUNS: Final = Rate(burst=10, seconds=2.0)
"""Programs run by one participant."""


@dataclass(slots=True)
class Meter:
    """Counts by name, and forgets the names idle longest.

    Args:
        rate: The limit of each name.
        clock: A monotonic clock, in seconds.
    """

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    _due: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def wait(self, name: str, *, count: bool = True) -> float:
        """Count once more; return the seconds until it is allowed, 0 if it is now.

        Args:
            name: The name to count for.
            count: Whether to count it if it is allowed.
        """
        now = self.clock()
        due = max(self._due.get(name, now), now)
        wait = due + self.rate.seconds - now - self.rate.burst * self.rate.seconds
        if wait > 0:
            return wait
        if count:
            self._due[name] = due + self.rate.seconds
            self._due.move_to_end(name)
            while len(self._due) > _MOST_NAMES:
                self._due.popitem(last=False)
        return 0.0


_MOST_NAMES = 10_000


class Guard:
    """ASGI middleware with the checks.

    Args:
        app: The guarded application.
        names: The page's host names.
        addresses: Whether any numeric address is accepted as this page's host: nobody can redirect
            one. Needed when listening on all addresses of a machine.
        meter: Counts requests by address.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Collection[str] = LOOPBACK,
        *,
        addresses: bool = False,
        meter: Meter | None = None,
    ) -> None:
        self._app = app
        self._names = {name.lower().rstrip(".") for name in names}
        self._addresses = addresses
        self._meter = meter or Meter(REQUESTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        said = _Said(send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, said)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(receive)
        except TimeoutError:
            await _too_slow()(scope, receive, said)
            return
        if body is None:
            await _too_large()(scope, receive, said)
            return
        await self._app(scope, _Replay(body, receive), said)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.getlist("host")
        if len(host) != 1 or not self._is_ours(host[0]):
            return PlainTextResponse("This page has another address.\n", 421)
        client = scope.get("client")
        wait = self._meter.wait(client[0] if client else "")
        if wait:
            return slower(wait)
        if scope["method"] not in _SAFE and not _from_here(headers, host[0]):
            return PlainTextResponse("This request comes from another page.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:18]) > LARGEST_BODY:
            return _too_large()
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name.rstrip(".") in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._addresses


def slower(wait: float) -> PlainTextResponse:
    """The response to a client over its rate limit."""
    seconds = max(1, round(wait + 0.5))
    return PlainTextResponse(
        f"Too much at once. Try again in {seconds} s.\n", 429, {"Retry-After": str(seconds)}
    )


def _too_large() -> PlainTextResponse:
    return PlainTextResponse(
        f"The request is too large; accepted: up to {LARGEST_BODY // 1024} KiB.\n",
        413,
        {"Connection": "close"},
    )


def _too_slow() -> PlainTextResponse:
    return PlainTextResponse(
        f"The request did not come to its end in {BODY_SECONDS:g} s.\n",
        408,
        {"Connection": "close"},
    )


def _from_here(headers: Headers, host: str) -> bool:
    """Whether nothing shows that a request comes from another page."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too large, empty where the client disconnected."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


class _Replay:
    """Replays a body that was already read, then passes on further messages."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Said:
    """Adds the security headers to every response."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HEADERS.items():
                if name != _POLICY or _POLICY not in headers:  # some pages have their own
                    headers[name] = value
        await self._send(message)

"""What every request must pass before the page sees it, and what every response says.

- The `Host` must be an address or a name that this page has: a name of somebody else's that leads
  here (DNS rebinding) is refused.
- A request that may change something must come from this page (`Origin`), if the browser says so;
  the page's forms carry a token besides.
- Bodies and rates are bounded.
- A response allows a browser to load from here alone, to run no script but the page's files, and
  to show the page in no frame of another. A page of one file, whose scripts stand in it, sends a
  policy of its own.
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
"""Bytes of a request's body."""

BODY_SECONDS: Final = 8.0
"""Seconds until it is there."""

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine to itself."""

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
    """So many at once, and one more after some seconds each.

    Attributes:
        burst: How many may come at once.
        seconds: After how many seconds each is allowed again.
    """

    burst: int
    seconds: float


REQUESTS: Final = Rate(burst=300, seconds=0.02)
"""Requests of one address, behind which all participants may be."""
GUESSES: Final = Rate(burst=10, seconds=6.0)
"""Links of one address that are nobody's."""
RUNS: Final = Rate(burst=10, seconds=2.0)
"""Programs that one participant runs."""


@dataclass(slots=True)
class Meter:
    """Counts for each of some names, and forgets those who have been quiet longest.

    Args:
        rate: What each may do.
        clock: Seconds that only grow.
    """

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    _due: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def wait(self, name: str, *, count: bool = True) -> float:
        """Count one more; seconds until it is allowed, 0 where it is now and has been counted.

        Args:
            name: Whose.
            count: Whether it is counted where it is allowed.
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
    """The checks, around an application.

    Args:
        app: What is guarded.
        names: Host names that this page has.
        addresses: Whether any address in numbers is taken for this page's: nobody can make one
            lead elsewhere. Needed where it listens on all addresses of a machine.
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
        """One request."""
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
    """What is said to who asks too often."""
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
    """Whether a request is not known to come from another page."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than it may be, or its sender has gone."""
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
    """Gives a body that was read already, and then what else comes."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Said:
    """Sends a response with the headers of every response."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HEADERS.items():
                if name != _POLICY or _POLICY not in headers:  # a page of one file has its own
                    headers[name] = value
        await self._send(message)

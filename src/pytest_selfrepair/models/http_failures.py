"""Failed HTTP exchanges → `RequestFailure`: error statuses, unusable bodies, lost connections.

The texts of the failures never show the endpoint's key.
"""

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from pytest_selfrepair.models.addresses import Endpoint, proxy_of
from pytest_selfrepair.models.answers import NoCompletionError
from pytest_selfrepair.models.request_failure import RequestFailure, cleaned, failure_of
from pytest_selfrepair.models.retrying import retry_after

if TYPE_CHECKING:
    from httpx2 import Response

_REDIRECTS = range(300, 400)
_LOST = "no connection, or a lost one"


def of_status(response: "Response", key: str) -> RequestFailure:
    """The failure reported by a response with an error or redirect status."""
    status = response.status_code
    if status in _REDIRECTS:
        where = cleaned(response.headers.get("location", "nowhere"), key)
        return RequestFailure(status=status, reason=f"it is at {where}", for_all=True)
    content = response.content
    try:
        body: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = content.decode("utf-8", "replace")
    return failure_of(
        body or response.reason_phrase or "no reason",
        status=status,
        wait=retry_after(response.headers),
        key=key,
    )


def of_answer(error: NoCompletionError, key: str) -> RequestFailure:
    """The failure in a successful response without a completion."""
    if error.error is not None:
        return failure_of(error.error, status=None, wait=None, key=key)
    return RequestFailure(
        status=None,
        reason=cleaned(str(error), key),
        kind=_LOST if error.is_broken else "an answer that is no chat completion",
        is_other=error.is_other,
    )


def of_timeout(seconds: float) -> RequestFailure:
    """The failure of a request that timed out after `seconds`."""
    return RequestFailure(
        status=None, reason="the request was given up", kind=f"no answer within {seconds:g} s"
    )


def of_connection(error: Exception, endpoint: Endpoint) -> RequestFailure:
    """The failure of a request without a response."""
    from httpx2 import (  # noqa: PLC0415 - slow, only if used
        ConnectError,
        ConnectTimeout,
        HTTPError,
        LocalProtocolError,
        ProxyError,
        UnsupportedProtocol,
    )

    reason = str(error)
    if isinstance(error, HTTPError):
        reason = f"{type(error).__name__}: {error}"
    kind = _LOST
    for_all = isinstance(error, LocalProtocolError | UnsupportedProtocol | ValueError)
    if isinstance(error, ProxyError) and not reason.split(": ")[1].startswith("5"):
        kind, for_all = "the proxy refuses", True
    if any(map(_is_distrust, _causes(error))):
        kind, for_all = "no trusted connection", True
    if for_all and kind == _LOST:
        kind = "it cannot be asked"
    no_connection = isinstance(error, ConnectError | ConnectTimeout | ProxyError)
    if no_connection and (proxy := proxy_of(endpoint.base_url)):
        reason += f" (by the proxy {proxy.rpartition('@')[2]} of the environment)"
    return RequestFailure(
        status=None,
        reason=cleaned(reason, endpoint.api_key),
        kind=kind,
        for_all=for_all,
        is_unreached=no_connection,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, each once: a re-raised error may be its own cause."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_distrust(error: BaseException) -> bool:
    """Whether TLS failed over certificates or protocols rather than over the connection."""
    passing = ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
    return isinstance(error, ssl.SSLError) and not isinstance(error, passing)

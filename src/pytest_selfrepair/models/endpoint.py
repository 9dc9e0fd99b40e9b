"""One endpoint of a process: its connections, its pace, and requests that are tried again."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from pytest_selfrepair.models.addresses import (
    CHAT_PATH,
    FIRST_BYTE,
    MODELS_PATH,
    Endpoint,
    connect,
    proxy_of,
)
from pytest_selfrepair.models.answers import Completion, NoCompletionError, read_answer
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure, cleaned, told
from pytest_selfrepair.models.retrying import retry_after
from pytest_selfrepair.models.traffic import Flight, Slots, Throttle

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

_MOST_REDIRECTS = 3
_SAME_METHOD = frozenset({307, 308})
_REDIRECTS = range(300, 400)
_LOST = "no connection, or a lost one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it is sent.

    Attributes:
        path: Where it goes, behind the endpoint's address.
        body: What it says; None: it asks for what is there (GET).
    """

    path: str = CHAT_PATH
    body: Mapping[str, object] | None


class UnansweredError(Exception):
    """A request has no answer and is not tried again.

    Args:
        trouble: Why its last try failed.
        end: Why there is no other, as a clause: ``after 3 tries``; empty where none would help.
    """

    def __init__(self, trouble: RequestFailure, end: str = "") -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.end = end


def _not_otherwise(_: RequestFailure, __: int) -> bool:
    return False


class EndpointClient:
    """The one way to an endpoint, shared by all its models.

    Args:
        endpoint: Which.
        slots: What every request of the process needs.
        clock: Seconds, from any start.
        sleep: Waits for seconds.

    Attributes:
        endpoint: Which.
        slots: What every request of the process needs.
        throttle: How many requests it is sent, and what it said to that.
        host: Its host and port, for messages.
        retried: Tries that were repeated so far.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        slots: Slots,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.endpoint = endpoint
        self.throttle = Throttle(
            slots,
            concurrency=endpoint.concurrency,
            requests_per_minute=endpoint.requests_per_minute,
            tokens_per_minute=endpoint.tokens_per_minute,
            begins_alone=endpoint.begins_alone,
            clock=clock,
            sleep=sleep,
        )
        self.host = endpoint.host
        self.retried = 0
        self.slots = slots
        self._clock = clock
        self._sleep = sleep
        self._client: AsyncOpenAI | None = None

    async def ask(
        self,
        prepare: Callable[[], Awaitable[Call]],
        *,
        request_id: str,
        tokens: int,
        otherwise: Callable[[RequestFailure, int], bool] = _not_otherwise,
    ) -> Completion:
        """Ask until there is an answer, or no use in asking.

        Args:
            prepare: Makes the request just before each try, with a slot held, by what is known then
                of the endpoint; raises why it is not to be sent.
            request_id: What the endpoint's logs may call it, in ASCII.
            tokens: What it may cost, prompt included.
            otherwise: Whether, after a trouble and so many tries before it, `prepare` makes another
                request that may be answered at once; may raise what ends the asking.

        Raises:
            UnansweredError: It failed for good, or too often, or too long.
        """
        retries = self.endpoint.retries
        began: float | None = None
        number = 0
        while True:
            async with self.throttle.flight(tokens) as flight:
                try:
                    call = await prepare()
                except BaseException:
                    flight.unsent()
                    raise
                began = self._clock() if began is None else began
                found = await self.once(call, request_id, flight)
            if isinstance(found, Completion):
                return found
            if otherwise(found, number):
                continue
            if found.meaning is not Meaning.PASSING:
                raise UnansweredError(found)
            wait = retries.wait(number, found.wait)
            left = began + retries.seconds - self._clock()
            if number == retries.most or wait > left:
                tries = f"after {number + 1} {'try' if number == 0 else 'tries'}"
                if number < retries.most:
                    tries += f", and the next in {wait:,.0f} s would be past the time to retry"
                raise UnansweredError(found, tries)
            if found.wait is not None:
                self.throttle.pause(found.wait)
            self.retried += 1
            number += 1
            await self._sleep(wait)

    async def once(
        self, call: Call, request_id: str, flight: Flight | None = None
    ) -> Completion | RequestFailure:
        """One try, outside the endpoint's pace where it has no flight.

        Returns:
            An answer, or why there is none.
        """
        found = await self._try(call, request_id)
        if isinstance(found, RequestFailure):
            found = replace(found, reason=self.endpoint.hide(found.reason))
        if flight is None:
            return found
        if isinstance(found, RequestFailure):
            if found.is_too_much:
                flight.too_much()
            return found
        counts = found.counts
        if counts.generated is None:
            flight.answered(flight.reserved)
        else:
            flight.answered((counts.prompt or 0) + counts.generated)
        return found

    async def listed(self, request_id: str) -> bytes | RequestFailure:
        """What the endpoint says of its models, in whatever form, or why it says nothing."""
        from httpx2 import HTTPError, InvalidURL, StreamError  # noqa: PLC0415 - slow, where used

        try:
            async with asyncio.timeout(self.endpoint.timeout):
                response = await self._sent(Call(path=MODELS_PATH, body=None), request_id)
        except (HTTPError, InvalidURL, StreamError, ValueError, OSError):
            return b""
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            return self._refused(response, response.content)
        return response.content

    async def aclose(self) -> None:
        """Close the connections; may be called again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _try(self, call: Call, request_id: str) -> Completion | RequestFailure:
        from httpx2 import HTTPError, InvalidURL, StreamError  # noqa: PLC0415 - slow, where used

        began = time.perf_counter()
        try:
            async with asyncio.timeout(self.endpoint.timeout):
                response = await self._sent(call, request_id)
        except TimeoutError:
            return RequestFailure(
                status=None,
                reason="the request was given up",
                kind=f"no answer within {self.endpoint.timeout:g} s",
            )
        except (HTTPError, InvalidURL, StreamError, ValueError, OSError) as error:
            return self._unreached(error)
        content = response.content
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            return self._refused(response, content)
        kind = response.headers.get("content-type", "")
        try:
            answer = read_answer(content, kind)
        except NoCompletionError as error:
            return self._no_completion(error)
        streamed = kind.startswith("text/event-stream")
        return replace(
            answer,
            seconds=round(time.perf_counter() - began, 3),
            first_byte=round(response.extensions[FIRST_BYTE] - began, 3) if streamed else None,
        )

    async def _sent(self, call: Call, request_id: str) -> "Response":
        """What a request gets, whatever its status."""
        if self._client is None:
            self._client = connect(self.endpoint, self.slots.limit)
        url = self.endpoint.url(call.path)
        for _ in range(_MOST_REDIRECTS):
            response = await _answered(self._client, url, call.body, request_id)
            onward = response.next_request
            if response.status_code not in _SAME_METHOD or onward is None:
                break
            asked = response.request.url
            if (onward.url.scheme, onward.url.netloc) != (asked.scheme, asked.netloc):
                break  # the key is for nobody else
            url = str(onward.url)
        return response

    def _refused(self, response: "Response", content: bytes) -> RequestFailure:
        """What an answer with the status of an error tells."""
        status = response.status_code
        key = self.endpoint.api_key
        if status in _REDIRECTS:
            where = cleaned(response.headers.get("location", "nowhere"), key)
            return RequestFailure(status=status, reason=f"it is at {where}", for_all=True)
        try:
            body: object = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = content.decode("utf-8", "replace")
        return told(
            body or response.reason_phrase or "no reason",
            status=status,
            wait=retry_after(response.headers),
            key=key,
        )

    def _no_completion(self, error: NoCompletionError) -> RequestFailure:
        """What an answer without the status of an error, but without a completion, tells."""
        key = self.endpoint.api_key
        if error.error is not None:
            return told(error.error, status=None, wait=None, key=key)
        return RequestFailure(
            status=None,
            reason=cleaned(str(error), key),
            kind=_LOST if error.is_broken else "an answer that is no chat completion",
            is_other=error.is_other,
        )

    def _unreached(self, error: Exception) -> RequestFailure:
        """Why no answer came; none of its words shows the key."""
        from httpx2 import (  # noqa: PLC0415 - as above
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
        if no_connection and (proxy := proxy_of(self.endpoint.base_url)):
            reason += f" (by the proxy {proxy.rpartition('@')[2]} of the environment)"
        return RequestFailure(
            status=None,
            reason=cleaned(reason, self.endpoint.api_key),
            kind=kind,
            for_all=for_all,
            is_unreached=no_connection,
        )


async def _answered(
    client: "AsyncOpenAI", url: str, body: Mapping[str, object] | None, request_id: str
) -> "Response":
    """Send a request, and read all of what comes; the library's errors are those of its transport.

    Raises:
        httpx2.HTTPError: Nothing came, or not all of it.
    """
    from httpx2 import Response  # noqa: PLC0415 - slow, only where used
    from openai import APIConnectionError, APIStatusError  # noqa: PLC0415 - likewise

    options: RequestOptions = {
        "headers": {"X-Client-Request-Id": request_id},
        "follow_redirects": False,
    }
    try:
        if body is None:
            return await client.get(url, cast_to=Response, options=options)
        return await client.post(url, cast_to=Response, body=body, options=options)
    except APIStatusError as error:
        return error.response
    except APIConnectionError as error:
        failure = error.__cause__ or error
    raise failure  # not in the handler, where it would lose what led to it


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it, each once: one that is raised anew may lead to itself."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_distrust(error: BaseException) -> bool:
    """Whether TLS failed for what both sides are, rather than for the connection."""
    passing = ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
    return isinstance(error, ssl.SSLError) and not isinstance(error, passing)

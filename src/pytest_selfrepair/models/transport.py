"""Send single tries of requests to an endpoint and read the responses."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from pytest_selfrepair.models import http_failures
from pytest_selfrepair.models.addresses import CHAT_PATH, FIRST_BYTE, MODELS_PATH, Endpoint, connect
from pytest_selfrepair.models.answers import Completion, NoCompletionError, read_answer
from pytest_selfrepair.models.request_failure import RequestFailure

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

_MOST_REDIRECTS = 3
_SAME_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The content of one request.

    Attributes:
        path: Its path below the endpoint's address.
        body: Its JSON body; None: a GET request.
    """

    path: str = CHAT_PATH
    body: Mapping[str, object] | None


class Transport(Protocol):
    """Sends requests to one endpoint, in a single try each."""

    @property
    def host(self) -> str:
        """Host and port of the endpoint, or a provider's name; for messages."""
        ...

    async def send(self, call: Call, request_id: str) -> Completion | RequestFailure:
        """Send a request and read its response.

        Args:
            call: The request.
            request_id: Its id in the endpoint's logs, in ASCII.

        Returns:
            The completion, or the failure.
        """
        ...

    async def listed(self, request_id: str) -> bytes | RequestFailure:
        """Fetch the endpoint's list of models, unparsed; empty where that fails.

        Returns:
            The list, or the endpoint's error.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; may be called again."""
        ...


class HttpTransport:
    """Sends requests to an endpoint that speaks the OpenAI protocol.

    Args:
        endpoint: The endpoint.
        connections: The most open connections.
    """

    def __init__(self, endpoint: Endpoint, connections: int) -> None:
        self._endpoint = endpoint
        self._connections = connections
        self._client: AsyncOpenAI | None = None

    @property
    def host(self) -> str:
        """Host and port of the endpoint."""
        return self._endpoint.host

    async def send(self, call: Call, request_id: str) -> Completion | RequestFailure:
        """Send a request and read its response; see `Transport`."""
        from httpx2 import HTTPError, InvalidURL, StreamError  # noqa: PLC0415 - slow, only if used

        endpoint = self._endpoint
        began = time.perf_counter()
        try:
            async with asyncio.timeout(endpoint.timeout):
                response = await self._response(call, request_id)
        except TimeoutError:
            return http_failures.of_timeout(endpoint.timeout)
        except (HTTPError, InvalidURL, StreamError, ValueError, OSError) as error:
            return http_failures.of_connection(error, endpoint)
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            return http_failures.of_status(response, endpoint.api_key)
        kind = response.headers.get("content-type", "")
        try:
            answer = read_answer(response.content, kind)
        except NoCompletionError as error:
            return http_failures.of_answer(error, endpoint.api_key)
        streamed = kind.startswith("text/event-stream")
        return replace(
            answer,
            seconds=round(time.perf_counter() - began, 3),
            first_byte=round(response.extensions[FIRST_BYTE] - began, 3) if streamed else None,
        )

    async def listed(self, request_id: str) -> bytes | RequestFailure:
        """Fetch the endpoint's list of models; see `Transport`."""
        from httpx2 import HTTPError, InvalidURL, StreamError  # noqa: PLC0415 - slow, only if used

        try:
            async with asyncio.timeout(self._endpoint.timeout):
                response = await self._response(Call(path=MODELS_PATH, body=None), request_id)
        except (HTTPError, InvalidURL, StreamError, ValueError, OSError):
            return b""
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            return http_failures.of_status(response, self._endpoint.api_key)
        return response.content

    async def aclose(self) -> None:
        """Close the connections; may be called again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _response(self, call: Call, request_id: str) -> "Response":
        """Send a request, following redirects within the host; any status is returned."""
        if self._client is None:
            self._client = connect(self._endpoint, self._connections)
        url = self._endpoint.url(call.path)
        for _ in range(_MOST_REDIRECTS):
            response = await _answered(self._client, url, call.body, request_id)
            onward = response.next_request
            if response.status_code not in _SAME_METHOD or onward is None:
                break
            asked = response.request.url
            if (onward.url.scheme, onward.url.netloc) != (asked.scheme, asked.netloc):
                break  # no other host gets the key
            url = str(onward.url)
        return response


async def _answered(
    client: "AsyncOpenAI", url: str, body: Mapping[str, object] | None, request_id: str
) -> "Response":
    """Send a request and read the whole response; raises the transport's errors, not the library's.

    Raises:
        httpx2.HTTPError: The response is missing or incomplete.
    """
    from httpx2 import Response  # noqa: PLC0415 - slow, only if used
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
    raise failure  # outside the handler, which would replace its context

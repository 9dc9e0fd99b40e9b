"""One endpoint of a process: its connections, its pace, and requests that are tried again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_selfrepair.models.answers import Answer, NoCompletionError, read_answer
from pytest_selfrepair.models.retrying import Retries, retry_after
from pytest_selfrepair.models.traffic import Flight, Slots, Throttle
from pytest_selfrepair.models.trouble import Meaning, Trouble, cleaned, told

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI_URL = "https://api.openai.com/v1"

_PATH = "/chat/completions"
_CONNECT_SECONDS = 30.0
"""Seconds to wait for a connection, where a request may take longer."""
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where models are asked, and how patiently.

    Attributes:
        base_url: The address up to and including ``/v1``.
        api_key: The key; never shown.
        timeout: Seconds that one try of a request may take, from its first byte to its last.
        retries: How a try that failed in passing is repeated.
        requests_per_minute: Requests that may be sent in a minute; None: any number.
        tokens_per_minute: Tokens, read or generated, that they may cost; None: any number.
    """

    base_url: str
    api_key: str = field(repr=False)
    timeout: float = 600.0
    retries: Retries = field(default_factory=Retries)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


class UnansweredError(Exception):
    """A request has no answer and is not tried again.

    Args:
        trouble: Why its last try failed.
        end: Why there is no other, as a clause: ``after 3 tries``; empty where none would help.
    """

    def __init__(self, trouble: Trouble, end: str = "") -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.end = end


class Line:
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
            requests_per_minute=endpoint.requests_per_minute,
            tokens_per_minute=endpoint.tokens_per_minute,
            clock=clock,
            sleep=sleep,
        )
        self.host = urlsplit(endpoint.base_url).netloc.rpartition("@")[2]
        self.retried = 0
        self.slots = slots
        self._clock = clock
        self._sleep = sleep
        self._client: AsyncOpenAI | None = None

    async def ask(
        self,
        prepare: Callable[[], Awaitable[Mapping[str, object]]],
        *,
        request_id: str,
        tokens: int,
    ) -> Answer:
        """Ask until there is an answer, or no use in asking.

        Args:
            prepare: Makes the request's body just before each try, with a slot held, by what is
                known then of the endpoint; raises why it is not to be sent.
            request_id: What the endpoint's logs may call it, in ASCII.
            tokens: What it may cost, prompt included.

        Returns:
            The answer. One without choices and tokens is only given when it came again and again.

        Raises:
            UnansweredError: It failed for good, or too often, or too long.
        """
        retries = self.endpoint.retries
        began: float | None = None
        number = 0
        while True:
            async with self.throttle.flight(tokens) as flight:
                try:
                    body = await prepare()
                except BaseException:
                    flight.unsent()
                    raise
                began = self._clock() if began is None else began
                answer, trouble = await self._try(body, request_id, flight)
            if trouble is None:
                assert answer is not None  # noqa: S101 - there is one or the other
                return answer
            if trouble.meaning is not Meaning.PASSING:
                raise UnansweredError(trouble)
            wait = retries.wait(number, trouble.wait)
            left = began + retries.seconds - self._clock()
            if number == retries.most or wait > left:
                if answer is not None:
                    return answer
                tries = f"after {number + 1} {'try' if number == 0 else 'tries'}"
                if number < retries.most:
                    tries += f", and the next in {wait:,.0f} s would be past the time to retry"
                raise UnansweredError(trouble, tries)
            if trouble.wait is not None:
                self.throttle.pause(trouble.wait)
            self.retried += 1
            number += 1
            await self._sleep(wait)

    async def aclose(self) -> None:
        """Close the connections; may be called again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _try(
        self, body: Mapping[str, object], request_id: str, flight: Flight
    ) -> tuple[Answer | None, Trouble | None]:
        """One try: an answer, a trouble, or both: an answer that holds nothing."""
        from openai import OpenAIError  # noqa: PLC0415 - half a second, only where used

        try:
            async with asyncio.timeout(self.endpoint.timeout):
                content = await self._connected().post(
                    _PATH,
                    cast_to=bytes,  # so the library does not build objects that we do not use
                    body=body,
                    options={"headers": {"X-Client-Request-Id": request_id}},
                )
            answer = read_answer(content)
        except (OpenAIError, NoCompletionError, TimeoutError, ValueError) as error:
            trouble = self._trouble(error)
            if trouble.is_too_much:
                flight.too_much()
            return None, trouble
        counts = answer.counts
        if counts.generated is not None:
            flight.answered((counts.prompt or 0) + counts.generated)
        else:
            flight.answered(flight.reserved)
        if answer.is_void:
            return answer, Trouble(status=None, reason="no choices", kind="an empty answer")
        return answer, None

    def _trouble(self, error: Exception) -> Trouble:
        """What an exception of one try tells of; none of its words shows the key."""
        from openai import APIConnectionError, APIStatusError  # noqa: PLC0415 - as above

        key = self.endpoint.api_key
        status = None
        reason = str(error)
        match error:
            case APIStatusError():
                said = error.body if isinstance(error.body, dict) else {"message": error.body}
                wait = retry_after(error.response.headers)
                return told(said, status=error.status_code, wait=wait, key=key)
            case NoCompletionError(error=dict(said)):
                return told(said, status=None, wait=None, key=key)
            case NoCompletionError():
                kind = "an answer that is no chat completion"
            case TimeoutError():
                kind = f"no answer within {self.endpoint.timeout:g} s"
                reason = "the request was given up"
            case APIConnectionError():
                kind = "no connection, or a lost one"
                reason = f"{type(error.__cause__).__name__}: {error.__cause__}"
            case _:  # such as a key that no header can hold
                status = HTTPStatus.BAD_REQUEST
                kind = ""
        return Trouble(status=status, reason=cleaned(reason, key), kind=kind)

    def _connected(self) -> "AsyncOpenAI":
        """The client, made when it is first needed, inside the loop that uses it."""
        if self._client is None:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout  # noqa: PLC0415 - above

            try:
                from httpx2 import Limits  # noqa: PLC0415 - above
            except ImportError:  # the library's older versions bring this one
                from httpx import Limits  # type: ignore[import-not-found,no-redef]  # noqa: PLC0415

            timeout = self.endpoint.timeout
            host = urlsplit(self.endpoint.base_url).hostname
            self._client = AsyncOpenAI(
                api_key=self.endpoint.api_key,
                base_url=self.endpoint.base_url,
                max_retries=0,
                # The whole of a try is timed by us: these times would start anew at every byte.
                timeout=Timeout(None, connect=min(timeout, _CONNECT_SECONDS)),
                http_client=DefaultAsyncHttpxClient(
                    # A proxy of the environment is for other hosts than this one.
                    trust_env=host not in _THIS_MACHINE,
                    limits=Limits(
                        max_connections=self.slots.limit,
                        max_keepalive_connections=self.slots.limit,
                    ),
                ),
            )
        return self._client

"""Any endpoint that speaks the OpenAI protocol for chat completions."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pytest_selfrepair.core.sample import Message, Role, Sample, SampleRequest, Usage
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError, ModelError
from pytest_selfrepair.models.tokens import TokenCounter

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAIError
    from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

OPENAI_URL = "https://api.openai.com/v1"
LONGEST_REASON = 300
"""Characters of an endpoint's own words that an error repeats."""

_ADVICE = {
    400: "the request is not accepted: check the model's name and limits",
    401: "check the key in OPENAI_API_KEY",
    403: "this key may not use this model or endpoint",
    404: "check the model's name and --selfrepair-base-url",
    422: "the request is not accepted: check the model's name and limits",
}
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_FOR_GOOD = frozenset({401, 403, 404})
_NOT_ACCEPTED = frozenset({400, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is asked.

    Attributes:
        base_url: The address up to and including ``/v1``.
        api_key: The key; never shown.
        timeout: Seconds that one request may take.
        retries: How often a request is tried again after 408, 409, 429, 5xx or a lost connection;
            waiting times grow and honour Retry-After.
    """

    base_url: str
    api_key: str = field(repr=False)
    timeout: float = 600.0
    retries: int = 6


class ChatModel:
    """A chat model behind an endpoint.

    Args:
        name: What reports and the store call it.
        wire_name: What the endpoint calls it.
        endpoint: Where it is asked.
        counter: Counts tokens where the endpoint does not.
        concurrency: Requests in flight at most.
    """

    def __init__(
        self,
        name: str,
        *,
        wire_name: str | None = None,
        endpoint: Endpoint,
        counter: TokenCounter,
        concurrency: int,
    ) -> None:
        self._name = name
        self._wire_name = wire_name or name
        self._endpoint = endpoint
        self._counter = counter
        self._slots = asyncio.Semaphore(concurrency)
        self._client: AsyncOpenAI | None = None
        self._refusal: EndpointRefusedError | None = None

    @property
    def name(self) -> str:
        """What reports call it."""
        return self._name

    async def sample(self, request: SampleRequest) -> Sample:
        """Draw one completion.

        Raises:
            EndpointRefusedError: Asking again cannot help. A wrong key or an unknown model is
                remembered: the endpoint is not asked again.
            EndpointFailedError: No answer within the allowed retries.
        """
        async with self._slots:
            if self._refusal is not None:
                raise self._refusal
            answer = await self._ask(request)
        choice = answer.choices[0] if answer.choices else None
        text = (choice.message.content if choice else None) or ""
        return Sample(
            text=text,
            usage=self._usage(answer, text),
            finish_reason=choice.finish_reason if choice else "no_choice",
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def _usage(self, answer: "ChatCompletion", text: str) -> Usage:
        """The endpoint's own count where it gives one, else the tokenizer's."""
        if answer.usage is None:
            return Usage(
                completion_tokens=self._counter.count(text),
                prompt_tokens=None,
                counted_by=self._counter.name,
            )
        return Usage(
            completion_tokens=answer.usage.completion_tokens,
            prompt_tokens=answer.usage.prompt_tokens,
            counted_by="endpoint",
        )

    async def _ask(self, request: SampleRequest) -> "ChatCompletion":
        from openai import Omit, OpenAIError  # noqa: PLC0415 - half a second, only where used

        params = request.params
        try:
            return await self._connected().chat.completions.create(
                model=self._wire_name,
                messages=[_wire(message) for message in request.messages],
                temperature=params.temperature,
                max_tokens=params.max_tokens,
                seed=Omit() if request.draw_seed is None else request.draw_seed,
                extra_headers={"X-Client-Request-Id": request_id(request)},
            )
        except (OpenAIError, ValueError) as error:
            raise self._explained(error) from None

    def _connected(self) -> "AsyncOpenAI":
        """The client, made when it is first needed, inside the loop that uses it."""
        if self._client is None:
            from openai import AsyncOpenAI, DefaultAsyncHttpxClient  # noqa: PLC0415 - as above

            host = urlsplit(self._endpoint.base_url).hostname
            self._client = AsyncOpenAI(
                # A proxy of the environment is for other hosts than this one.
                http_client=DefaultAsyncHttpxClient(trust_env=host not in _THIS_MACHINE),
                api_key=self._endpoint.api_key,
                base_url=self._endpoint.base_url,
                timeout=self._endpoint.timeout,
                max_retries=self._endpoint.retries,
            )
        return self._client

    def _explained(self, error: "OpenAIError | ValueError") -> ModelError:
        """What went wrong in one line, without the key."""
        from openai import APIStatusError, APITimeoutError  # noqa: PLC0415 - as above

        where = f"{self._wire_name} at {urlsplit(self._endpoint.base_url).netloc}"
        reason = " ".join(str(getattr(error, "message", None) or error).split())
        reason = reason.replace(self._endpoint.api_key, "***")[:LONGEST_REASON]
        tries = f"after {self._endpoint.retries + 1} tries"
        if not isinstance(error, APIStatusError):
            kind = (
                f"no answer within {self._endpoint.timeout:g} s"
                if isinstance(error, APITimeoutError)
                else "no usable answer"
            )
            return EndpointFailedError(f"{where}: {kind} {tries}: {reason}")
        status = error.status_code
        if status in _FOR_GOOD | _NOT_ACCEPTED or error.code == "insufficient_quota":
            advice = _ADVICE.get(status, "the account has no credit left")
            refusal = EndpointRefusedError(f"{where}: HTTP {status}: {reason}; {advice}")
            if status not in _NOT_ACCEPTED:
                self._refusal = refusal
            return refusal
        return EndpointFailedError(f"{where}: HTTP {status} {tries}: {reason}")


def request_id(request: SampleRequest) -> str:
    """What the endpoint's logs may call a request: its task and node, in ASCII."""
    return quote(f"{request.task_id}#{request.node}", safe="/#:")[:512]


def _wire(message: Message) -> "ChatCompletionMessageParam":
    # Half a surrogate pair, which a program may hold, has no place in UTF-8.
    content = message.content.encode("utf-8", "replace").decode()
    if message.role is Role.SYSTEM:
        return {"role": "system", "content": content}
    if message.role is Role.USER:
        return {"role": "user", "content": content}
    return {"role": "assistant", "content": content}

"""Providers that the library LiteLLM knows, asked by its code in place of ours."""

import asyncio
import importlib
import importlib.util
import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from pytest_selfrepair.errors import LocalModelError, UsageError
from pytest_selfrepair.models import http_failures
from pytest_selfrepair.models.addresses import CHAT_PATH, Endpoint
from pytest_selfrepair.models.answers import Completion, NoCompletionError, read_answer
from pytest_selfrepair.models.request_failure import RequestFailure, cleaned, told
from pytest_selfrepair.models.retrying import retry_after
from pytest_selfrepair.models.transport import Call

PREFIX = "litellm/"

_LIBRARY = "litellm"
_PARTS = 3
"""`litellm`, the provider and the model."""
_IN_THE_ENVIRONMENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
"""Has the library neither fetch its table of prices nor read a file `.env` when it is imported."""
_NO_PROVIDER = "LLM Provider NOT provided"
_KEYLESS = re.compile(r"Missing credentials|Missing \S+ API Key|api_key client option must be set")
_OF_THE_KEY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_KEY_HINT = (
    "check the variables that LiteLLM reads for this provider, or key_env in --selfrepair-models"
)
_CODES = {
    "ContextWindowExceededError": "context_length_exceeded",
    "ContentPolicyViolationError": "content_filter",
}
"""The protocol's codes for what the library has found out."""


def is_litellm(name: str) -> bool:
    """Whether a name means a model that the library asks."""
    return name.startswith(PREFIX)


def provider_of(name: str) -> str:
    """The library's word for whose model a name means."""
    parts = name.split("/")
    return parts[1] if is_litellm(name) and len(parts) > 1 else "openai"


def name_within(name: str) -> str:
    """The name by which the library knows a model: ``PROVIDER/MODEL``.

    Raises:
        UsageError: The name has no provider, or the library is not there.
    """
    parts = name.split("/", _PARTS - 1)
    if len(parts) < _PARTS or not all(parts):
        raise UsageError(
            f"{name!r}: found no provider and model; accepted: {PREFIX}PROVIDER/MODEL, such as "
            f"{PREFIX}anthropic/claude-sonnet-4-5"
        )
    if importlib.util.find_spec(_LIBRARY) is None:
        raise UsageError(
            f"{name!r}: found no library of the name {_LIBRARY}; accepted: an installed one: "
            'pip install "pytest-selfrepair[litellm]"'
        )
    return name.removeprefix(PREFIX)


class LiteLLMTransport:
    """Sends requests to a provider by the library.

    Retries, pace and limits are ours; the library makes one try at a time, keeps nothing and sends
    nothing to anybody else.

    Args:
        endpoint: Address, key and headers, where the user has given them: an empty address or key
            is the library's to find, in the variables of the provider.
        provider: The provider's name, for messages.
    """

    def __init__(self, endpoint: Endpoint, provider: str) -> None:
        self._endpoint = endpoint
        self._provider = provider

    @property
    def host(self) -> str:
        """Host and port of a given address, or the provider's name."""
        return self._endpoint.host or f"{self._provider}, by LiteLLM"

    async def send(self, call: Call, request_id: str) -> Completion | RequestFailure:
        """Send a request, and read its answer; see `Transport`."""
        if call.path != CHAT_PATH or call.body is None:
            return RequestFailure(
                status=HTTPStatus.NOT_FOUND, reason="LiteLLM is asked for chats alone"
            )
        library = await asyncio.to_thread(_library)  # seconds, when it is first needed
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._endpoint.timeout):
                content = await self._completion(library, call.body, request_id)
            answer = read_answer(content, "application/json")
        except NoCompletionError as error:
            return http_failures.of_answer(error, self._endpoint.api_key)
        except Exception as error:  # noqa: BLE001 - each provider's code has exceptions of its own
            return _failure(error, self._endpoint)
        return replace(answer, seconds=round(time.perf_counter() - began, 3))

    async def _completion(self, library: Any, body: Mapping[str, object], request_id: str) -> bytes:
        endpoint = self._endpoint
        headers = dict(endpoint.headers)
        if endpoint.base_url:
            headers["X-Client-Request-Id"] = request_id
        found = await library.acompletion(
            **body,
            api_base=endpoint.base_url or None,
            api_key=endpoint.api_key or None,
            extra_headers=headers or None,
            timeout=endpoint.timeout,
            num_retries=0,
            max_retries=0,
            caching=False,
        )
        if body.get("stream"):
            parts = [part async for part in found]
            found = library.stream_chunk_builder(parts, messages=body["messages"])
        text: str = found.model_dump_json(warnings=False)
        return text.encode("utf-8", "replace")

    async def listed(self, request_id: str) -> bytes:  # noqa: ARG002 - as `Transport`
        """Nothing: the library cannot say what models a provider has."""
        return b""

    async def aclose(self) -> None:
        """Close the library's connections, of all its models; may be called again."""
        if _library.cache_info().currsize:
            await _library().close_litellm_async_clients()


def _failure(error: Exception, endpoint: Endpoint) -> RequestFailure:
    """The failure that an exception of the library tells of; its text never shows the key."""
    if isinstance(error, TimeoutError):
        return http_failures.of_timeout(endpoint.timeout)
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):  # not of the library's own making
        reason = cleaned(f"{type(error).__name__}: {error}", endpoint.api_key)
        return RequestFailure(status=None, reason=reason, kind="LiteLLM failed")
    name = type(error).__name__
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None)
    said = {"message": str(getattr(error, "message", error)), "type": _CODES.get(name, name)}
    wait = None if headers is None else retry_after(headers)
    if _KEYLESS.search(said["message"]):  # some providers' code takes it for its own fault
        status = HTTPStatus.UNAUTHORIZED
    found = told(said, status=status, wait=wait, key=endpoint.api_key)
    if _NO_PROVIDER in said["message"]:
        return replace(found, for_all=True, hint="LiteLLM's documentation lists its providers")
    return replace(found, hint=_KEY_HINT) if status in _OF_THE_KEY else found


@cache
def _library() -> Any:
    """The library, without its retries, caches and words to anybody."""
    for name, value in _IN_THE_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        library = importlib.import_module(_LIBRARY)
    except Exception as error:  # noqa: BLE001 - whatever a library's import may raise
        raise LocalModelError(f"LiteLLM cannot be imported: {error}") from None
    library.suppress_debug_info = True  # type: ignore[attr-defined]
    library.drop_params = False  # type: ignore[attr-defined]  # we drop what is refused, and say so
    return library

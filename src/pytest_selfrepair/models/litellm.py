"""Send requests to providers through the library LiteLLM."""

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
from pytest_selfrepair.models.request_failure import RequestFailure, cleaned, failure_of
from pytest_selfrepair.models.retrying import retry_after
from pytest_selfrepair.models.transport import Call

PREFIX = "litellm/"

_LIBRARY = "litellm"
_PARTS = 3
"""`litellm`, the provider and the model."""
_IN_THE_ENVIRONMENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
"""Keeps the library from fetching its price table and reading a `.env` file on import."""
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
"""The protocol's error codes for the library's exceptions."""


def is_litellm(name: str) -> bool:
    """Whether a name means a model used through the library."""
    return name.startswith(PREFIX)


def provider_of(name: str) -> str:
    """The library's name for a model's provider."""
    parts = name.split("/")
    return parts[1] if is_litellm(name) and len(parts) > 1 else "openai"


def name_within(name: str) -> str:
    """The library's name for a model: ``PROVIDER/MODEL``.

    Raises:
        UsageError: The name has no provider, or the library is not installed.
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
    """Sends requests to a provider through the library.

    Retries and rate limits are the client's; the library makes single tries, stores nothing and
    sends nothing to third parties.

    Args:
        endpoint: The user's address, key and headers; an empty address or key leaves it to the
            library, which reads the provider's environment variables.
        provider: The provider's name, for messages.
    """

    def __init__(self, endpoint: Endpoint, provider: str) -> None:
        self._endpoint = endpoint
        self._provider = provider

    @property
    def host(self) -> str:
        """Host and port of the user's address, or the provider's name."""
        return self._endpoint.host or f"{self._provider}, by LiteLLM"

    async def send(self, call: Call, request_id: str) -> Completion | RequestFailure:
        """Send a request and read its response; see `Transport`."""
        if call.path != CHAT_PATH or call.body is None:
            return RequestFailure(
                status=HTTPStatus.NOT_FOUND, reason="LiteLLM is asked for chats alone"
            )
        library = await asyncio.to_thread(_library)  # the import takes seconds
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
        """Nothing: the library cannot list a provider's models."""
        return b""

    async def aclose(self) -> None:
        """Close the library's connections for all its models; may be called again."""
        if _library.cache_info().currsize:
            await _library().close_litellm_async_clients()


def _failure(error: Exception, endpoint: Endpoint) -> RequestFailure:
    """The failure behind an exception of the library; its text never shows the key."""
    if isinstance(error, TimeoutError):
        return http_failures.of_timeout(endpoint.timeout)
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):  # not the library's own exception
        reason = cleaned(f"{type(error).__name__}: {error}", endpoint.api_key)
        return RequestFailure(status=None, reason=reason, kind="LiteLLM failed")
    name = type(error).__name__
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None)
    said = {"message": str(getattr(error, "message", error)), "type": _CODES.get(name, name)}
    wait = None if headers is None else retry_after(headers)
    if _KEYLESS.search(said["message"]):  # some providers report a missing key as a server error
        status = HTTPStatus.UNAUTHORIZED
    found = failure_of(said, status=status, wait=wait, key=endpoint.api_key)
    if _NO_PROVIDER in said["message"]:
        return replace(found, for_all=True, hint="LiteLLM's documentation lists its providers")
    return replace(found, hint=_KEY_HINT) if status in _OF_THE_KEY else found


@cache
def _library() -> Any:
    """Import the library with its logging and debug output off."""
    for name, value in _IN_THE_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        library = importlib.import_module(_LIBRARY)
    except Exception as error:  # noqa: BLE001 - an import may raise any exception
        raise LocalModelError(f"LiteLLM cannot be imported: {error}") from None
    library.suppress_debug_info = True  # type: ignore[attr-defined]
    library.drop_params = False  # type: ignore[attr-defined]  # we drop what is refused, and say so
    return library

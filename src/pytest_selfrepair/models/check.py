"""Check that every model can be reached and used before the first paid request."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from urllib.parse import urlsplit, urlunsplit

import msgspec

from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.errors import EndpointRefusedError
from pytest_selfrepair.models.addresses import CHECK_ID, Endpoint
from pytest_selfrepair.models.answers import Completion
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.dialect import is_missing
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure
from pytest_selfrepair.models.traffic import Slots
from pytest_selfrepair.models.transport import Call

_SECONDS = 30.0
"""The longest wait for a model, in seconds; one still loading by then counts as available."""
_TRIES_OF_A_PAGE = 3
"""Responses foreign to the protocol before an address is considered not to be an endpoint."""
_MOST_NAMED = 5
_REFUSES_ALL = "it refuses to list its models in the same words: check the key and the address"
_VERSION = "/v1"
_ENDPOINT_STATUSES = frozenset({400, 401, 403, 422, 429})
"""Statuses that show an endpoint at the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A model to check.

    Attributes:
        at: The model at each address that serves it.
        params: Its sampling parameters.
    """

    at: Sequence[ChatModel]
    params: SamplingParams


class Check:
    """The check of a run's models, once per process, before the first paid request.

    Attributes:
        models: The models to check.
        fault: Why the run cannot begin, in one line; None where it can, or before the check.
    """

    def __init__(self) -> None:
        self.models: Sequence[Checked] = ()
        self.fault: str | None = None
        self._lock = asyncio.Lock()
        self._is_made = False

    async def __call__(self) -> None:
        """Run the check, or wait for it.

        Raises:
            EndpointRefusedError: Some model cannot be used.
        """
        async with self._lock:
            if not self._is_made:
                self.fault = await fault_of(self.models)
                self._is_made = True
        if self.fault is not None:
            raise EndpointRefusedError(self.fault)


async def fault_of(models: Iterable[Checked]) -> str | None:
    """Why some of the models cannot be used, in one line; None where all seem usable.

    Transient failures and refusals of the check's own request do not count; nor do unreachable
    addresses of a model with several, unless all have faults.
    """
    found = await asyncio.gather(*map(_faults, models))
    return "; ".join(dict.fromkeys(fault for faults in found for fault in faults)) or None


async def _faults(model: Checked) -> list[str]:
    found = await asyncio.gather(*(_fault(each, model.params) for each in model.at))
    faults = [each for each in found if each is not None]
    if len(faults) < len(model.at):
        return [said for said, is_unreached in faults if not is_unreached]
    return [said for said, _ in faults]


async def _fault(model: ChatModel, params: SamplingParams) -> tuple[str, bool] | None:
    """Why a model cannot be used, and whether that is because it cannot be reached."""
    try:
        async with asyncio.timeout(_SECONDS):
            failure = await _tried(model, params)
            if failure is None:
                return None
            hint = await _hint(model, failure)
    except TimeoutError:
        return None
    return f"{model.shown}: {failure}; {hint or failure.advice}", failure.is_unreached


async def _tried(model: ChatModel, params: SamplingParams) -> RequestFailure | None:
    """The failure that rules out every request to a model, or None."""
    for _ in range(_TRIES_OF_A_PAGE):
        failure = await model.tried(params)
        if failure is None or not failure.is_other:
            break
    if failure is None:
        return None
    if failure.is_unreached or failure.is_for_good or failure.is_other:
        return failure
    if failure.meaning is Meaning.REFUSED and await _refuses_all(model.client, failure):
        return replace(failure, hint=_REFUSES_ALL)
    return None


async def _refuses_all(client: EndpointClient, failure: RequestFailure) -> bool:
    """Whether an endpoint refuses to list its models for the reason it refused a completion.

    Gateways refuse an unknown key with statuses that do not stand for keys.
    """
    listed = await client.transport.listed(CHECK_ID)
    return isinstance(listed, RequestFailure) and listed.reason == failure.reason


async def _hint(model: ChatModel, failure: RequestFailure) -> str:
    """Suggest a model or address by querying the endpoint; empty without a suggestion."""
    if not (is_missing(failure) or failure.is_other or failure.is_of_model):
        return ""
    endpoint = model.client.endpoint
    if (longer := _with_version(endpoint)) is not None and await _is_endpoint(longer, model):
        return f"did you forget {_VERSION}? There is an endpoint at {_shown(longer.base_url)}"
    if names := await _names(model.client):
        close = get_close_matches(model.wire_name, names, n=1)
        if model.wire_name not in names:
            some = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
            meant = f"did you mean {close[0]!r}? " if close else ""
            return f"{meant}It has the models {some}"
    return ""


def _with_version(endpoint: Endpoint) -> Endpoint | None:
    """The endpoint with ``/v1`` added, which is often forgotten; None where it is there."""
    parts = urlsplit(endpoint.base_url)
    path = parts.path.rstrip("/")
    if path.endswith(_VERSION) or "/deployments/" in path:
        return None
    address = urlunsplit((parts.scheme, parts.netloc, path + _VERSION, parts.query, ""))
    return replace(endpoint, base_url=address)


async def _is_endpoint(endpoint: Endpoint, model: ChatModel) -> bool:
    """Whether an endpoint is at an address."""
    client = EndpointClient(endpoint, Slots(1))
    body = {"model": model.wire_name, "messages": [{"role": "user", "content": "Say OK."}]}
    try:
        found = await client.once(Call(body=body | {"max_tokens": 1}), CHECK_ID)
    finally:
        await client.aclose()
    return isinstance(found, Completion) or found.status in _ENDPOINT_STATUSES or found.is_of_model


async def _names(client: EndpointClient) -> list[str]:
    """The models listed by an endpoint; empty where it lists none."""
    content = await client.transport.listed(CHECK_ID)
    if isinstance(content, RequestFailure):
        return []
    try:
        found = msgspec.json.decode(content, type=_Listed)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return [each.id for each in found.data]


class _Model(msgspec.Struct):
    id: str


class _Listed(msgspec.Struct):
    data: list[_Model]


def _shown(url: str) -> str:
    """An address without credentials."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

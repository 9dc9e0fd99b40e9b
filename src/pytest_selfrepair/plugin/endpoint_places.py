"""Find each model's address and key in settings, environment and models file.

No endpoint ever receives another's key.
"""

import os
from dataclasses import dataclass, field

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.addresses import OPENAI_URL
from pytest_selfrepair.models.litellm import is_litellm, provider_of
from pytest_selfrepair.models.models_file import ModelSettings
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.plugin.model_names import AskedModel, runs_here
from pytest_selfrepair.plugin.options import Settings

CODE_KEY = "OPENAI_API_KEY"
"""The environment variable with the code model's key."""
_CODE_URL = "OPENAI_BASE_URL"
_FEEDBACK_KEY = "SELFREPAIR_FEEDBACK_API_KEY"
_FEEDBACK_URL = "SELFREPAIR_FEEDBACK_BASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPlace:
    """A model's address and key, as far as settings and environment give them.

    Attributes:
        base_url: The address; None where not given.
        api_key: The key; None where not given.
        key_name: The variable that the key is read from, or would be.
        is_run_endpoint: Whether it is the code model's endpoint, and gets its headers.
        more_urls: Further addresses of the same model, with the same key.
    """

    base_url: str | None
    api_key: str | None = field(repr=False)
    key_name: str
    is_run_endpoint: bool
    more_urls: tuple[str, ...] = ()


def asks_endpoints(settings: Settings) -> bool:
    """Whether any endpoint is used: not for a replay or a plan."""
    return settings.replay != Replay.ONLY and not settings.plan


def is_apart(name: str, settings: Settings) -> bool:
    """Whether a feedback model has an endpoint of its own."""
    given = variable(_FEEDBACK_URL) or variable(_FEEDBACK_KEY)
    return bool(settings.feedback_base_url or given) and not runs_here(name)


def place_of(asked: AskedModel, table: ModelSettings, settings: Settings) -> EndpointPlace:
    """Find the address and key of a model.

    Args:
        asked: The model.
        table: Its settings in the models file.
        settings: The settings of the run.

    Raises:
        UsageError: A variable named in the models file is not set.
    """
    found = _run_place(asked, settings)
    if asked.for_feedback:
        address = settings.feedback_base_url or _address(_FEEDBACK_URL)
        addresses = (address,) if address else ()
        found = _at_addresses(found, addresses, variable(_FEEDBACK_KEY), _FEEDBACK_KEY)
    if table.base_url or table.key_env is not None:
        key_name = table.key_env or f"{table.where} key_env"
        found = _at_addresses(found, table.base_url, _key(table, settings), key_name)
    return found


def variable(name: str) -> str | None:
    """An environment variable, stripped; None where unset or empty."""
    return os.environ.get(name, "").strip() or None


def _run_place(asked: AskedModel, settings: Settings) -> EndpointPlace:
    """The code model's place, as far as another model shares it.

    LiteLLM finds a provider's address and key by itself. Those given for the code model apply only
    to models of the same provider, so that no key is sent to another.
    """
    if not is_litellm(asked.name):
        return EndpointPlace(
            base_url=next(iter(settings.base_url), None) or _address(_CODE_URL),
            api_key=variable(CODE_KEY),
            key_name=CODE_KEY,
            is_run_endpoint=True,
            more_urls=settings.base_url[1:],
        )
    alike = provider_of(asked.name) == provider_of(settings.model)
    return EndpointPlace(
        base_url=next(iter(settings.base_url), None) if alike else None,
        api_key=None,
        key_name="",
        is_run_endpoint=alike,
        more_urls=settings.base_url[1:] if alike else (),
    )


def _at_addresses(
    before: EndpointPlace, addresses: tuple[str, ...], key: str | None, key_name: str
) -> EndpointPlace:
    """Change a place's address, keeping the key only if the addresses are the same."""
    elsewhere = not {before.base_url or OPENAI_URL, *before.more_urls}.issuperset(addresses)
    return EndpointPlace(
        base_url=addresses[0] if addresses else before.base_url,
        more_urls=addresses[1:] if addresses else before.more_urls,
        api_key=key or (None if elsewhere else before.api_key),
        key_name=key_name,
        is_run_endpoint=before.is_run_endpoint and not elsewhere,
    )


def _key(table: ModelSettings, settings: Settings) -> str | None:
    """The key from the variable named in the models file."""
    if table.key_env is None:
        return None
    key = variable(table.key_env)
    if key is None and asks_endpoints(settings):
        raise UsageError(
            f"{table.where} key_env: found {table.key_env!r}; accepted: a variable that is "
            "set and not empty"
        )
    return key


def _address(name: str) -> str | None:
    return (variable(name) or "").rstrip("/") or None

"""Where each model is asked: its address and key, by settings, environment and models file.

No endpoint ever gets another's key.
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
"""The variable that has the key of the code model."""
_CODE_URL = "OPENAI_BASE_URL"
_FEEDBACK_KEY = "SELFREPAIR_FEEDBACK_API_KEY"
_FEEDBACK_URL = "SELFREPAIR_FEEDBACK_BASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPlace:
    """Where a model is asked, as far as the settings and the environment say it.

    Attributes:
        base_url: The address; None where nobody names one.
        api_key: The key; None where nobody names one.
        key_name: The variable that the key is read from, or would be.
        is_run_endpoint: Whether it is the endpoint of the code model, whose headers it then gets.
        more_urls: Further addresses at which the same model is served, with the same key.
    """

    base_url: str | None
    api_key: str | None = field(repr=False)
    key_name: str
    is_run_endpoint: bool
    more_urls: tuple[str, ...] = ()


def asks_endpoints(settings: Settings) -> bool:
    """Whether any endpoint is asked: not where all is replayed, or only planned."""
    return settings.replay != Replay.ONLY and not settings.plan


def is_apart(name: str, settings: Settings) -> bool:
    """Whether a model that only explains is asked at an endpoint of its own."""
    given = variable(_FEEDBACK_URL) or variable(_FEEDBACK_KEY)
    return bool(settings.feedback_base_url or given) and not runs_here(name)


def place_of(asked: AskedModel, table: ModelSettings, settings: Settings) -> EndpointPlace:
    """Where a model is asked.

    Args:
        asked: The model.
        table: What the models file says of it.
        settings: What the user asked for.

    Raises:
        UsageError: A variable that the models file names is not set.
    """
    found = _run_place(asked, settings)
    if asked.for_feedback:
        address = settings.feedback_base_url or _address(_FEEDBACK_URL)
        addresses = (address,) if address else ()
        found = _moved(found, addresses, variable(_FEEDBACK_KEY), _FEEDBACK_KEY)
    if table.base_url or table.key_env is not None:
        key_name = table.key_env or f"{table.where} key_env"
        found = _moved(found, table.base_url, _key(table, settings), key_name)
    return found


def variable(name: str) -> str | None:
    """A variable of the environment without blanks around it; None where it is not set or empty."""
    return os.environ.get(name, "").strip() or None


def _run_place(asked: AskedModel, settings: Settings) -> EndpointPlace:
    """The place of the code model, as far as another model shares it.

    LiteLLM finds address and key of a provider by itself; what is given for the code model
    holds for other models of its provider alone, so that no other's key is sent there.
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


def _moved(
    before: EndpointPlace, addresses: tuple[str, ...], key: str | None, key_name: str
) -> EndpointPlace:
    """Another place, which keeps the key only where its addresses are the same."""
    elsewhere = not {before.base_url or OPENAI_URL, *before.more_urls}.issuperset(addresses)
    return EndpointPlace(
        base_url=addresses[0] if addresses else before.base_url,
        more_urls=addresses[1:] if addresses else before.more_urls,
        api_key=key or (None if elsewhere else before.api_key),
        key_name=key_name,
        is_run_endpoint=before.is_run_endpoint and not elsewhere,
    )


def _key(table: ModelSettings, settings: Settings) -> str | None:
    """The key in the variable that the models file names."""
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

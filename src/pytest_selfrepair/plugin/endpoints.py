"""Where models are asked, with which key and headers, and by which ways: the settings' part."""

import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.addresses import OPENAI_URL, Endpoint
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.litellm import LiteLLMClient, is_litellm, provider_of
from pytest_selfrepair.models.models_file import ModelSettings
from pytest_selfrepair.models.parameters import header_value
from pytest_selfrepair.models.recording import Replay
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.spread import AT_EACH
from pytest_selfrepair.models.traffic import Slots, Throttle
from pytest_selfrepair.plugin.model_names import AskedModel, runs_here
from pytest_selfrepair.plugin.options import Settings

_CODE_KEY = "OPENAI_API_KEY"
_CODE_URL = "OPENAI_BASE_URL"
_ACCOUNT = (("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID"))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Finds each model's endpoint: no endpoint ever gets another's key or headers.

    Attributes:
        settings: What the user asked for.
        share: This process's share of a limit of the whole run.
    """

    settings: Settings
    share: Callable[[int], int]

    @property
    def asks(self) -> bool:
        """Whether any endpoint is asked: not where all is replayed, or only planned."""
        return self.settings.replay != Replay.ONLY and not self.settings.plan

    def is_apart(self, name: str) -> bool:
        """Whether a model that only explains is asked at an endpoint of its own."""
        given = _variable(_FEEDBACK_URL) or _variable(_FEEDBACK_KEY)
        return bool(self.settings.feedback_base_url or given) and not runs_here(name)

    def place(self, asked: AskedModel, table: ModelSettings) -> EndpointPlace:
        """Where a model is asked.

        Raises:
            UsageError: A variable that the models file names is not set.
        """
        found = self._run_place(asked)
        if asked.for_feedback:
            address = self.settings.feedback_base_url or _address(_FEEDBACK_URL)
            addresses = (address,) if address else ()
            found = _moved(found, addresses, _variable(_FEEDBACK_KEY), _FEEDBACK_KEY)
        if table.base_url or table.key_env is not None:
            key_name = table.key_env or f"{table.where} key_env"
            found = _moved(found, table.base_url, self._key(table), key_name)
        return found

    def endpoints(
        self, asked: AskedModel, place: EndpointPlace, table: ModelSettings
    ) -> tuple[Endpoint, ...]:
        """A model's endpoint at each of its addresses, with the pace that is asked for.

        Raises:
            UsageError: Its key, or a variable of one of its headers, is not set.
        """
        first = self._endpoint(asked, place, table)
        if not place.more_urls:
            return (first,)
        first = replace(first, retries=AT_EACH)
        return (first, *(replace(first, base_url=url) for url in place.more_urls))

    @property
    def retries(self) -> Retries:
        """How patiently a model is asked that fails in passing."""
        settings = self.settings
        return Retries(most=settings.request_retries, seconds=settings.retry_time)

    def _endpoint(self, asked: AskedModel, place: EndpointPlace, table: ModelSettings) -> Endpoint:
        """A model's endpoint at its first address.

        An empty address or key is LiteLLM's to find.

        Raises:
            UsageError: Its key, or a variable of one of its headers, is not set.
        """
        settings = self.settings
        if is_litellm(asked.name):
            base_url = place.base_url or ""
            # Where an address was given for it alone, the provider's own key stays here.
            api_key = place.api_key or ("none" if base_url and not place.is_run_endpoint else "")
        else:
            base_url = place.base_url or OPENAI_URL
            api_key = place.api_key or "none"
            if not place.api_key and base_url == OPENAI_URL and self.asks:
                raise _keyless(asked, place)
        return Endpoint(
            base_url=base_url,
            api_key=api_key,
            headers=self.sent_headers(place, table),
            timeout=settings.request_timeout,
            retries=self.retries,
            concurrency=self._shared(table.concurrency),
            requests_per_minute=self._rate("requests_per_minute", table),
            tokens_per_minute=self._rate("tokens_per_minute", table),
        )

    def _run_place(self, asked: AskedModel) -> EndpointPlace:
        """The place of the code model, as far as another model shares it.

        LiteLLM finds address and key of a provider by itself; what is given for the code model
        holds for other models of its provider alone, so that no other's key is sent there.
        """
        settings = self.settings
        if not is_litellm(asked.name):
            return EndpointPlace(
                base_url=next(iter(settings.base_url), None) or _address(_CODE_URL),
                api_key=_variable(_CODE_KEY),
                key_name=_CODE_KEY,
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

    def headers(self, place: EndpointPlace, table: ModelSettings) -> tuple[tuple[str, str], ...]:
        """Further headers of a model's requests, as the user wrote them."""
        given = self.settings.header if place.is_run_endpoint else ()
        return tuple(
            {name.lower(): (name, value) for name, value in (*given, *table.headers)}.values()
        )

    def sent_headers(
        self, place: EndpointPlace, table: ModelSettings
    ) -> tuple[tuple[str, str], ...]:
        """The same as they are sent; none where nobody is asked."""
        if not self.asks:
            return ()
        sent = tuple(
            (name, self._sent(name, value, table)) for name, value in self.headers(place, table)
        )
        given = {name.lower() for name, _ in sent}
        return (*sent, *(each for each in _account(place) if each[0].lower() not in given))

    def _sent(self, name: str, value: str, table: ModelSettings) -> str:
        try:
            return header_value(value, os.environ)
        except ValueError as error:
            ours = (name, value) in self.settings.header
            where = "--selfrepair-header" if ours else f"{table.where} headers"
            raise UsageError(f"{where}: found {name}; accepted: {error}") from None

    def _key(self, table: ModelSettings) -> str | None:
        if table.key_env is None:
            return None
        key = _variable(table.key_env)
        if key is None and self.asks:
            raise UsageError(
                f"{table.where} key_env: found {table.key_env!r}; accepted: a variable that is "
                "set and not empty"
            )
        return key

    def _rate(self, name: str, table: ModelSettings) -> int | None:
        """This process's share of what an endpoint is asked for in a minute: of a shard's part.

        Raises:
            UsageError: The part is nothing.
        """
        of_model = getattr(table, name)
        whole: int | None = of_model or getattr(self.settings, name)
        shard = self.settings.shard
        if whole is None or shard is None:
            return self._shared(whole)
        part = shard.part(whole)
        if not part:
            option = f"--selfrepair-{name.replace('_', '-')}"
            where = f"{table.where} {name}" if of_model else option
            raise UsageError(
                f"{where}: found {whole} for {shard.count} shards; accepted: {shard.count} or more"
            )
        return self._shared(part)

    def _shared(self, total: int | None) -> int | None:
        return None if total is None else self.share(total)


class EndpointClients:
    """The one way to each endpoint of a process, which its models share.

    Args:
        slots: What every request of the process needs.
        ready: Waited for before a request that is paid; raises what makes it useless.

    Attributes:
        slots: What every request of the process needs.
        ready: Waited for before a request that is paid; raises what makes it useless.
    """

    def __init__(self, slots: Slots, *, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        self.slots = slots
        self.ready = ready
        self._lines: dict[tuple[str, Endpoint], EndpointClient] = {}

    @property
    def throttles(self) -> tuple[Throttle, ...]:
        """One for each endpoint."""
        return tuple(line.throttle for line in self._lines.values())

    def to(self, endpoint: Endpoint, *, provider: str = "") -> EndpointClient:
        """The way to an endpoint, or by LiteLLM to a provider."""
        if (provider, endpoint) not in self._lines:
            self._lines[provider, endpoint] = (
                LiteLLMClient(endpoint, self.slots, provider=provider)
                if provider
                else EndpointClient(endpoint, self.slots)
            )
        return self._lines[provider, endpoint]


def _keyless(asked: AskedModel, place: EndpointPlace) -> UsageError:
    url, other = (
        ("--selfrepair-feedback-base-url", "--selfrepair-feedback local")
        if asked.for_feedback
        else ("--selfrepair-base-url", "--selfrepair-model local")
    )
    return UsageError(
        f"{place.key_name}: found nothing; accepted: the endpoint's key. Or name another "
        f"endpoint by {url}, or the embedded model by {other}"
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


def _account(place: EndpointPlace) -> Iterator[tuple[str, str]]:
    """Whose account at OpenAI pays for the code model: told to OpenAI alone, with its own key."""
    if (place.base_url or OPENAI_URL) == OPENAI_URL and place.key_name == _CODE_KEY:
        for header, variable in _ACCOUNT:
            if value := _variable(variable):
                yield header, value


def _address(name: str) -> str | None:
    return (_variable(name) or "").rstrip("/") or None


def _variable(name: str) -> str | None:
    """A variable of the environment without blanks around it; None where it is not set or empty."""
    return os.environ.get(name, "").strip() or None

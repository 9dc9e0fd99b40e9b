"""Create the endpoints of a run's models: addresses, keys, headers and rate limits."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.addresses import OPENAI_URL, Endpoint
from pytest_selfrepair.models.litellm import is_litellm
from pytest_selfrepair.models.models_file import ModelSettings
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.spread import AT_EACH
from pytest_selfrepair.plugin.endpoint_headers import sent_headers
from pytest_selfrepair.plugin.endpoint_places import EndpointPlace, asks_endpoints
from pytest_selfrepair.plugin.model_names import AskedModel
from pytest_selfrepair.plugin.options import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Creates each model's endpoint, which never receives another's key or headers.

    Attributes:
        settings: The settings of the run.
        share: This process's share of a limit of the whole run.
    """

    settings: Settings
    share: Callable[[int], int]

    def of(
        self, asked: AskedModel, place: EndpointPlace, table: ModelSettings
    ) -> tuple[Endpoint, ...]:
        """Create a model's endpoint at each of its addresses, with its rate limits.

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
        """The retries of transient failures."""
        settings = self.settings
        return Retries(most=settings.request_retries, seconds=settings.retry_time)

    def _endpoint(self, asked: AskedModel, place: EndpointPlace, table: ModelSettings) -> Endpoint:
        """Create a model's endpoint at its first address.

        An empty address or key is left to LiteLLM.

        Raises:
            UsageError: Its key, or a variable of one of its headers, is not set.
        """
        settings = self.settings
        if is_litellm(asked.name):
            base_url = place.base_url or ""
            # An address given for it alone does not receive the provider's own key.
            api_key = place.api_key or ("none" if base_url and not place.is_run_endpoint else "")
        else:
            base_url = place.base_url or OPENAI_URL
            api_key = place.api_key or "none"
            if not place.api_key and base_url == OPENAI_URL and asks_endpoints(settings):
                raise _keyless(asked, place)
        return Endpoint(
            base_url=base_url,
            api_key=api_key,
            headers=sent_headers(place, table, settings),
            timeout=settings.request_timeout,
            retries=self.retries,
            concurrency=self._shared(table.concurrency),
            requests_per_minute=self._rate("requests_per_minute", table),
            tokens_per_minute=self._rate("tokens_per_minute", table),
        )

    def _rate(self, name: str, table: ModelSettings) -> int | None:
        """This process's share of a limit per minute, or of its shard's part of it.

        Raises:
            UsageError: The shard's part is zero.
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

"""A model behind an endpoint, made from its name and the usual variables of the environment."""

import os

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models.addresses import OPENAI_URL, Endpoint
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.prices import Prices
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.traffic import Slots


def chat_model(
    name: str, *, base_url: str | None = None, api_key: str | None = None, concurrency: int = 16
) -> ChatModel:
    """A model behind an endpoint that speaks the OpenAI protocol.

    Args:
        name: What the endpoint calls it.
        base_url: The endpoint's address, up to ``/v1``; None: ``$OPENAI_BASE_URL``, else OpenAI's.
        api_key: Its key; None: ``$OPENAI_API_KEY``.
        concurrency: Requests in flight at most.

    Raises:
        UsageError: There is no key for OpenAI's own endpoint, or concurrency is less than 1.
    """
    if concurrency < 1:
        raise UsageError(f"concurrency: found {concurrency}; accepted: a whole number from 1 up")
    address = base_url or os.environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL
    key = api_key or os.environ.get("OPENAI_API_KEY", "").strip()
    if not key and address == OPENAI_URL:
        raise UsageError(
            "api_key: found nothing, nor $OPENAI_API_KEY; accepted: the endpoint's key, or another "
            "endpoint by base_url"
        )
    endpoint = Endpoint(base_url=address.rstrip("/"), api_key=key or "none")
    return ChatModel(
        name,
        client=EndpointClient(endpoint, Slots(concurrency)),
        metering=Metering(
            counter=TiktokenCounter(model=name.rpartition("/")[2]),
            price=Prices.read().of(name),
        ),
    )

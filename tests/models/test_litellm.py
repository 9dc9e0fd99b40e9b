"""Models that LiteLLM asks, of an endpoint on this machine and over real HTTP."""

from __future__ import annotations

import asyncio
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from behaviours import as_json, behaving, error
from endpoints import KEY, SOON, request, texts
from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample
from pytest_selfrepair.errors import (
    EndpointFailedError,
    EndpointRefusedError,
    InfrastructureError,
    UsageError,
)
from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.chat import ChatModel
from pytest_selfrepair.models.endpoint import EndpointClient
from pytest_selfrepair.models.litellm import LiteLLMTransport, name_within, provider_of
from pytest_selfrepair.models.metering import Metering
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.traffic import Slots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from behaviours import Asked, Reply
    from endpoints import Serve
    from pytest_selfrepair.core.sample import SampleRequest

needs_litellm = pytest.mark.skipif(
    find_spec("litellm") is None,
    reason='LiteLLM, 270 MB with what it needs, is not installed: pip install ".[litellm]"',
)


def client_of(endpoint: Endpoint, provider: str) -> EndpointClient:
    return EndpointClient(endpoint, Slots(4), transport=LiteLLMTransport(endpoint, provider))


def model_at(base_url: str, *, key: str = KEY) -> ChatModel:
    endpoint = Endpoint(
        base_url=base_url,
        api_key=key,
        headers=(("X-Tenant", "blue"),),
        timeout=60.0,
        retries=SOON,
    )
    return ChatModel(
        "litellm/openai/gpt-4",
        wire_name="openai/gpt-4",
        client=client_of(endpoint, "openai"),
        metering=Metering(
            counter=TiktokenCounter(model="gpt-4"),
            price=Price(input=1e6, cached_input=0, output=1e5),
        ),
    )


def drawn(
    model: ChatModel, requests: Sequence[SampleRequest]
) -> list[Sample | InfrastructureError]:
    async def work() -> list[Sample | InfrastructureError]:
        try:
            return await model.sample_several(requests)
        finally:
            await model.aclose()

    return asyncio.run(work())


@needs_litellm
def test_a_model_of_a_provider_is_asked_by_the_library(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": [{"text": "one", "tokens": 7}, "two"]}}, api_key=KEY)
    [first, second] = drawn(model_at(server.base_url), [request("p0"), request("p1")])
    assert isinstance(first, Sample)
    assert (first.text, first.finish_reason) == ("one", "stop")
    assert first.usage.counted_by.startswith("endpoint")
    assert first.dollars is not None
    assert first.dollars > 0
    assert first.seconds is not None
    assert texts([second]) == ["two"]
    assert server.hits == 1


@needs_litellm
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_the_library_says_of_failures_means_what_endpoints_mean(serve: Serve) -> None:
    tasks = {"*": {"program": {"text": "late", "faults": [500, 429, "drop"]}}}
    server = serve(tasks=tasks, api_key=KEY)
    assert texts(drawn(model_at(server.base_url), [request()])) == ["late"]
    assert server.hits == 4
    [refused] = drawn(model_at(server.base_url, key="wrong"), [request()])
    assert isinstance(refused, EndpointRefusedError)
    assert "wrong" not in str(refused)
    assert server.hits == 5
    failing = serve(tasks={"*": {"program": {"text": "never", "faults": [503] * 9}}})
    [failed] = drawn(model_at(failing.base_url), [request()])
    assert isinstance(failed, EndpointFailedError)
    assert failing.hits == 1 + SOON.most
    short = serve(tasks={"*": {"program": "x"}}, context_tokens=9)
    [cut] = drawn(model_at(short.base_url), [request()])
    assert isinstance(cut, Sample)
    assert cut.finish_reason == CONTEXT_LIMIT


@needs_litellm
def test_parameters_headers_and_thoughts_go_through_the_library() -> None:
    def behave(asked: Asked) -> Reply:
        if "seed" in asked.body:
            return error(400, "Unsupported parameter: 'seed' is not supported.", param="seed")
        message = {"role": "assistant", "content": "done", "reasoning_content": "so, hm"}
        usage = {
            "prompt_tokens": 3,
            "completion_tokens": 9,
            "completion_tokens_details": {"reasoning_tokens": 4},
        }
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return as_json({"id": "x", "model": "gpt-4-0613", "choices": choices, "usage": usage})

    asked = request(seed=3, top_p=0.5, stop=("END",), extra_body='{"top_k":4}')  # type: ignore[arg-type]
    with behaving(behave) as server:
        model = model_at(server.base_url)
        [sample] = drawn(model, [asked])
        body, headers = server.asked[-1].body, server.asked[-1].headers
    assert isinstance(sample, Sample)
    assert (sample.text, sample.usage.completion_tokens) == ("done", 9)
    assert sample.usage.reasoning_tokens == 4
    assert (body["model"], body["top_p"], body["stop"], body["top_k"]) == ("gpt-4", 0.5, ["END"], 4)
    assert (body["temperature"], body["max_tokens"]) == (0.8, 1024)
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-tenant"] == "blue"
    assert any("seed" in notice for notice in model.notices)


@needs_litellm
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("openai/gpt-4", "HTTP 401: .*; check the variables that LiteLLM reads"),
        ("anthropic/claude-sonnet-4-5", "HTTP 401: .*ANTHROPIC_API_KEY.*; check the variables"),
        ("nonsense/x", "LLM Provider NOT provided.*; LiteLLM's documentation lists"),
    ],
)
def test_what_is_missing_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    endpoint = Endpoint(base_url="", api_key="", timeout=60.0, retries=SOON)
    client = client_of(endpoint, provider_of(f"litellm/{name}"))
    metering = Metering(counter=TiktokenCounter(model="gpt-4"))
    model = ChatModel(f"litellm/{name}", wire_name=name, client=client, metering=metering)
    [refused] = drawn(model, [request()])
    assert isinstance(refused, EndpointRefusedError)
    assert re.search(said, str(refused))


@pytest.mark.parametrize("name", ["litellm/", "litellm/openai", "litellm/openai/", "litellm//x"])
def test_a_name_without_a_provider_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="accepted: litellm/PROVIDER/MODEL"):
        name_within(name)


@needs_litellm
def test_a_name_says_the_provider_and_its_model() -> None:
    name = "litellm/openrouter/deepseek/deepseek-r1"
    assert name_within(name) == "openrouter/deepseek/deepseek-r1"
    assert (provider_of(name), provider_of("gpt-4")) == ("openrouter", "openai")

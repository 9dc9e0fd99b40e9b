"""The OpenAI-compatible client, over real HTTP."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pytest_selfrepair.core.sample import (
    Message,
    Role,
    Sample,
    SampleRequest,
    SamplingParams,
)
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError
from pytest_selfrepair.models.chat import ChatModel, Endpoint
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import ScriptedServer, serving
from pytest_selfrepair.models.tokens import TiktokenCounter

KEY = "sk-very-secret-key"

Serve = Callable[[dict[str, object]], ScriptedServer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(script: dict[str, object]) -> ScriptedServer:
            path = tmp_path / "script.json"
            path.write_text(json.dumps(script))
            return stack.enter_context(serving(Script(path)))

        yield start


def ask(base_url: str, nodes: tuple[str, ...] = ("p0",), retries: int = 3) -> list[Sample]:
    async def all_of_them() -> list[Sample]:
        model = ChatModel(
            "gpt-4",
            endpoint=Endpoint(base_url=base_url, api_key=KEY, timeout=5, retries=retries),
            counter=TiktokenCounter(model="gpt-4"),
            concurrency=4,
        )
        requests = [
            SampleRequest(
                model="gpt-4",
                messages=(Message(role=Role.USER, content="two words \ud800"),),
                params=SamplingParams(seed=1),
                task_id="tasks/ä b",
                node=node,
            )
            for node in nodes
        ]
        try:
            return list(await asyncio.gather(*(model.sample(request) for request in requests)))
        finally:
            await model.aclose()

    return asyncio.run(all_of_them())


def test_it_gives_the_text_and_the_endpoints_own_count(serve: Serve) -> None:
    answer = {"text": "print(1)", "tokens": 7, "finish_reason": "length"}
    server = serve({"tasks": {"tasks/ä b": {"p0": answer}}})
    [sample] = ask(server.base_url)
    assert (sample.text, sample.finish_reason) == ("print(1)", "length")
    assert sample.usage.completion_tokens == 7
    assert sample.usage.prompt_tokens == 3
    assert sample.usage.counted_by == "endpoint"


@pytest.mark.parametrize("faults", [[429], [500, 503], ["drop"], [429, "drop", 502]])
def test_it_tries_again_after_a_passing_fault(serve: Serve, faults: list[object]) -> None:
    server = serve({"tasks": {"*": {"program": {"text": "ok", "faults": faults}}}})
    [sample] = ask(server.base_url)
    assert sample.text == "ok"
    assert server.requests["tasks/ä b#p0"] == len(faults) + 1


def test_it_gives_up_after_the_allowed_retries(serve: Serve) -> None:
    server = serve({"tasks": {"*": {"program": {"text": "ok", "faults": [500] * 9}}}})
    with pytest.raises(EndpointFailedError, match=r"HTTP 500 after 2 tries"):
        ask(server.base_url, retries=1)
    assert server.requests["tasks/ä b#p0"] == 2


def test_a_server_that_is_gone_is_a_failure_of_infrastructure(serve: Serve) -> None:
    base_url = serve({"tasks": {}}).base_url.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(EndpointFailedError, match="no usable answer after 1 tries"):
        ask(base_url, retries=0)


def test_a_wrong_key_is_one_line_without_the_key(serve: Serve) -> None:
    server = serve({"api_key": "another", "tasks": {"*": {"program": "ok"}}})
    with pytest.raises(EndpointRefusedError, match="HTTP 401") as caught:
        ask(server.base_url)
    said = str(caught.value)
    assert "OPENAI_API_KEY" in said
    assert KEY not in said
    assert "\n" not in said


def test_an_unknown_model_is_said_so(serve: Serve) -> None:
    server = serve({"models": ["gpt-3.5"], "tasks": {"*": {"program": "ok"}}})
    with pytest.raises(EndpointRefusedError, match=r"HTTP 404.*check the model's name"):
        ask(server.base_url)


def test_many_requests_at_once_each_get_their_own_answer(serve: Serve) -> None:
    nodes = tuple(f"p{number}" for number in range(30))
    server = serve({"tasks": {"*": {node: f"answer {node}" for node in nodes}}})
    assert [sample.text for sample in ask(server.base_url, nodes)] == [
        f"answer {node}" for node in nodes
    ]


def test_a_key_is_not_in_the_repr_of_an_endpoint() -> None:
    assert KEY not in repr(Endpoint(base_url="http://x/v1", api_key=KEY))

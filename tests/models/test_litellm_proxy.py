"""LiteLLM's proxy, a gateway that many have, between a model of ours and an upstream of ours."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from behaviours import behaving, choice, completion, error, good
from endpoints import ask_several, line_to, model_on, request, texts
from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from behaviours import Asked, Behaviour, Reply
    from pytest_selfrepair.core.sample import SampleRequest
    from pytest_selfrepair.errors import InfrastructureError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("litellm") is None or find_spec("fastapi") is None,
        reason='LiteLLM\'s proxy is not installed: pip install "litellm[proxy]"',
    ),
]

PROXY_KEY = "sk-of-the-proxy"
CONFIG = """
model_list:
  - model_name: gpt-4
    litellm_params: {{model: openai/gpt-4, api_base: "{upstream}", api_key: upstream}}
litellm_settings: {{num_retries: 0, telemetry: false}}
general_settings: {{master_key: {key}}}
"""


@contextmanager
def proxy(upstream: str, folder: Path) -> Iterator[str]:
    """The address of a proxy in front of an upstream."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config, log = folder / "proxy.yaml", folder / "proxy.log"
    config.write_text(CONFIG.format(upstream=upstream, key=PROXY_KEY))
    run = "from litellm.proxy.proxy_cli import run_server; run_server()"
    command = [sys.executable, "-c", run, "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield f"{address}/v1"
    finally:
        process.terminate()
        process.wait()


def through_a_proxy(
    behave: Behaviour, folder: Path, *asked: SampleRequest, key: str = PROXY_KEY
) -> tuple[list[Sample | InfrastructureError], int]:
    """What draws return behind a proxy, and how many completions the upstream was asked for."""
    with behaving(behave) as upstream, proxy(upstream.base_url, folder) as address:
        drawn = ask_several(model_on(line_to(address, key=key, timeout=60)), asked or [request()])
        return drawn, len([each for each in upstream.asked if each.body])


def test_several_choices_come_in_one_request(tmp_path: Path) -> None:
    drawn, asked = through_a_proxy(good, tmp_path, request("p0"), request("p1"))
    assert texts(drawn) == ["print(1)"] * 2
    tokens = [each.usage.completion_tokens for each in drawn if isinstance(each, Sample)]
    assert tokens == [7, 7]
    assert asked == 1


def test_passing_failures_of_the_upstream_are_tried_again(tmp_path: Path) -> None:
    failures = iter([error(500, "down"), error(429, "slow down"), error(503, "busy")])

    def behave(asked: Asked) -> Reply:
        return next(failures, good(asked)) if asked.body else good(asked)

    drawn, asked = through_a_proxy(behave, tmp_path)
    assert texts(drawn) == ["print(1)"]
    assert asked == 4


def test_a_wrong_key_is_refused_at_once_and_reaches_nobody(tmp_path: Path) -> None:
    [refused], asked = through_a_proxy(good, tmp_path, key="sk-wrong")
    assert isinstance(refused, EndpointRefusedError)
    assert "sk-wrong" not in str(refused)
    assert asked == 0


def test_an_upstream_that_is_gone_is_a_failure_of_the_endpoint(tmp_path: Path) -> None:
    with proxy("http://127.0.0.1:9/v1", tmp_path) as address:
        [failed] = ask_several(model_on(line_to(address, key=PROXY_KEY)), [request()])
    assert isinstance(failed, EndpointFailedError)


def test_a_context_limit_is_understood_in_the_proxys_wrapping(tmp_path: Path) -> None:
    wording = "This model's maximum context length is 9 tokens. However, you requested 99 tokens."
    refusal = error(400, wording, type="invalid_request_error", code="context_length_exceeded")
    [cut], _ = through_a_proxy(lambda _: refusal, tmp_path)
    assert isinstance(cut, Sample)
    assert cut.finish_reason == CONTEXT_LIMIT


def test_thoughts_and_their_tokens_come_through(tmp_path: Path) -> None:
    def think(_: Asked) -> Reply:
        message = {"role": "assistant", "content": "done", "reasoning_content": "so, hm"}
        details = {"reasoning_tokens": 4}
        usage = {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12}
        usage_whole = usage | {"completion_tokens_details": details}
        return completion(choice(message=message), usage=usage_whole)

    [sample], _ = through_a_proxy(think, tmp_path)
    assert isinstance(sample, Sample)
    assert (sample.text, sample.usage.completion_tokens) == ("done", 9)
    assert sample.usage.reasoning_tokens == 4

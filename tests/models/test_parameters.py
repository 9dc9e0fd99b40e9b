"""Parameters of a request: what is accepted, and what arrives."""

import pytest

from behaviours import TEXT, behaving, streamed
from endpoints import Serve, ask, line_to, model_on, request
from pytest_selfrepair.core.sample import SamplingParams
from pytest_selfrepair.models.parameters import (
    extra_body_from_json,
    header_from_line,
    header_value,
    keyed_headers,
    thinking_tag,
    wire_params,
)
from pytest_selfrepair.models.thinking import thinks


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    assert wire_params(SamplingParams()) == {"temperature": 0.8}
    assert wire_params(SamplingParams(temperature=None)) == {}


def test_parameters_are_written_as_the_protocol_has_them() -> None:
    params = SamplingParams(
        top_p=0.9,
        reasoning_effort="low",
        stop=("END", "\n\n"),
        extra_body=extra_body_from_json('{"top_k": 4, "nested": {"b": 1, "a": 2}}'),
    )
    assert wire_params(params) == {
        "temperature": 0.8,
        "top_p": 0.9,
        "reasoning_effort": "low",
        "stop": ["END", "\n\n"],
        "top_k": 4,
        "nested": {"a": 2, "b": 1},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a JSON object"),
        ("[1]", "a JSON object"),
        ("{", "a JSON object"),
        ('{"a": NaN}', "no infinite numbers"),
        ('{"model": "x"}', "'model'"),
        ('{"messages": []}', "'messages'"),
        ('{"n": 2}', "'n'"),
        ('{"max_tokens": 2}', "'max_tokens'"),
    ],
)
def test_what_is_no_extra_body_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        extra_body_from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "no colon",
        ": value",
        "a b: c",
        "Host: x",
        "Content-Length: 3",
        "x:",
        "x: ä",
        "x: a\nb",
        "x: $",
    ],
)
def test_what_is_no_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NAME: VALUE|header|value"):
        header_from_line(text)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("plain", "plain"),
        ("$TENANT", "blue"),
        ("Bearer ${TENANT}x", "Bearer bluex"),
        ("$$5", "$5"),
    ],
)
def test_a_variable_in_a_header_is_read_from_the_environment(written: str, sent: str) -> None:
    assert header_value(written, {"TENANT": "blue"}) == sent


@pytest.mark.parametrize("environment", [{}, {"TENANT": ""}, {"TENANT": "  "}])
def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\$TENANT, a variable that is set and not empty"):
        header_value("$TENANT", environment)


def test_headers_that_only_let_somebody_in_are_no_part_of_a_key() -> None:
    headers = (
        ("X-Tenant", "$TENANT"),
        ("Authorization", "Bearer abc"),
        ("X-API-Key", "abc"),
        ("Cookie", "abc"),
        ("anthropic-beta", "a"),
    )
    assert keyed_headers(headers) == (("anthropic-beta", "a"), ("x-tenant", "$TENANT"))


@pytest.mark.parametrize("tag", ["", "<think>", "a b", "3"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="without its brackets"):
        thinking_tag(tag)


@pytest.mark.parametrize(
    "name",
    [
        *("o1", "o3-mini", "o4-mini", "openai/o3", "gpt-5", "gpt-5-mini-2025-08-07", "gpt-5.2"),
        *("deepseek-reasoner", "deepseek/deepseek-r1", "DeepSeek-R1-Distill-Qwen-7B", "qwq-32b"),
        *("Qwen/Qwen3-32B", "qwen3-235b-a22b-thinking-2507", "gemini-2.5-pro", "gemini-3-pro"),
        *("grok-4", "grok-3-mini", "magistral-small", "openai/gpt-oss-20b", "kimi-k2-thinking"),
        *("z-ai/glm-4.6", "minimax-m2", "claude-3.7-sonnet:thinking", "phi-4-reasoning"),
    ],
)
def test_a_model_that_thinks_is_known_by_its_name(name: str) -> None:
    assert thinks(name, SamplingParams())


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-4", "gpt-4o", "gpt-3.5-turbo", "gpt-5-chat-latest", "claude-sonnet-4", "llama3:8b"),
        *("qwen2.5-coder", "Qwen3-Coder-30B", "qwen3-4b-instruct-2507", "gemini-1.5-pro"),
        *("grok-2", "grok-4-fast-non-reasoning", "deepseek-chat", "glm-4-flash", "oracle"),
    ],
)
def test_other_models_are_not_taken_for_it(name: str) -> None:
    assert not thinks(name, SamplingParams())


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (SamplingParams(reasoning_effort="low"), True),
        (SamplingParams(reasoning_effort="none"), False),
        (SamplingParams(extra_body='{"thinking":{"type":"enabled"}}'), True),
        (SamplingParams(extra_body='{"thinking":{"type":"disabled"}}'), False),
        (SamplingParams(extra_body='{"chat_template_kwargs":{"enable_thinking":true}}'), True),
        (SamplingParams(extra_body='{"reasoning":{"enabled":false}}'), False),
        (SamplingParams(wire_name="o3"), True),
    ],
)
def test_a_model_thinks_where_it_is_asked_to(params: SamplingParams, expected: bool) -> None:
    assert thinks("claude-sonnet-4", params) is expected


def test_a_model_that_is_told_not_to_think_does_not() -> None:
    params = SamplingParams(extra_body='{"chat_template_kwargs":{"enable_thinking":false}}')
    assert not thinks("Qwen3-32B", params)


def test_a_sample_knows_how_long_it_took(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "seconds": 0.02}}})
    [sample] = ask(model_on(line_to(server.base_url)), request())
    assert sample.seconds is not None
    assert 0.02 <= sample.seconds < 60
    assert sample.first_byte is None


def test_streams_come_where_they_are_asked_for() -> None:
    asked = request(extra_body='{"stream":true}')  # type: ignore[arg-type]
    with behaving(streamed) as server:
        [sample] = ask(model_on(line_to(server.base_url)), asked)
    assert sample.text == TEXT
    assert sample.first_byte is not None
    assert sample.seconds is not None
    assert 0 <= sample.first_byte <= sample.seconds

"""What endpoints refuse in the form of a request, in their words, and how they are asked then."""

import pytest

from endpoints import KEY, request
from pytest_selfrepair.core.sample import Message, Role
from pytest_selfrepair.models.dialect import (
    Dialect,
    refused_parameter,
    refuses_several,
    without_system,
)
from pytest_selfrepair.models.request_failure import RequestFailure, failure_of
from pytest_selfrepair.models.transport import Call

SENT: dict[str, object] = {
    "model": "m",
    "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
    "temperature": 0.8,
    "max_tokens": 64,
    "seed": 1,
    "top_p": 0.9,
    "stop": ["END"],
    "reasoning_effort": "low",
    "n": 5,
}


def trouble(status: int | None, message: object, **error: object) -> RequestFailure:
    return failure_of({"error": {"message": message} | error}, status=status, wait=None, key=KEY)


@pytest.mark.parametrize(
    ("status", "message", "error", "name"),
    [
        (400, ("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
              "'max_completion_tokens' instead."),
         {"param": "max_tokens", "code": "unsupported_parameter"}, "max_tokens"),
        (400, ("Unsupported value: 'temperature' does not support 0.3 with this model. Only the "
              "default (1) value is supported."),
         {"param": "temperature", "code": "unsupported_value"}, "temperature"),
        (400, "`temperature` is deprecated for this model.", {}, "temperature"),
        (400, "invalid temperature: only 1 is allowed for this model", {}, "temperature"),
        (400, "temperature must be 1", {"param": "None"}, "temperature"),
        (400, "temperature: Input should be 1.0", {}, "temperature"),
        (400, "`temperature` may only be set to 1 when thinking is enabled", {}, "temperature"),
        (400, "only temperature=1 is supported", {"param": None}, "temperature"),
        (400, "`temperature` and `top_p` cannot both be specified", {}, "temperature"),
        (400, "seed is not supported", {}, "seed"),
        (400, "Unrecognized request argument supplied: seed", {"param": "null"}, "seed"),
        (422, "Extra inputs are not permitted", {"param": "body.seed"}, "seed"),
        (422, "Extra inputs are not permitted", {"param": "('body', 'temperature')"},
         "temperature"),
        (400, "[{'type': 'extra_forbidden', 'loc': ('body', 'top_p'), 'msg': 'Extra inputs'}]", {},
         "top_p"),
        (400, "1 validation error for Request\nseed\n  Extra inputs are not permitted", {}, "seed"),
        (500, "Completions.create() got an unexpected keyword argument 'seed'", {}, "seed"),
        (500, "temperature is not supported", {}, "temperature"),
        (400, "Unsupported parameter: 'stop'", {"param": "stop"}, "stop"),
        (400, "stop sequences are not supported", {}, "stop"),
        (400, "'stop' is not supported with this model", {}, "stop"),
        (400, 'Unknown name "reasoning_effort": Cannot find field.', {}, "reasoning_effort"),
        (400, "topP is not supported by this model", {}, "top_p"),
        (400, "openai does not support parameters: {'temperature': 0.8}, for model=o1", {},
         "temperature"),
        (400, "Provider returned error", {"metadata": {"raw": '{"error": "seed: unsupported"}'}},
         "seed"),
        (400, "temperature must be between 0 and 1", {"param": "temperature"}, None),
        (400, "max_tokens is too large: 9. This model supports at most 5", {}, None),
        (400, "Unknown value in messages[0].role", {"param": "messages[0].role"}, None),
        (400, "An unexpected error occurred", {}, None),
    ],
)  # fmt: skip
def test_a_parameter_that_may_be_left_out_is_named(
    status: int, message: str, error: dict[str, object], name: str | None
) -> None:
    assert refused_parameter(trouble(status, message, **error), SENT) == name


def test_a_list_of_details_names_the_parameter() -> None:
    detail = [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]
    found = failure_of({"detail": detail}, status=422, wait=None, key=KEY)
    assert refused_parameter(found, SENT) == "temperature"
    assert found.reason == "body.temperature: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "n > 1 is not supported", {}),
        (422, "Only one completion choice is allowed", {}),
        (500, "best_of must be 1", {}),
        (501, "multiple choices are not implemented", {}),
        (400, "Invalid value", {"param": "n"}),
        (422, "Input should be less than or equal to 1", {"param": "body.n"}),
        (400, "Unsupported parameter: 'n'", {}),
        (400, "n must be at most 4", {}),
        (503, "candidateCount above 1 is not enabled", {}),
        (400, "this server returns a single completion per request", {}),
    ],
)
def test_words_that_name_the_number_of_completions(
    status: int, message: str, error: dict[str, object]
) -> None:
    assert refuses_several(trouble(status, message, **error), Call(body=SENT))
    alone = {name: value for name, value in SENT.items() if name != "n"}
    assert not refuses_several(trouble(status, message, **error), Call(body=alone))


@pytest.mark.parametrize(
    "message",
    [
        "It isn't there",
        "An internal error occurred",
        "line one\\n is broken",
        "the connection can't be made",
    ],
)
def test_words_that_do_not(message: str) -> None:
    assert not refuses_several(trouble(500, message), Call(body=SENT))


ASKED = (
    Message(role=Role.SYSTEM, content="Be brief."),
    Message(role=Role.USER, content="One?"),
    Message(role=Role.ASSISTANT, content="1"),
    Message(role=Role.USER, content="Two?"),
)


def learnt(*troubles: RequestFailure) -> tuple[Dialect, Call]:
    """What a dialect becomes by troubles, and how it asks then."""
    dialect = Dialect()
    asked = request()
    asked = type(asked)(model="m", messages=ASKED, params=asked.params, task_id="t", node="p0")
    call = dialect.call("m", asked, 1)
    for each in troubles:
        dialect.learn(each, call, "m")
        call = dialect.call("m", asked, 1)
    return dialect, call


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "System role not supported", {}),
        (500, "Jinja Exception: System role not supported", {}),
        (400, "Developer instruction is not enabled for models/gemma-3", {}),
        (500, "Conversation roles must alternate user/assistant/user/assistant/...", {}),
        (400, "system messages are not supported by this model", {}),
        (400, "Only user and assistant roles are supported!", {}),
        (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
         {"param": "messages[0].role"}),
        (400, "role 'system' is not supported, use developer", {}),
        (422, "Input should be 'user' or 'assistant'", {"param": "body.messages.0.role"}),
        (400, "Invalid 'messages[0].role': unknown value.", {}),
        (500, "jinja2.exceptions.TemplateError: no", {}),
        (400, "This model does not support the system role", {}),
    ],
)  # fmt: skip
def test_a_model_without_a_system_role_hears_its_text_from_the_user(
    status: int, message: str, error: dict[str, object]
) -> None:
    dialect, call = learnt(trouble(status, message, **error))
    assert call.body is not None
    assert call.body["messages"] == [
        {"role": "user", "content": "Be brief.\n\nOne?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "Two?"},
    ]
    assert len(dialect.notices) == 1
    assert "no system role" in dialect.notices[0]


def test_a_system_text_without_a_users_turn_becomes_one() -> None:
    assert without_system(ASKED[:1]) == (Message(role=Role.USER, content="Be brief."),)
    assert without_system(ASKED[1:]) == ASKED[1:]


@pytest.mark.parametrize(
    "message",
    [
        "This model only supports streaming",
        "stream must be true",
        "Streaming is required for this model",
        "This model must be called with stream=true",
        "Non-streaming requests are not supported",
        "parameter.enable_thinking must be set to false for non-streaming calls",
        "please set stream to true",
    ],
)
def test_a_model_that_answers_as_a_stream_alone_is_asked_for_one(message: str) -> None:
    dialect, call = learnt(trouble(400, message))
    assert call.body is not None
    assert call.body["stream"] is True
    assert call.body["stream_options"] == {"include_usage": True}
    _, plainer = learnt(
        trouble(400, message), trouble(400, "stream_options is not supported", param="null")
    )
    assert plainer.body is not None
    assert "stream_options" not in plainer.body
    assert len(dialect.notices) == 1


@pytest.mark.parametrize(
    "message",
    [
        "This model is only supported in v1/responses and not in v1/chat/completions.",
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
        "Use the Responses API for this model",
    ],
)
def test_a_model_of_the_responses_api_is_asked_by_it(message: str) -> None:
    dialect, call = learnt(trouble(404, message))
    assert call.path == "/responses"
    assert call.body == {
        "model": "m",
        "input": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "1"},
            {"role": "user", "content": "Two?"},
        ],
        "temperature": 0.8,
        "max_output_tokens": 1024,
    }
    assert dialect.single


def test_both_names_of_a_limit_may_be_refused_and_then_a_third_that_is_named() -> None:
    first = trouble(400, "Unsupported parameter: 'max_tokens'")
    second = trouble(400, "max_completion_tokens is not supported, use max_output_tokens")
    _, call = learnt(first, second)
    assert call.body is not None
    assert call.body["max_output_tokens"] == 1024
    _, call = learnt(first, trouble(400, "max_completion_tokens is not supported"))
    assert call.body is not None
    assert not [name for name in call.body if name.startswith("max_")]


@pytest.mark.parametrize("status", [401, 402, 403, 429])
def test_nothing_is_learnt_from_a_refusal_of_who_asks(status: int) -> None:
    dialect, _ = learnt(trouble(status, "temperature is not supported"))
    assert not dialect.notices

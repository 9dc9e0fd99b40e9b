"""What endpoints do, each by a server that does it over HTTP: the samples are those of a good day.

Infrastructure failure is never what the model said.
"""

import json

import pytest

from behaviours import (
    TEXT,
    Asked,
    Behaviour,
    Reply,
    as_json,
    at,
    behaving,
    choice,
    completion,
    delta,
    error,
    first,
    good,
    has,
    refusing,
    response,
    stream,
    streamed,
)
from endpoints import KEY, ask, ask_several, line_to, model_on, request, texts, using
from pytest_selfrepair.core.sample import CONTENT_FILTER, CONTEXT_LIMIT, Sample, SampleRequest
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError
from pytest_selfrepair.models.chat import ChatModel

EMPTY = choice("")
WRAPPED = {"message": "Provider returned error", "code": 502, "metadata": {"raw": "no"}}
QUOTED = {"raw": json.dumps({"error": {"message": "overloaded", "code": 503}})}

PASSING: dict[str, Reply] = {
    "half a text and finish_reason error": completion(choice("half", "error")),
    "half a text and finish_reason network_error": completion(choice("half", "network_error")),
    "half a text and finish_reason server_error": completion(choice("half", "server_error")),
    "an unfinished answer that was aborted": completion(choice("half", "abort")),
    "null content, stop, no tokens": completion(choice(None), tokens=0),
    "empty content, stop, no usage": completion(EMPTY, usage=None),
    "empty content, null finish": completion(choice("", None), tokens=0),
    "empty content, length, no tokens": completion(choice("", "length"), tokens=0),
    "an error object with a number": as_json({"error": {"message": "no", "code": 502}}),
    "an error object with a text": as_json({"error": {"message": "no", "code": "server_error"}}),
    "an error that is a text": as_json({"error": "Internal error"}),
    "an error that is behind a gateway": as_json({"error": WRAPPED}),
    "an error in JSON in a text": as_json({"error": {"message": "x", "metadata": QUOTED}}),
    "an error beside half a text": as_json({"error": WRAPPED, "choices": [choice("half")]}),
    "an error in a choice": completion(choice("half", error={"code": 502, "message": "no"})),
    "choices null": as_json({"choices": None, "usage": None}),
    "choices empty": as_json({"choices": [], "usage": {"completion_tokens": 9}}),
    "choices missing": as_json({"object": "chat.completion"}),
    "a message that is null": completion(choice(message=None)),
    "a detail with status 200": as_json({"detail": "Upstream timed out"}),
    "502 within 400": error(400, "upstream returned 502 Bad Gateway"),
    "429 within 400": error(400, "Provider returned error", metadata={"raw": '{"status": 429}'}),
    "429 within 403": error(403, "You have exceeded a secondary rate limit"),
    "413 of a rate limit": error(413, "tokens per minute (TPM)", code="rate_limit_exceeded"),
    "424": error(424, "Failed dependency"),
    "425": error(425, "Too early"),
    "498": error(498, "Flex tier capacity exceeded"),
    "499": error(499, "Client closed request"),
    "520": Reply(status=520, content=b"<html>error 520</html>", content_type="text/html"),
    "529": error(529, "Overloaded"),
    "an empty body": Reply(),
    "a page": Reply(content=b"<html></html>", content_type="text/html"),
    "broken JSON": Reply(content=b'{"choices": [{"mess'),
    "a body that is cut off": Reply(content=completion().content, cut=20),
    "a stream without an end": stream(delta(content="half"), end=False),
    "a stream that is cut off": Reply(
        content=stream(delta(content=TEXT)).content, content_type="text/event-stream", cut=30
    ),
    "a stream with an error": stream(delta(content="half"), {"error": {"message": "no"}}),
    "a stream that ends with error": stream(delta(content="half"), delta(finish="error")),
    "a stream of nothing": stream(),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSING)
def test_what_fails_in_passing_is_asked_for_again(name: str) -> None:
    with behaving(first(PASSING[name])) as server:
        assert texts(ask(model_on(line_to(server.base_url)))) == [TEXT]
        assert len(server.asked) == 2


@pytest.mark.parametrize("name", PASSING)
def test_what_fails_for_ever_is_no_sample(name: str) -> None:
    with (
        behaving(lambda _: PASSING[name]) as server,
        pytest.raises(EndpointFailedError, match=r"\(after 4 tries\)$"),
    ):
        ask(model_on(line_to(server.base_url)))


SAID: dict[str, tuple[Reply, str, str]] = {
    "a refusal of the model's": (
        completion(choice(None, message={"content": None, "refusal": "I will not."})),
        "I will not.",
        "stop",
    ),
    "nothing, for which tokens were generated": (completion(EMPTY, tokens=1), "", "stop"),
    "nothing but thoughts": (
        completion(choice(message={"content": "", "reasoning": "hm"}), usage=None), "", "stop"),
    "cut off while thinking": (completion(choice("", "length"), tokens=1024), "", "length"),
    "cut off by another name": (completion(choice("half", "max_tokens")), "half", "length"),
    "filtered": (completion(choice("", "content_filter"), tokens=0), "", CONTENT_FILTER),
    "filtered half way": (completion(choice("half", "SAFETY")), "half", CONTENT_FILTER),
    "filtered for recitation": (completion(choice(None, "RECITATION")), "", CONTENT_FILTER),
    "a filtered prompt": (error(400, "no", code="content_filter"), "", CONTENT_FILTER),
    "a filtered prompt with status 200": (
        as_json({"choices": [], "promptFeedback": {"blockReason": "SAFETY"}}), "", CONTENT_FILTER),
    "a prompt that is too long, behind a gateway": (
        error(400, "x " * 400, metadata={"raw": "This model's maximum context length is 9 tokens"}),
        "", CONTEXT_LIMIT),
    "the older protocol": (as_json({"choices": [{"text": TEXT, "finish_reason": "stop"}]}),
                           TEXT, "stop"),
    "an error that says that there is none": (
        completion(error={"code": 0, "message": ""}), TEXT, "stop"),
    "a stream unasked": (stream(delta(content=TEXT), delta(finish="stop")), TEXT, "stop"),
    "a stream in the dress of JSON": (
        stream(delta(content=TEXT, role="assistant"), delta(finish="length"),
               content_type="application/json"), TEXT, "length"),
    "a stream without its last line": (
        stream(delta(content=TEXT), delta(finish="stop"), end=False), TEXT, "stop"),
    "a stream with comments, carriage returns and a line separator": (
        Reply(content=(": PROCESSING\r\n\r\n"
                       'data: {"choices": [{"delta": {"content": "a\u2028"}}]}\r\n\r\n'
                       'data: {"choices": [{"delta": {"content": "b"}, "finish_reason": "stop"}]}'
                       "\r\n\r\ndata: [DONE]").encode(), content_type="text/event-stream"),
        "a\u2028b", "stop"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_a_model_or_a_filter_made_is_a_sample(name: str) -> None:
    reply, text, finish = SAID[name]
    with behaving(lambda _: reply) as server:
        [sample] = ask(model_on(line_to(server.base_url)))
        assert (sample.text, sample.finish_reason) == (text, finish)
        assert len(server.asked) == 1


def system_request() -> SampleRequest:
    from test_dialect import ASKED  # noqa: PLC0415 - one chat for both

    asked = request()
    return SampleRequest(
        model=asked.model, messages=ASKED, params=asked.params, task_id=asked.task_id, node="p0"
    )


LIMITS = ("max_tokens", "max_completion_tokens")
FORMS: dict[str, tuple[Behaviour, int, str]] = {
    "no system role": (
        refusing(lambda asked: asked.has_system, error(400, "System role not supported")),
        2, "no system role"),
    "no system role, by a template": (
        refusing(lambda asked: asked.has_system, error(500, "Jinja: roles must alternate")),
        2, "no system role"),
    "no temperature, param None": (
        refusing(has("temperature"),
                 error(400, "Unsupported parameter: 'temperature'", param="None")),
        2, "temperature"),
    "temperature only 1": (
        refusing(has("temperature"), error(400, "invalid temperature: only 1 is allowed")),
        2, "temperature"),
    "no temperature, as pydantic says it": (
        refusing(has("temperature"), as_json({"detail": [
            {"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]}, 422)),
        2, "temperature"),
    "neither name of the limit": (
        refusing(has(*LIMITS), error(400, "no max_tokens nor max_completion_tokens: unsupported")),
        3, "max_completion_tokens"),
    "streams alone": (
        lambda asked: streamed(asked) if asked.body.get("stream") else error(
            400, "This model only supports streaming"), 2, "stream"),
    "streams alone, without options": (
        lambda asked: error(400, "Unsupported parameter: 'stream_options'")
        if "stream_options" in asked.body
        else streamed(asked) if asked.body.get("stream") else error(400, "stream must be true"),
        3, "stream_options"),
    "the Responses API alone": (
        lambda asked: response(asked) if asked.path == "/v1/responses" else error(
            404, "This model is only supported in v1/responses"), 2, "Responses API"),
    "the Responses API alone, without temperature": (
        lambda asked: error(404, "This is not a chat model") if asked.path != "/v1/responses"
        else error(400, "Unsupported parameter", param="temperature")
        if "temperature" in asked.body else response(asked), 3, "temperature"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_model_is_asked_in_the_form_that_it_accepts(name: str) -> None:
    behave, tries, noted = FORMS[name]
    with behaving(behave) as server:
        model = model_on(line_to(server.base_url))

        async def twice() -> list[str]:
            return texts([await model.sample(system_request()) for _ in range(2)])

        assert using(model, twice) == [TEXT] * 2
        assert len(server.asked) == tries + 1  # and is not forgotten
        assert noted in model.notices[-1]


def test_a_response_is_counted_as_its_api_counts_it() -> None:
    behave = FORMS["the Responses API alone"][0]
    with behaving(behave) as server:
        [sample] = ask(model_on(line_to(server.base_url)))
    assert (sample.usage.completion_tokens, sample.usage.prompt_tokens) == (7, 3)
    assert sample.usage.reasoning_tokens == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
         CONTENT_FILTER),
    ],
)  # fmt: skip
def test_a_response_that_is_incomplete_says_why(fields: dict[str, object], said: str) -> None:
    with behaving(
        lambda asked: (
            response(asked, **fields)
            if asked.path == "/v1/responses"
            else error(404, "use the Responses API")
        )
    ) as server:
        [sample] = ask(model_on(line_to(server.base_url)))
    assert (sample.text, sample.finish_reason) == (TEXT, said)


def test_a_base_model_that_neither_api_serves_is_refused_in_its_first_words() -> None:
    with (
        behaving(at("/v1/chat/completions", lambda _: error(404, "not a chat model"))) as server,
        pytest.raises(EndpointRefusedError, match="not a chat model"),
    ):
        ask(model_on(line_to(server.base_url)))


REQUESTS = [request(f"p{number}") for number in range(4)]

SEVERAL: dict[str, tuple[Reply, bool]] = {
    "400 that names n": (error(400, "n > 1 is not supported"), True),
    "422 that names n": (error(422, "only one completion per request"), True),
    "500 that names n": (error(500, "best_of must be 1"), True),
    "501 that names nothing": (error(501, "Not Implemented"), False),
    "400 that names nothing": (error(400, "Bad Request"), False),
    "500 that names nothing": (error(500, "Internal Server Error"), False),
}


def several_times(model: ChatModel, times: int) -> list[list[str]]:
    async def work() -> list[list[str]]:
        return [texts(await model.sample_several(REQUESTS)) for _ in range(times)]

    return using(model, work)


@pytest.mark.parametrize("name", SEVERAL)
def test_several_completions_that_are_refused_are_asked_for_one_by_one(name: str) -> None:
    reply, is_named = SEVERAL[name]
    with behaving(refusing(lambda asked: asked.several, reply)) as server:
        model = model_on(line_to(server.base_url))
        assert several_times(model, 3) == [[TEXT] * 4] * 3
        rounds = [asked.several for asked in server.asked]
        assert len(model.notices) == 1
        refusals = sum(rounds)
        assert refusals == 1 if is_named else refusals in {2, 4}  # a 500 is tried twice
        assert len(rounds) - refusals == 12


def test_one_refusal_of_several_completions_is_not_for_good() -> None:
    with behaving(first(error(400, "Bad Request"))) as server:
        model = model_on(line_to(server.base_url))
        assert several_times(model, 2) == [[TEXT] * 4] * 2
        assert [asked.several for asked in server.asked] == [True, *[False] * 4, True]
        assert not model.notices


def test_what_failed_among_several_is_asked_for_again_and_the_others_are_kept() -> None:
    bad = [choice("half", "error"), choice(error={"code": 502}), EMPTY]
    mixed = completion(*bad, choice("kept"))
    with behaving(first(mixed)) as server:
        drawn = ask_several(model_on(line_to(server.base_url)), REQUESTS)
        assert texts(drawn) == ["kept", TEXT, TEXT, TEXT]
        assert [asked.several for asked in server.asked] == [True, False, False, False]


def test_several_completions_may_come_as_a_stream() -> None:
    with behaving(streamed) as server:
        drawn = ask_several(model_on(line_to(server.base_url)), REQUESTS)
        assert texts(drawn) == [TEXT] * 4
        assert sum(each.usage.completion_tokens for each in drawn if isinstance(each, Sample)) == 28
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        error(429, "You exceeded your current quota, please check your plan and billing details."),
        error(429, "no", code="insufficient_quota"),
        error(402, "Insufficient Balance"),
        error(400, "Your credit balance is too low to access the API"),
        error(403, "Country, region, or territory not supported"),
        as_json({"error": {"message": "no", "code": 401}}),
    ],
)
def test_what_waiting_does_not_mend_stops_at_once_and_is_remembered(reply: Reply) -> None:
    with behaving(lambda _: reply) as server:
        model = model_on(line_to(server.base_url, slots=1))

        async def work() -> None:
            for each in REQUESTS:
                with pytest.raises(EndpointRefusedError):
                    await model.sample(each)

        using(model, work)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("end", "path"),
    [
        ("/openai/deployments/gpt?api-version=2024-10-21",
         "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"),
        ("/openai/v1/?api-version=preview", "/openai/v1/chat/completions?api-version=preview"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
    ],
)  # fmt: skip
def test_what_stands_behind_an_address_is_kept_there(end: str, path: str) -> None:
    with behaving(good) as server:
        ask(model_on(line_to(server.address + end)))
        [asked] = server.asked
    assert asked.path == path
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers.get("api-key") == (KEY if "api-version" in end else None)


def test_only_the_headers_that_are_meant_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: 1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project")
    with behaving(good) as server:
        ask(model_on(line_to(server.base_url)))
        [asked] = server.asked
    assert set(asked.headers) == {
        "host", "accept", "accept-encoding", "connection", "content-length", "content-type",
        "user-agent", "authorization", "x-client-request-id",
    }  # fmt: skip


def test_a_redirect_is_followed_at_the_same_host_alone() -> None:
    def behave(asked: Asked) -> Reply:
        if asked.path == "/v1/chat/completions":
            return Reply(status=308, headers={"Location": "/v2/chat/completions"})
        return good(asked)

    with behaving(behave) as server:
        assert texts(ask(model_on(line_to(server.base_url)))) == [TEXT]
    elsewhere = Reply(status=307, headers={"Location": "http://127.0.0.2:9/v1"})
    with (
        behaving(lambda _: elsewhere) as server,
        pytest.raises(EndpointRefusedError, match=r"it is at http://127.0.0.2:9/v1"),
    ):
        ask(model_on(line_to(server.base_url)))

"""The endpoint's bad days: whatever it does in passing, the samples are those of a good day."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endpoints import (
    KEY,
    SOON,
    TASK,
    FakeTime,
    Serve,
    ask,
    ask_several,
    line_to,
    model_on,
    request,
    texts,
    using,
)
from examples import examples
from pytest_selfrepair.core.sample import Sample, SampleRequest
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError
from pytest_selfrepair.models.faults import Fault
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.scripted import Script
from pytest_selfrepair.models.scripted_server import serving
from pytest_selfrepair.models.tokens import TiktokenCounter

PLACE = f"{TASK}#p0"
SECONDS = 0.4
"""What a request may take where stalls are part of the plan."""
PATIENT = Retries(most=8, first=0.001)

COUNTER = TiktokenCounter(model="gpt-4")
PROGRAMS = tuple(f"for i in range({number}):\n    print(i * {number})\n" for number in range(6))
TOKENS = tuple(COUNTER.count(program) for program in PROGRAMS)
# Tokens as tiktoken counts them, so that it makes no difference to the sum who has to count.
ANSWERS = {
    "*": {
        "program": [
            {"text": text, "tokens": tokens} for text, tokens in zip(PROGRAMS, TOKENS, strict=True)
        ]
    }
}
REQUESTS = tuple(request(f"p{number}") for number in range(len(PROGRAMS)))


def kept(drawn: Sequence[object]) -> list[tuple[str, str, int]]:
    """What of the samples decides a run's result, in the order of their requests."""
    assert all(isinstance(each, Sample) for each in drawn), drawn
    return [
        (each.text, each.finish_reason, each.usage.completion_tokens)
        for each in drawn
        if isinstance(each, Sample)
    ]


GOOD_DAY = [(text, "stop", tokens) for text, tokens in zip(PROGRAMS, TOKENS, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_of_faults_changes_no_sample(serve: Serve, seed: int) -> None:
    server = serve(tasks=ANSWERS, plan={"seed": seed, "share": 0.5, "most": 3})
    model = model_on(line_to(server.base_url, timeout=SECONDS, retries=PATIENT))
    assert kept(ask(model, *REQUESTS)) == GOOD_DAY


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_of_faults_changes_none_of_several_samples(serve: Serve, seed: int) -> None:
    server = serve(tasks=ANSWERS, plan={"seed": seed, "share": 0.5, "most": 3})
    model = model_on(line_to(server.base_url, timeout=SECONDS, retries=PATIENT))
    drawn = ask_several(model, REQUESTS)
    assert texts(drawn) == list(PROGRAMS)
    assert sum(each[2] for each in kept(drawn)) == sum(TOKENS)


@settings(examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    share=st.floats(0, 1),
    most=st.integers(0, 4),
    kinds=st.sets(st.sampled_from(sorted(set(Fault) - {Fault.STALL})), min_size=1),
    slots=st.integers(1, 8),
)
def test_no_plan_of_faults_changes_a_sample(
    seed: int, share: float, most: int, kinds: set[Fault], slots: int
) -> None:
    plan = {"seed": seed, "share": share, "most": most, "kinds": sorted(kinds)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.json"
        path.write_text(json.dumps({"tasks": ANSWERS, "plan": plan}))
        with serving(Script(path)) as server:
            line = line_to(server.base_url, slots=slots, retries=PATIENT)
            assert kept(ask(model_on(line), *REQUESTS)) == GOOD_DAY
            assert sum(server.requests.values()) == len(REQUESTS) + line.retried


@pytest.mark.parametrize("kind", sorted(set(Fault) - {Fault.FEWER_CHOICES, Fault.WRONG_USAGE}))
def test_every_passing_fault_is_tried_again(serve: Serve, kind: Fault) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [kind, kind]}}})
    line = line_to(server.base_url, timeout=0.2 if kind is Fault.STALL else 5)
    assert texts(ask(model_on(line))) == ["ok"]
    assert server.requests[PLACE] == 3


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_every_passing_status_is_tried_again(serve: Serve, status: int) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [status]}}})
    assert texts(ask(model_on(line_to(server.base_url)))) == ["ok"]
    assert server.requests[PLACE] == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 422])
def test_what_asking_again_cannot_help_is_not_tried_again(serve: Serve, status: int) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [status]}}})
    with pytest.raises(EndpointRefusedError, match=f"HTTP {status}: a scripted fault; "):
        ask(model_on(line_to(server.base_url)))
    assert server.requests[PLACE] == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Fault.RATE_LIMIT, "HTTP 429: Rate limit reached"),
        (Fault.SERVER_ERROR, "HTTP 500: a fault of the plan"),
        (Fault.DROP_BEFORE, "no connection, or a lost one"),
        (Fault.DROP_WITHIN, "no connection, or a lost one"),
        (Fault.DROP_AFTER, "no connection, or a lost one"),
        (Fault.TRUNCATED_JSON, "no chat completion: no JSON"),
        (Fault.HTML, "no chat completion: no JSON: '<!DOCTYPE html>"),
        (Fault.HTML_ERROR, "HTTP 502: <!DOCTYPE html>"),
        (Fault.ERROR_BODY, "HTTP 502: Provider returned error"),
        (Fault.STALL, "no answer within 0.5 s"),
    ],
)
def test_it_gives_up_after_the_allowed_retries_and_says_why(
    serve: Serve, kind: Fault, said: str
) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [kind] * 9}}})
    timeout = 0.5 if kind is Fault.STALL else 5
    line = line_to(server.base_url, timeout=timeout, retries=Retries(most=1, first=0.001))
    with pytest.raises(EndpointFailedError) as caught:
        ask(model_on(line))
    assert said in str(caught.value)
    assert str(caught.value).endswith("(after 2 tries)")
    assert KEY not in str(caught.value)
    assert server.requests[PLACE] == 2


def test_it_gives_up_when_the_next_try_would_be_too_late(serve: Serve) -> None:
    time = FakeTime()
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [500] * 99}}})
    retries = Retries(most=99, seconds=100, first=10, longest=1000, jitter=lambda: 1.0)
    with pytest.raises(EndpointFailedError, match=r"after 4 tries, and the next in 80 s would be"):
        ask(model_on(line_to(server.base_url, retries=retries, time=time)))
    assert time.sleeps == [10, 20, 40]


def test_a_pause_that_the_endpoint_asks_for_is_kept_by_all_requests(serve: Serve) -> None:
    server = serve(
        tasks={"*": {"p0": {"text": "ok", "faults": [429]}, "program": "ok"}}, retry_after="0.2"
    )
    line = line_to(server.base_url, slots=1)
    assert texts(ask(model_on(line), *(request(f"p{n}") for n in range(3)))) == ["ok"] * 3
    assert line.throttle.rate_limits == 1
    assert line.throttle.seconds_waited >= 0.15


@pytest.mark.parametrize("asked", ["30", "Sun, 06 Nov 2094 08:49:37 GMT"])
def test_a_request_waits_as_long_as_the_endpoint_asks(serve: Serve, asked: str) -> None:
    time = FakeTime()
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [429]}}}, retry_after=asked)
    line = line_to(server.base_url, time=time, retries=Retries(seconds=1e11))
    assert texts(ask(model_on(line))) == ["ok"]
    assert time.now - 1_000 >= 30


def test_an_endpoint_that_asks_for_more_than_the_time_to_retry_is_given_up(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [429]}}}, retry_after="86400")
    with pytest.raises(EndpointFailedError, match=r"after 1 try, and the next in [89]\d,\d{3} s"):
        ask(model_on(line_to(server.base_url)))


def test_a_slot_is_free_while_a_request_waits_to_be_tried_again(serve: Serve) -> None:
    server = serve(tasks={"*": {"p0": {"text": "late", "faults": [500]}, "p1": "ok"}})
    retries = Retries(most=1, first=0.2, jitter=lambda: 1.0)
    model = model_on(line_to(server.base_url, slots=1, retries=retries))
    ended: list[str] = []

    async def one(asked: SampleRequest) -> None:
        ended.append((await model.sample(asked)).text)

    async def both() -> None:
        await asyncio.gather(one(request("p0")), one(request("p1")))

    using(model, both)
    assert ended == ["ok", "late"]


def test_concurrency_halves_when_the_endpoint_says_that_it_is_too_much(serve: Serve) -> None:
    faulty = {"text": "ok", "faults": [429]}
    server = serve(
        tasks={"*": {"program": [faulty] * 8}}, latency={"seed": 1, "mean": 0.02, "sigma": 0.01}
    )
    line = line_to(server.base_url, slots=8)
    ask(model_on(line), *(request(f"p{number}") for number in range(8)))
    assert line.throttle.rate_limits == 8
    assert 4 < line.throttle.allowed < 8  # once for all eight, then up again


def test_no_choices_time_after_time_are_no_sample(serve: Serve) -> None:
    faults = [Fault.EMPTY_CHOICES] * 9
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": faults}}})
    with pytest.raises(EndpointFailedError, match="no choices"):
        ask(model_on(line_to(server.base_url)))
    assert server.requests[PLACE] == SOON.most + 1


def test_a_filtered_completion_is_a_sample_whose_tokens_count(serve: Serve) -> None:
    answer = {"text": "", "tokens": 5, "finish_reason": "content_filter"}
    server = serve(tasks={"*": {"program": answer}})
    [sample] = ask(model_on(line_to(server.base_url)))
    assert (sample.text, sample.finish_reason) == ("", "content_filter")
    assert sample.usage.completion_tokens == 5


@pytest.mark.parametrize("number", range(16))
def test_a_wrong_count_is_not_believed(serve: Serve, number: int) -> None:
    faults = [Fault.WRONG_USAGE]
    server = serve(tasks={"*": {"program": {"text": PROGRAMS[1], "faults": faults}}})
    [sample] = ask(model_on(line_to(server.base_url)), request(f"p{number}"))
    assert sample.usage.completion_tokens == TOKENS[1]
    assert sample.usage.counted_by == COUNTER.name
    assert sample.usage.prompt_tokens == 3


def test_a_run_that_is_given_up_leaves_no_request_behind(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "seconds": 60}}})
    line = line_to(server.base_url)
    model = model_on(line)

    async def interrupted() -> None:
        asked = [asyncio.create_task(model.sample(each)) for each in REQUESTS]
        while server.in_flight < 4:  # noqa: ASYNC110 - it is the server that counts
            await asyncio.sleep(0.01)
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    using(model, interrupted)
    assert (line.throttle.in_flight, line.slots.in_flight, line.slots.wanted) == (0, 0, 0)

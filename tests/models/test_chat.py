"""The OpenAI-compatible client, over real HTTP."""

from typing import TYPE_CHECKING

import pytest

from endpoints import (
    KEY,
    SOON,
    TASK,
    Serve,
    ask,
    ask_several,
    line_to,
    model_on,
    request,
    texts,
    using,
)
from pytest_selfrepair.core.sample import CONTEXT_LIMIT, Sample, SeveralModel
from pytest_selfrepair.errors import EndpointFailedError, EndpointRefusedError
from pytest_selfrepair.models.addresses import Endpoint
from pytest_selfrepair.models.prices import Price
from pytest_selfrepair.models.retrying import Retries
from pytest_selfrepair.models.tokens import TiktokenCounter

if TYPE_CHECKING:
    from collections.abc import Mapping

NODES = tuple(f"p{number}" for number in range(5))
FIVE = {node: f"answer {node}" for node in NODES}


def test_it_gives_the_text_and_the_endpoints_own_count(serve: Serve) -> None:
    answer = {"text": "print(1)", "tokens": 7, "finish_reason": "length"}
    server = serve(tasks={TASK: {"p0": answer}})
    [sample] = ask(model_on(line_to(server.base_url)))
    assert (sample.text, sample.finish_reason) == ("print(1)", "length")
    assert sample.usage.completion_tokens == 7
    assert sample.usage.prompt_tokens == 3
    assert sample.usage.counted_by == "endpoint"


@pytest.mark.parametrize(
    ("price", "dollars"),
    [(None, None), (Price(input=1e6, cached_input=0, output=1e5), 3 + 0.7)],
)
def test_it_says_what_a_sample_cost_where_a_price_is_known(
    serve: Serve, price: Price | None, dollars: float | None
) -> None:
    server = serve(tasks={"*": {"program": {"text": "print(1)", "tokens": 7}}})
    [sample] = ask(model_on(line_to(server.base_url), price=price))
    assert sample.dollars == (None if dollars is None else pytest.approx(dollars))


def test_many_requests_at_once_each_get_their_own_answer(serve: Serve) -> None:
    nodes = tuple(f"p{number}" for number in range(30))
    server = serve(tasks={"*": {node: f"answer {node}" for node in nodes}})
    samples = ask(model_on(line_to(server.base_url)), *map(request, nodes))
    assert texts(samples) == [f"answer {node}" for node in nodes]


def test_no_more_requests_are_in_flight_than_there_are_slots(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": "ok"}}, latency={"seed": 1, "mean": 0.05, "sigma": 0.5})
    ask(model_on(line_to(server.base_url, slots=3)), *(request(f"p{n}") for n in range(20)))
    assert server.most_in_flight == 3


def test_a_wrong_key_is_one_line_without_the_key(serve: Serve) -> None:
    server = serve(api_key="another", tasks={"*": {"program": "ok"}})
    with pytest.raises(EndpointRefusedError, match="HTTP 401") as caught:
        ask(model_on(line_to(server.base_url)))
    said = str(caught.value)
    assert "OPENAI_API_KEY" in said
    assert KEY not in said
    assert "\n" not in said


def test_a_wrong_key_is_not_tried_again(serve: Serve) -> None:
    server = serve(api_key="another", tasks={"*": {"program": "ok"}})
    model = model_on(line_to(server.base_url, slots=2))
    drawn = ask_several(model, [request(f"p{n}", seed=1) for n in range(10)])
    assert all(isinstance(each, EndpointRefusedError) for each in drawn)
    assert server.hits <= 2


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\u2026"])
def test_a_key_that_no_header_can_hold_is_not_shown(serve: Serve, key: str) -> None:
    server = serve(tasks={"*": {"program": "ok"}})
    with pytest.raises((EndpointRefusedError, EndpointFailedError)) as caught:
        ask(model_on(line_to(server.base_url, key=key)))
    assert KEY not in f"{caught.value!r} {caught.value.__context__!r} {caught.value.__cause__!r}"
    assert server.hits == 0


def test_an_unknown_model_is_said_so(serve: Serve) -> None:
    server = serve(models=["gpt-3.5"], tasks={"*": {"program": "ok"}})
    with pytest.raises(EndpointRefusedError, match=r"HTTP 404.*check the model's name"):
        ask(model_on(line_to(server.base_url)))


def test_a_server_that_is_gone_is_a_failure_of_infrastructure(serve: Serve) -> None:
    base_url = serve(tasks={}).base_url.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(EndpointFailedError, match=r"no connection.*\(after 1 try\)"):
        ask(model_on(line_to(base_url, retries=Retries(most=0))))


def test_a_prompt_that_is_too_long_is_an_empty_sample_that_cost_nothing(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": "ok"}}, context_tokens=100)
    long, short = ask(
        model_on(line_to(server.base_url)), request(max_tokens=98), request(max_tokens=97)
    )
    assert (long.text, long.finish_reason) == ("", CONTEXT_LIMIT)
    assert (long.usage.completion_tokens, long.usage.prompt_tokens) == (0, 0)
    assert short.text == "ok"


@pytest.mark.parametrize(
    ("refused", "asked"),
    [
        (["temperature"], 2),
        (["max_tokens"], 2),
        (["seed"], 2),
        (["temperature", "max_tokens", "seed"], 4),
    ],
)
def test_a_parameter_that_is_refused_is_left_out_once_and_for_all(
    serve: Serve, refused: list[str], asked: int
) -> None:
    server = serve(tasks={"*": {"program": "ok"}}, refuses=refused)
    model = model_on(line_to(server.base_url, slots=1))
    samples = ask(model, *(request(f"p{number}", seed=1) for number in range(4)))
    assert texts(samples) == ["ok"] * 4
    assert server.hits == asked + 3
    assert [notice.split()[6].strip(":") for notice in model.notices] == refused


def test_a_parameter_refused_of_many_at_once_is_told_once(serve: Serve) -> None:
    server = serve(
        tasks={"*": {"program": "ok"}},
        refuses=["temperature"],
        latency={"seed": 1, "mean": 0.01, "sigma": 0.1},
    )
    model = model_on(line_to(server.base_url, slots=8))
    assert texts(ask(model, *(request(f"p{n}") for n in range(8)))) == ["ok"] * 8
    assert len(model.notices) == 1


def test_both_names_of_a_limit_being_refused_it_is_asked_without_one(serve: Serve) -> None:
    refused = ["max_tokens", "max_completion_tokens"]
    server = serve(tasks={"*": {"program": "ok"}}, refuses=refused)
    model = model_on(line_to(server.base_url))
    assert texts(ask(model)) == ["ok"]
    assert server.hits == 3
    assert "may be longer than --selfrepair-max-tokens" in model.notices[1]


def test_several_completions_come_by_one_request(serve: Serve) -> None:
    answers: Mapping[str, object] = {
        **FIVE,
        "p1": {"text": "answer p1", "tokens": 50, "finish_reason": "length"},
    }
    server = serve(tasks={"*": answers})
    model = model_on(line_to(server.base_url))
    assert isinstance(model, SeveralModel)
    drawn = ask_several(model, [request(node) for node in NODES])
    assert texts(drawn) == list(FIVE.values())
    samples = [each for each in drawn if isinstance(each, Sample)]
    assert samples[1].finish_reason == "length"
    assert sum(sample.usage.completion_tokens for sample in samples) == 4 * 2 + 50
    assert [sample.usage.prompt_tokens for sample in samples] == [3, 0, 0, 0, 0]
    assert server.hits == 1
    assert server.requests == {f"{TASK}#{node}": 1 for node in NODES}


def test_draws_with_seeds_of_their_own_are_asked_for_one_at_a_time(serve: Serve) -> None:
    server = serve(tasks={"*": FIVE})
    model = model_on(line_to(server.base_url))
    drawn = ask_several(model, [request(node, seed=1) for node in NODES])
    assert texts(drawn) == list(FIVE.values())
    assert server.hits == 5


@pytest.mark.parametrize(("most", "hits"), [(1, 5), (2, 3), (4, 2), (5, 1)])
def test_a_request_asks_for_no_more_completions_than_the_server_draws_at_once(
    serve: Serve, most: int, hits: int
) -> None:
    server = serve(tasks={"*": FIVE})
    model = model_on(line_to(server.base_url), most_choices=most)
    drawn = ask_several(model, [request(node) for node in NODES])
    assert texts(drawn) == list(FIVE.values())
    assert server.hits == hits
    assert not model.notices


@pytest.mark.parametrize("most", [1, 3, 5])
def test_what_a_server_that_counts_one_choice_is_asked_costs_the_same_in_any_grouping(
    serve: Serve, most: int
) -> None:
    server = serve(tasks={"*": {node: {"text": FIVE[node], "tokens": 50} for node in NODES}})
    model = model_on(line_to(server.base_url), most_choices=most, counts_one_choice=True)
    drawn = ask_several(model, [request(node) for node in NODES])
    samples = [each for each in drawn if isinstance(each, Sample)]
    counter = TiktokenCounter(model="gpt-4")
    assert [sample.usage.completion_tokens for sample in samples] == [
        counter.count(text) for text in FIVE.values()
    ]
    assert {sample.usage.counted_by for sample in samples} == {counter.name}
    assert sum(sample.usage.prompt_tokens or 0 for sample in samples) == 3 * server.hits


def test_an_endpoint_that_refuses_several_completions_is_asked_for_one_at_a_time(
    serve: Serve,
) -> None:
    server = serve(tasks={"*": FIVE}, refuses=["n"])
    model = model_on(line_to(server.base_url))
    requests = [request(node) for node in NODES]

    async def twice() -> list[str]:
        drawn = [*await model.sample_several(requests), *await model.sample_several(requests)]
        return texts(drawn)

    assert using(model, twice) == [*FIVE.values()] * 2
    assert server.hits == 1 + 5 + 5
    assert len(model.notices) == 1


def test_what_is_left_out_of_several_completions_is_asked_for_again(serve: Serve) -> None:
    plan = {"seed": 1, "share": 1, "most": 1, "kinds": ["fewer-choices"]}
    server = serve(tasks={"*": FIVE}, plan=plan)
    model = model_on(line_to(server.base_url))
    requests = [request(node) for node in NODES]

    async def twice() -> list[str]:
        first = await model.sample_several(requests)
        assert server.requests == {f"{TASK}#{node}": 1 for node in NODES} | {f"{TASK}#p4": 2}
        return texts([*first, *await model.sample_several(requests)])

    assert using(model, twice) == [*FIVE.values()] * 2
    assert server.hits == 2 + 1  # once may have been chance


def test_every_one_of_several_gets_the_error_that_kept_it_from_being_drawn(serve: Serve) -> None:
    server = serve(tasks={"*": FIVE}, models=["another"])
    drawn = ask_several(model_on(line_to(server.base_url)), [request(node) for node in NODES])
    assert all(isinstance(each, EndpointRefusedError) for each in drawn)
    assert server.hits == 1


def test_of_several_with_a_prompt_that_is_too_long_none_is_drawn(serve: Serve) -> None:
    server = serve(tasks={"*": FIVE}, context_tokens=10)
    drawn = ask_several(model_on(line_to(server.base_url)), [request(node) for node in NODES])
    assert [each.finish_reason for each in drawn if isinstance(each, Sample)] == [CONTEXT_LIMIT] * 5


def test_the_name_of_a_request_stays_within_what_a_header_may_have(serve: Serve) -> None:
    nodes = tuple(f"p0/{'source' * 10}/r{number}" for number in range(20))
    server = serve(tasks={"*": {node: node for node in nodes}})
    drawn = ask_several(model_on(line_to(server.base_url)), [request(node) for node in nodes])
    assert texts(drawn) == list(nodes)
    assert server.hits == 3


def test_tries_that_fail_in_passing_are_counted(serve: Serve) -> None:
    server = serve(tasks={"*": {"program": {"text": "ok", "faults": [500, 503]}}})
    line = line_to(server.base_url, retries=SOON)
    ask(model_on(line))
    assert line.retried == 2


def test_a_key_is_not_in_the_repr_of_an_endpoint() -> None:
    assert KEY not in repr(Endpoint(base_url="http://x/v1", api_key=KEY))

"""What endpoints answer, in all the dialects that they have been seen to use."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.models.answers import Answer, Counts, NoCompletionError, read_answer
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.usage import apportion, usages

COUNTER = TiktokenCounter(model="gpt-4")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def answer(*messages: object, usage: object = None, **choice: object) -> Answer:
    choices = [{"message": message, "finish_reason": "stop"} | choice for message in messages]
    return read_answer(json.dumps({"choices": choices, "usage": usage}).encode())


def cost(found: Answer, max_tokens: int = 100) -> list[Usage]:
    return asyncio.run(usages(found, max_tokens=max_tokens, counter=COUNTER))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "words"}, "words"),
        ({"content": None, "refusal": "I cannot."}, "I cannot."),
        ({"content": None, "reasoning_content": "thought"}, ""),
        ({"content": "", "tool_calls": [{"function": {"name": "run"}}]}, ""),
        ({"content": [{"type": "text", "text": "wo"}, {"type": "text", "text": "rds"}]}, "words"),
    ],
)
def test_it_reads_the_text_of_a_message(message: object, text: str) -> None:
    [choice] = answer(message).choices
    assert choice.text == text


def test_choices_are_read_in_the_order_of_their_numbers() -> None:
    content = {
        "choices": [
            {"index": 1, "message": {"content": "second"}, "finish_reason": None},
            {"index": 0, "message": {"content": "first"}, "finish_reason": "length"},
        ]
    }
    first, second = read_answer(json.dumps(content).encode()).choices
    assert (first.text, first.finish_reason) == ("first", "length")
    assert (second.text, second.finish_reason) == ("second", "unknown")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b"<html></html>", b'{"choices": null}',
        b'{"choices": {}}', b'{"choices": [null]}', b'{"choices": [{"message": null}]}',
        b'{"choices": [{"error": {"message": "overloaded"}}]}', b'{"error": "no"}',
        b'{"error": {"message": "no", "code": 429}}', b'[{"error": {"code": 500}}]',
        b'{"object": "error", "message": "no"}', b'{"detail": "no"}', b'{"choices": []}',
        b'data: {"choices": [{"delta": {"content": "half"}}]}\n\n',
        b'data: {"error": {"message": "no"}}\n\n', b'data: {"choices": [{"del',
        b'{"object": "response", "status": "failed", "error": {"message": "no"}, "output": []}',
        b'{"error": {"message": "no"}, "choices": [{"message": {"content": "half"}}]}',
        b'{"object": "list", "data": []}',
    ],
)  # fmt: skip
def test_what_is_no_completion_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NoCompletionError):
        read_answer(content)


@given(json_values | st.fixed_dictionaries({"choices": json_values, "usage": json_values}))
def test_no_json_breaks_the_reader(value: object) -> None:
    try:
        read_answer(json.dumps(value).encode("utf-8", "replace"))
    except NoCompletionError:
        return


@given(st.binary())
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(NoCompletionError):
        read_answer(content)


def test_reasoning_and_cached_tokens_are_kept_apart() -> None:
    usage = {
        "prompt_tokens": 50,
        "completion_tokens": 90,
        "prompt_tokens_details": {"cached_tokens": 40},
        "completion_tokens_details": {"reasoning_tokens": 80},
    }
    assert cost(answer({"content": "words"}, usage=usage)) == [
        Usage(
            completion_tokens=90,
            prompt_tokens=50,
            counted_by="endpoint",
            reasoning_tokens=80,
            cached_tokens=40,
        )
    ]


@pytest.mark.parametrize("details", [None, {}, {"reasoning_tokens": None}, 5, "many"])
def test_details_that_are_missing_or_odd_count_as_none(details: object) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 9, "completion_tokens_details": details}
    [found] = cost(answer({"content": "words"}, usage=usage))
    assert (found.completion_tokens, found.reasoning_tokens) == (9, 0)


@pytest.mark.parametrize("generated", [None, -1, 0, 101, True, 1.5, "7", {}, [7]])
def test_a_count_that_cannot_be_true_is_replaced_by_a_tokenizers(generated: object) -> None:
    found = answer({"content": "one two three"}, usage={"completion_tokens": generated})
    assert cost(found) == [Usage(completion_tokens=3, prompt_tokens=None, counted_by=COUNTER.name)]


@pytest.mark.parametrize(
    ("choice", "generated"),
    [
        ({"content": None}, None),
        ({"content": ""}, 0),
        ({"content": "", "finish_reason": "length"}, 0),
        ({"content": "half a te", "finish_reason": "error"}, 9),
        ({"content": "half a te", "finish_reason": "network_error"}, None),
        ({"content": "half a te", "finish_reason": "SERVER_ERROR"}, 9),
        ({"content": "half a te", "finish_reason": "insufficient_system_resource"}, 9),
    ],
)
def test_a_failure_in_the_dress_of_a_completion_is_none(
    choice: dict[str, object], generated: int | None
) -> None:
    finish = {"finish_reason": choice.pop("finish_reason", "stop")}
    with pytest.raises(NoCompletionError):
        answer(choice, usage={"completion_tokens": generated}, **finish)


@pytest.mark.parametrize(
    ("finish_reason", "generated", "normal"),
    [
        ("length", 100, "length"),
        ("length", None, "length"),
        ("MAX_TOKENS", 100, "length"),
        ("stop", 1, "stop"),
        ("content_filter", 0, "content_filter"),
        ("SAFETY", None, "content_filter"),
        ("RECITATION", 0, "content_filter"),
        ("prohibited_content", 0, "content_filter"),
        ("spii", 0, "content_filter"),
    ],
)
def test_no_text_may_be_what_a_model_or_a_filter_made_of_it(
    finish_reason: str, generated: int | None, normal: str
) -> None:
    usage = {"completion_tokens": generated}
    [choice] = answer({"content": None}, usage=usage, finish_reason=finish_reason).choices
    assert (choice.text, choice.finish_reason) == ("", normal)


@pytest.mark.parametrize("bad", [{"error": {"code": 502}}, {"finish_reason": "error"}, {}])
def test_a_choice_that_failed_does_not_spoil_those_beside_it(bad: dict[str, object]) -> None:
    good = {"message": {"content": "good"}, "finish_reason": "stop"}
    body = {"choices": [{"message": {"content": ""}, "finish_reason": "stop"} | bad, good]}
    found = read_answer(json.dumps(body).encode())
    assert [choice.text for choice in found.choices] == ["good"]
    assert found.failed == 1


def test_it_keeps_what_the_endpoint_says_the_model_was() -> None:
    body = {
        "model": "gpt-4-0613",
        "system_fingerprint": "fp_1",
        "choices": [{"message": {"content": "x"}}],
    }
    found = read_answer(json.dumps(body).encode())
    assert (found.model, found.fingerprint) == ("gpt-4-0613", "fp_1")


def test_reasoning_that_is_shown_is_counted_where_the_endpoint_does_not_count() -> None:
    [found] = cost(answer({"content": "one two", "reasoning_content": "three four five"}))
    assert (found.completion_tokens, found.reasoning_tokens) == (5, 3)


def test_what_an_answer_without_choices_cost_is_counted() -> None:
    counts = Counts(generated=7, prompt=4)
    assert cost(Answer(choices=(), counts=counts)) == [
        Usage(completion_tokens=7, prompt_tokens=4, counted_by="endpoint")
    ]


@given(
    written=st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=6),
    data=st.data(),
    prompt=st.integers(0, 1_000),
)
def test_the_parts_of_several_choices_add_up_to_what_the_endpoint_says(
    written: list[str], data: st.DataObject, prompt: int
) -> None:
    fullest = len(written) * 100
    total = data.draw(st.integers(sum(map(bool, written)), fullest))
    reasoning = data.draw(st.integers(0, total))
    usage = {
        "completion_tokens": total,
        "prompt_tokens": prompt,
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    messages = [{"content": text.encode("utf-8", "replace").decode()} for text in written]
    found = cost(answer(*messages, usage=usage))
    assert sum(each.completion_tokens for each in found) == total
    assert all(0 <= each.completion_tokens <= 100 for each in found)
    assert sum(each.reasoning_tokens for each in found) == reasoning
    assert all(each.reasoning_tokens <= each.completion_tokens for each in found)
    assert [each.prompt_tokens for each in found] == [prompt] + [0] * (len(written) - 1)
    assert {each.counted_by for each in found} == {f"endpoint+{COUNTER.name}"}


@pytest.mark.parametrize(
    ("total", "weights", "most", "parts"),
    [
        (10, [1, 1], 10, [5, 5]),
        (10, [3, 1], 10, [8, 2]),
        (10, [3, 1], 6, [6, 4]),
        (1, [1, 1, 1], 10, [1, 0, 0]),
        (7, [0, 0], 10, [4, 3]),
        (7, [0, 5], 10, [0, 7]),
        (0, [4], 10, [0]),
        (20, [9, 0], 10, [10, 10]),
    ],
)
def test_a_sum_is_split_in_proportion(
    total: int, weights: list[int], most: int, parts: list[int]
) -> None:
    assert apportion(total, weights, most=most) == parts


@given(st.lists(st.integers(0, 500), min_size=1, max_size=9), st.integers(1, 300), st.data())
def test_any_sum_that_fits_is_split_exactly(
    weights: list[int], most: int, data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, len(weights) * most))
    parts = apportion(total, weights, most=most)
    assert sum(parts) == total
    assert all(0 <= part <= most for part in parts)


def test_a_sum_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="21 is more than 2 parts of 10"):
        apportion(21, [1, 1], most=10)

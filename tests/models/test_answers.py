"""What endpoints answer, in all the dialects that they have been seen to use."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.models.answers import Completion, NoCompletionError, read_answer
from pytest_selfrepair.models.counts import Counts, read_counts
from pytest_selfrepair.models.tokens import TiktokenCounter
from pytest_selfrepair.models.usage import Counted, apportion, counted

COUNTER = TiktokenCounter(model="gpt-4")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def answer(*messages: object, usage: object = None, **choice: object) -> Completion:
    choices = [{"message": message, "finish_reason": "stop"} | choice for message in messages]
    return read_answer(json.dumps({"choices": choices, "usage": usage}).encode())


def count(found: Completion) -> Counted:
    return asyncio.run(counted(found, counter=COUNTER))


def cost(found: Completion) -> list[Usage]:
    return list(count(found).usages)


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


@pytest.mark.parametrize("generated", [None, -1, 0, 10**9, True, 1.5, "7", {}, [7]])
def test_a_count_that_cannot_be_true_is_replaced_by_a_tokenizers(generated: object) -> None:
    found = answer({"content": "one two three"}, usage={"completion_tokens": generated})
    assert cost(found) == [Usage(completion_tokens=3, prompt_tokens=None, counted_by=COUNTER.name)]


@pytest.mark.parametrize(
    ("choice", "generated"),
    [
        ({"content": None}, None),
        ({"content": ""}, 0),
        ({"content": " \n"}, 0),
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


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b'"half \\ud83d"', "half \ud83d"),
        (b'"two\nlines"', "two\nlines"),
        (b'"\xff"', "\ufffd"),
    ],
)
def test_json_that_is_not_quite_json_is_read(written: bytes, text: str) -> None:
    [choice] = read_answer(
        b'\xef\xbb\xbf{"choices": [{"message": {"content": %b}}]}' % written
    ).choices
    assert choice.text == text


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
    assert cost(Completion(choices=(), counts=counts)) == [
        Usage(completion_tokens=7, prompt_tokens=4, counted_by="endpoint")
    ]


@pytest.mark.parametrize(
    ("message", "finish_reason"),
    [
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                    {"type": "text", "text": "words"},
                ]
            },
            "stop",
        ),
        (
            {
                "content": [
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
                    {"type": "output_text", "text": "words"},
                ]
            },
            "stop",
        ),
        ({"content": "words", "reasoning": "Hm."}, "stop"),
        ({"content": "words", "reasoning_content": "Hm."}, "stop"),
    ],
)
def test_thoughts_that_come_apart_are_no_text(message: object, finish_reason: str) -> None:
    [choice] = answer(message, finish_reason=finish_reason).choices
    assert (choice.text, choice.reasoning) == ("words", "Hm.")


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        pytest.param(
            {
                "prompt_tokens": 10,
                "completion_tokens": 20,
                "total_tokens": 130,
                "completion_tokens_details": {"reasoning_tokens": 100},
            },
            Counts(generated=120, prompt=10, reasoning=100),
            id="thoughts beside the completion, as the total says",
        ),
        pytest.param(
            {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 130},
            Counts(generated=120, prompt=10, reasoning=100),
            id="thoughts in the total alone",
        ),
        pytest.param(
            {"completion_tokens": 20, "completion_tokens_details": {"reasoning_tokens": 100}},
            Counts(generated=120, reasoning=100),
            id="more thoughts than completion",
        ),
        pytest.param(
            {
                "prompt_tokens": 10,
                "completion_tokens": 120,
                "total_tokens": 130,
                "completion_tokens_details": {"reasoning_tokens": 100},
            },
            Counts(generated=120, prompt=10, reasoning=100),
            id="thoughts within the completion",
        ),
        pytest.param(
            {"prompt_tokens": 10.0, "completion_tokens": 20.0},
            Counts(generated=20, prompt=10),
            id="numbers with a point",
        ),
        pytest.param(
            {"input_tokens": 10, "output_tokens": 20, "total_tokens": 30},
            Counts(generated=20, prompt=10),
            id="other names",
        ),
        pytest.param(
            {"prompt_tokens": 10, "total_tokens": 30},
            Counts(generated=20, prompt=10),
            id="the completion is left out",
        ),
        pytest.param(
            {
                "prompt_tokens": 10,
                "completion_tokens": 20,
                "total_tokens": 70,
                "cache_read_input_tokens": 40,
            },
            Counts(generated=20, prompt=50, cached=40),
            id="cached tokens beside the prompt",
        ),
        pytest.param(
            {"prompt_tokens": 10, "completion_tokens": 20, "prompt_cache_hit_tokens": 8},
            Counts(generated=20, prompt=10, cached=8),
            id="cached tokens by another name",
        ),
        pytest.param(None, Counts(), id="no usage"),
        pytest.param({"prompt_tokens": None, "completion_tokens": None}, Counts(), id="null"),
    ],
)
def test_counts_are_reconciled(usage: object, counts: Counts) -> None:
    assert read_counts(usage) == counts


@given(json_values)
def test_no_usage_breaks_the_reader_of_counts(usage: object) -> None:
    counts = read_counts(usage)
    assert (counts.reasoning or 0) <= (counts.generated or 0)


@given(
    prompt=st.integers(0, 5_000),
    answered=st.integers(1, 5_000),
    thought=st.integers(0, 50_000),
    beside=st.booleans(),
    as_float=st.booleans(),
)
def test_thoughts_count_once_wherever_they_are_counted(
    prompt: int, answered: int, thought: int, *, beside: bool, as_float: bool
) -> None:
    number = float if as_float else int
    usage = {
        "prompt_tokens": number(prompt),
        "completion_tokens": number(answered + (0 if beside else thought)),
        "total_tokens": number(prompt + answered + thought),
        "completion_tokens_details": {"reasoning_tokens": number(thought)},
    }
    assert read_counts(usage) == Counts(
        generated=answered + thought, prompt=prompt, reasoning=thought
    )


def test_a_count_above_any_limit_is_kept() -> None:
    [found] = cost(answer({"content": "one two three"}, usage={"completion_tokens": 5_000}))
    assert (found.completion_tokens, found.counted_by) == (5_000, "endpoint")


def test_thoughts_within_the_text_are_split_off_by_the_tokenizer() -> None:
    text = "<think>one two three</think>four"
    [found] = cost(answer({"content": text}, usage={"completion_tokens": 40}))
    assert (found.completion_tokens, found.reasoning_tokens) == (40, 30)


LONG = "word " * 60


def test_a_sum_that_counts_one_of_several_choices_is_refused() -> None:
    found = count(answer({"content": LONG}, {"content": LONG}, usage={"completion_tokens": 61}))
    assert found.refused == 61
    assert [each.completion_tokens for each in found.usages] == [COUNTER.count(LONG)] * 2
    assert {each.counted_by for each in found.usages} == {COUNTER.name}


def test_a_count_far_below_a_text_is_refused() -> None:
    found = count(answer({"content": LONG}, usage={"completion_tokens": 4}))
    assert found.refused == 4
    assert found.usages[0].completion_tokens == COUNTER.count(LONG)


@given(
    written=st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=6),
    data=st.data(),
    prompt=st.integers(0, 1_000),
)
def test_the_parts_of_several_choices_add_up_to_what_the_endpoint_says(
    written: list[str], data: st.DataObject, prompt: int
) -> None:
    least = max(sum(map(bool, written)), sum(map(COUNTER.count, written)))
    total = data.draw(st.integers(least, least + 1_000))
    reasoning = data.draw(st.integers(0, total))
    usage = {
        "completion_tokens": total,
        "prompt_tokens": prompt,
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    messages = [{"content": text.encode("utf-8", "replace").decode()} for text in written]
    found = cost(answer(*messages, usage=usage))
    assert sum(each.completion_tokens for each in found) == total
    assert sum(each.reasoning_tokens for each in found) == reasoning
    assert all(each.reasoning_tokens <= each.completion_tokens for each in found)
    assert [each.prompt_tokens for each in found] == [prompt] + [0] * (len(written) - 1)
    assert {each.counted_by for each in found} == {f"endpoint+{COUNTER.name}"}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1, 1], [5, 5]),
        (10, [3, 1], [8, 2]),
        (1, [1, 1, 1], [1, 0, 0]),
        (7, [0, 0], [4, 3]),
        (7, [0, 5], [0, 7]),
        (0, [4], [0]),
    ],
)
def test_a_sum_is_split_in_proportion(total: int, weights: list[int], parts: list[int]) -> None:
    assert apportion(total, weights) == parts


@given(st.integers(0, 9_000), st.lists(st.integers(0, 500), min_size=1, max_size=9))
def test_any_sum_is_split_exactly(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0

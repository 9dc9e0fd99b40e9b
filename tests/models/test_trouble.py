"""What endpoints' errors mean, in the words that endpoints have been seen to use."""

import json

import pytest

from pytest_selfrepair.models.request_failure import Meaning, RequestFailure, failure_of

KEY = "sk-very-secret-key"


def trouble(status: int | None, message: object, **error: object) -> RequestFailure:
    return failure_of({"error": {"message": message} | error}, status=status, wait=None, key=KEY)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "This model's maximum context length is 4097 tokens. However, you requested 5000."),
        (400, ("'max_tokens' or 'max_completion_tokens' is too large: 1024. This model's maximum "
              "context length is 2048 tokens and your request has 1500 input tokens.")),
        (400, "max_tokens must be at least 1, got -186."),
        (400, "The decoder prompt (length 3000) is longer than the maximum model length of 2048."),
        (400, ("The prompt (total length 5000) is too long to fit into the model (context length "
              "4096).")),
        (400, ("request (4390 tokens) exceeds the available context size (4096 tokens), try "
              "increasing it")),
        (400, "the request exceeds the available context size. try increasing the context size"),
        (500, "Context size has been exceeded."),
        (400, "Requested tokens (2285) exceed context window of 2048"),
        (400, "prompt is too long: 208310 tokens > 200000 maximum"),
        (400, "input length and `max_tokens` exceed context limit: 190000 + 20000 > 204798"),
        (400, "The input token count (1200000) exceeds the maximum number of tokens allowed"),
        (422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096"),
        (400, "Input is too long for requested model."),
        (413, "Please reduce the length of the messages or completion."),
        (400, ("Your input exceeds the context window of this model. Please adjust your input and "
              "try again.")),
        (400, "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted "),
        (400, ("You passed 5000 input tokens and requested 100 output tokens. However, the model's "
              "context length is only 4096 tokens, resulting in a maximum input length of 3996")),
        (400, "Prompt length 5000 exceeds max_model_len 4096"),
        (400, "Input length (5000) exceeds model's maximum context length (4096)."),
        (400, "The input (5000 tokens) is longer than the model's context length (4096 tokens)."),
        (400, "Requested token count exceeds the model's maximum context length of 4096 tokens."),
        (422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 2000"),
        (400, ("Trying to keep the first 5000 tokens when context the overflows. However, the "
              "model is loaded with context length of only 4096 tokens, which is not enough.")),
        (400, "The number of tokens to keep from the initial prompt is greater than the context"),
        (400, "input length exceeds maximum context length"),
        (400, "prompt too long; exceeded max context length by 904 tokens"),
        (400, "Prompt length (5000) exceeds maximum input length (1024). Set log level to info"),
        (500, "The sum of prompt length (9000.0), query length (0) should not exceed max_num"),
        (400, ("Unable to submit request because the input token count is 40000 but model only "
              "supports up to 32768.")),
        (400, "Malformed input request: expected maxLength: 20480, actual: 30000"),
        (400, "too many tokens: total number of tokens in the prompt cannot exceed 4081 - "),
        (400, ("Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 "
              "maximum context length")),
        (400, "The prompt is too long: 40000, model maximum context length: 32768"),
        (400, "This model's maximum prompt length is 131072 but the request contains 200000"),
        (400, "litellm.ContextWindowExceededError: litellm.BadRequestError: no"),
        (400, "<400> InternalError.Algo: Range of input length should be [1, 30720]"),
        (400, "Prompt exceeds max length"),
        (400, "Invalid request: Your request exceeded model token limit: 8192 (requested: 9000)"),
        (400, "invalid params, context window exceeds limit (2013)"),
        (400, ("The estimated number of input and maximum output tokens (5000) exceeded this model "
              "context window limit (4096).")),
        (400, "prompt token count of 70000 exceeds the limit of 64000"),
        (413, "Request body too large for gpt-4o model. Max size: 8000 tokens."),
        (429, "This model's maximum context length is 4097 tokens."),
    ],
)  # fmt: skip
def test_a_prompt_that_is_too_long_ends_its_branch(status: int, message: str) -> None:
    assert trouble(status, message).meaning is Meaning.CONTEXT_LIMIT


@pytest.mark.parametrize("field", ["code", "type"])
@pytest.mark.parametrize("name", ["context_length_exceeded", "exceed_context_size_error"])
def test_the_code_of_a_prompt_that_is_too_long_suffices(field: str, name: str) -> None:
    assert trouble(400, "no", **{field: name}).meaning is Meaning.CONTEXT_LIMIT


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "max_tokens is too large: 20000. This model supports at most 16384 completion"),
        (400, "max_tokens must be less than or equal to 512"),
        (400, "Invalid 'messages[0].role': unknown value."),
        (429, ("Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000. "
              "The input or output tokens must be reduced in order to run successfully.")),
        (501, "Not Implemented"),
    ],
)  # fmt: skip
def test_other_refusals_are_refusals_of_this_request(status: int, message: str) -> None:
    found = trouble(status, message)
    assert found.meaning is Meaning.REFUSED
    assert not found.is_for_good


def test_a_completion_that_may_not_be_so_long_is_told_with_what_to_change() -> None:
    found = trouble(400, "max_tokens is too large: 1024. This model supports at most 512 tokens")
    assert found.advice == "lower --selfrepair-max-tokens"


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (413, "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000",
         {"code": "rate_limit_exceeded"}),
        (413, "Request too large: tokens per minute", {}),
        (403, "API rate limit exceeded for this user", {}),
        (400, "Too many requests, slow down", {}),
        (429, "You exceeded your current quota. Please retry in 19.5s.", {}),
        (429, "Quota exceeded for metric: requests per minute", {}),
        (429, "Too many tokens, please wait before trying again.", {}),
        (429, "no", {"code": "engine_overloaded_error"}),
        (429, ("Rate limit reached on requests per min (RPM): Limit 3. Buy credits to raise your "
               "account's limit."), {}),
    ],
)  # fmt: skip
def test_a_rate_limit_in_whatever_dress_passes(
    status: int, message: str, error: dict[str, object]
) -> None:
    found = trouble(status, message, **error)
    assert found.meaning is Meaning.PASSING
    assert found.is_too_much


def test_a_wait_that_stands_in_the_words_is_kept() -> None:
    assert trouble(429, "Please try again in 1m7.5s. Visit …").wait == 67.5
    assert trouble(429, "Please retry in 250ms.").wait == 0.25
    assert trouble(429, "Please try again later.").wait is None


@pytest.mark.parametrize("status", [408, 409, 424, 425, 429, 498, 499, *range(520, 528), 529, 599])
def test_statuses_that_pass(status: int) -> None:
    assert trouble(status, "no").meaning is Meaning.PASSING


WRAPPED = {"error": {"message": "This model's maximum context length is 8192 tokens."}}


@pytest.mark.parametrize(
    ("body", "status", "meaning"),
    [
        ({"error": {"message": "Provider returned error", "code": 400,
                    "metadata": {"raw": json.dumps(WRAPPED)}}}, None, Meaning.CONTEXT_LIMIT),
        ({"error": {"message": "x" * 5_000, "metadata": {"raw": WRAPPED}}}, 400,
         Meaning.CONTEXT_LIMIT),
        ({"error": {"message": f"upstream said: {json.dumps(WRAPPED)}"}}, 500,
         Meaning.CONTEXT_LIMIT),
        ([WRAPPED], 400, Meaning.CONTEXT_LIMIT),
        ({"error": {"message": "Provider returned error", "code": 400,
                    "metadata": {"raw": '{"status": 503}'}}}, 400, Meaning.PASSING),
        ({"error": {"message": "upstream error: status code 502"}}, 400, Meaning.PASSING),
        ({"error": {"message": "Error code: 429 - {'error': 'slow down'}"}}, 400, Meaning.PASSING),
        ({"detail": "litellm.InternalServerError: no"}, 400, Meaning.PASSING),
        ({"error": "Bad Gateway"}, None, Meaning.PASSING),
        ({"error": {"message": "no", "code": "server_error"}}, None, Meaning.PASSING),
        ({"error": {"message": "no", "code": "invalid_api_key", "status": 401}}, None,
         Meaning.REFUSED),
        ({"error": {"message": "Model is overloaded, try again later"}}, 400, Meaning.PASSING),
        ({"error": {"message": "Please try again with a shorter name"}}, 400, Meaning.REFUSED),
    ],
)  # fmt: skip
def test_what_stands_behind_a_gateway_decides(
    body: object, status: int | None, meaning: Meaning
) -> None:
    assert failure_of(body, status=status, wait=None, key=KEY).meaning is meaning


def test_the_words_behind_a_gateway_are_shown() -> None:
    raw = json.dumps({"error": {"message": "the real cause"}})
    body = {"error": {"message": "Provider returned error", "metadata": {"raw": raw}}}
    found = failure_of(body, status=502, wait=None, key=KEY)
    assert str(found) == "HTTP 502: Provider returned error: the real cause"


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (404, "The model `gpt-9` does not exist or you do not have access to it.", {}),
        (400, "Invalid model name passed in model=gpt-9", {}),
        (400, "no", {"code": "model_not_found"}),
        (403, "Country, region, or territory not supported", {}),
        (401, "Incorrect API key provided", {}),
        (400, "Your credit balance is too low to access the API.", {}),
        (403, "Your team has either used all available credits or reached its spending limit", {}),
        (429, "Rate limit exceeded: free-models-per-day", {}),
        (429, "You have run out of credits. Please add credits to continue.", {}),
        (429, "Your quota has been exhausted", {}),
        (429, "Monthly usage limit reached", {}),
    ],
)
def test_what_no_other_request_would_change_is_refused_for_good(
    status: int, message: str, error: dict[str, object]
) -> None:
    assert trouble(status, message, **error).is_for_good


def test_a_daily_limit_that_says_when_it_ends_is_waited_for() -> None:
    error = {"error": {"message": "requests per day (RPD)"}}
    assert failure_of(error, status=429, wait=30.0, key=KEY).meaning is Meaning.PASSING


def test_a_rate_limit_that_speaks_of_context_is_a_rate_limit() -> None:
    found = trouble(429, "Limit 6000; please reduce the length of the messages.")
    assert found.meaning is Meaning.PASSING
    assert found.is_too_much


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, {"code": "insufficient_quota"}),
        (429, {"type": "insufficient_quota"}),
        (429, {}),
        (402, {}),
    ],
)
def test_an_account_without_credit_is_not_a_passing_fault(
    status: int, error: dict[str, object]
) -> None:
    found = trouble(status, "You exceeded your current quota.", **error)
    assert found.meaning is Meaning.REFUSED
    assert found.is_for_good
    assert found.advice == "the account has no credit left"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (("The response was filtered due to the prompt triggering Azure OpenAI's content "
         "management policy."), {"code": "content_filter"}),
        ("Invalid prompt: your prompt was flagged.", {"code": "invalid_prompt"}),
        ("Your request was rejected by the content filter.", {}),
        ("Content Exists Risk", {}),
        ("Input data may contain inappropriate content.", {"code": "data_inspection_failed"}),
        ("meta-llama requires moderation and your input was flagged for violence", {}),
    ],
)  # fmt: skip
def test_a_filtered_prompt_ends_its_branch(message: str, error: dict[str, object]) -> None:
    assert trouble(400, message, **error).meaning is Meaning.FILTERED


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(401, Meaning.REFUSED), (429, Meaning.PASSING), (502, Meaning.PASSING), (7, Meaning.PASSING)],
)
def test_an_error_with_status_200_means_what_its_code_says(code: int, meaning: Meaning) -> None:
    assert trouble(None, "no", code=code).meaning is meaning


def test_what_an_endpoint_says_is_one_bounded_line_without_the_key() -> None:
    said = trouble(400, f"line\nline {KEY} " + "x" * 5_000).reason
    assert said.startswith("line line *** xxx")
    assert len(said) == 300


def test_a_key_across_the_bound_is_not_shown_in_part() -> None:
    said = trouble(400, "x" * 290 + KEY).reason
    assert "sk-" not in said

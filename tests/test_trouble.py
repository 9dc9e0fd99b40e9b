"""What endpoints' errors mean, in the words that endpoints have been seen to use."""

import pytest

from pytest_selfrepair.models.trouble import Meaning, Trouble, told

KEY = "sk-very-secret-key"


def trouble(status: int | None, message: str, **error: object) -> Trouble:
    return told({"message": message} | error, status=status, wait=None, key=KEY)


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
        (400, "Invalid 'messages[0].role': unknown value."),
        (413, "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000"),
    ],
)
def test_other_refusals_are_refusals(status: int, message: str) -> None:
    found = trouble(status, message)
    assert found.meaning is Meaning.REFUSED
    assert found.refused_parameter is None


def test_a_rate_limit_that_speaks_of_context_is_a_rate_limit() -> None:
    found = trouble(429, "Limit 6000; please reduce the length of the messages.")
    assert found.meaning is Meaning.PASSING
    assert found.is_too_much


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, {"code": "insufficient_quota"}), (429, {"type": "insufficient_quota"}), (402, {})],
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
    ],
)  # fmt: skip
def test_a_filtered_prompt_ends_its_branch(message: str, error: dict[str, object]) -> None:
    assert trouble(400, message, **error).meaning is Meaning.FILTERED


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
        (400, "seed is not supported", {}, "seed"),
        (400, "Unrecognized request argument supplied: seed", {}, "seed"),
        (422, "Extra inputs are not permitted", {"param": "body.seed"}, "seed"),
        (400, "Unsupported parameter: 'stop'", {"param": "stop"}, None),
        (400, "temperature must be between 0 and 1", {"param": "temperature"}, None),
        (500, "temperature is not supported", {}, None),
    ],
)  # fmt: skip
def test_a_parameter_that_may_be_left_out_is_named(
    status: int, message: str, error: dict[str, object], name: str | None
) -> None:
    assert trouble(status, message, **error).refused_parameter == name


def test_a_list_of_details_names_the_parameter() -> None:
    detail = [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]
    found = told({"detail": detail}, status=422, wait=None, key=KEY)
    assert found.refused_parameter == "temperature"


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

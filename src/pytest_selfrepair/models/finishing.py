"""Classify the finish reasons of many endpoints."""

from enum import StrEnum

from pytest_selfrepair.core.sample import CONTENT_FILTER, LENGTH

UNKNOWN = "unknown"
"""The finish reason of a completion where the endpoint gives none."""

_STOP = frozenset(
    {"stop", "eos", "eos_token", "end_turn", "stop_sequence", "stop_token", "completed", "complete",
     "finished", "normal", "end"}
)  # fmt: skip
_LENGTH = frozenset(
    {"length", "max_tokens", "max_output_tokens", "max_completion_tokens", "model_length",
     "max_length", "token_limit", "model_context_window_exceeded"}
)  # fmt: skip
_FILTER = frozenset(
    {"content_filter", "content_filtered", "contentfilter", "safety", "recitation", "blocklist",
     "prohibited_content", "spii", "sensitive", "moderation", "guardrail_intervened", "language",
     "refusal", "blocked", "flagged", "image_safety", "error_toxic"}
)  # fmt: skip
_FAILED = frozenset(
    {"error", "network_error", "server_error", "internal_error", "internal_server_error", "failed",
     "failure", "fail", "abort", "aborted", "cancelled", "canceled", "timeout", "timed_out",
     "time_limit", "insufficient_system_resource", "overloaded", "model_error", "engine_error",
     "engine_overloaded", "upstream_error", "provider_error", "connection_error", "rate_limit",
     "service_unavailable", "unavailable", "interrupted", "exception", "eos_error", "preempted",
     "error_limit", "user_cancel", "in_progress", "queued"}
)  # fmt: skip
_PREFIXES = ("finish_reason_", "finishreason.", "stop_reason_", "finish_")


class Ended(StrEnum):
    """The kind of a completion's end."""

    OF_ITSELF = "the model ended it"
    CUT_OFF = "it reached its longest length"
    FILTERED = "a filter of the endpoint's ended it"
    FAILED = "a failure of the endpoint's ended it"
    UNSAID = "the endpoint does not say, or in a word of its own"


def ended(finish_reason: str) -> Ended:
    """Classify an endpoint's finish reason."""
    word = _plain(finish_reason)
    for words, kind in (
        (_STOP, Ended.OF_ITSELF),
        (_LENGTH, Ended.CUT_OFF),
        (_FILTER, Ended.FILTERED),
        (_FAILED, Ended.FAILED),
    ):
        if word in words:
            return kind
    if word.endswith("error") or word.startswith("error"):
        return Ended.FAILED
    return Ended.UNSAID


def normal(finish_reason: str) -> str:
    """The finish reason in OpenAI's terms where they have a word for it, else the endpoint's."""
    match ended(finish_reason):
        case Ended.OF_ITSELF:
            return "stop"
        case Ended.CUT_OFF:
            return LENGTH
        case Ended.FILTERED:
            return CONTENT_FILTER
        case _:
            return finish_reason or UNKNOWN


def _plain(finish_reason: str) -> str:
    word = finish_reason.strip().lower().replace("-", "_").replace(" ", "_")
    for prefix in _PREFIXES:
        word = word.removeprefix(prefix)
    return word

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


class FinishKind(StrEnum):
    """Why a completion ended, whatever the endpoint's words."""

    STOPPED = "the model ended the completion"
    CUT_OFF = "the completion reached the token limit"
    FILTERED = "a filter of the endpoint ended the completion"
    FAILED = "a failure of the endpoint ended the completion"
    UNCLEAR = "the endpoint gives no reason, or an unknown one"


def finish_kind(finish_reason: str) -> FinishKind:
    """Classify an endpoint's finish reason."""
    word = _plain(finish_reason)
    for words, kind in (
        (_STOP, FinishKind.STOPPED),
        (_LENGTH, FinishKind.CUT_OFF),
        (_FILTER, FinishKind.FILTERED),
        (_FAILED, FinishKind.FAILED),
    ):
        if word in words:
            return kind
    if word.endswith("error") or word.startswith("error"):
        return FinishKind.FAILED
    return FinishKind.UNCLEAR


def normal(finish_reason: str) -> str:
    """The finish reason in OpenAI's terms where they have a word for it, else the endpoint's."""
    match finish_kind(finish_reason):
        case FinishKind.STOPPED:
            return "stop"
        case FinishKind.CUT_OFF:
            return LENGTH
        case FinishKind.FILTERED:
            return CONTENT_FILTER
        case _:
            return finish_reason or UNKNOWN


def _plain(finish_reason: str) -> str:
    word = finish_reason.strip().lower().replace("-", "_").replace(" ", "_")
    for prefix in _PREFIXES:
        word = word.removeprefix(prefix)
    return word

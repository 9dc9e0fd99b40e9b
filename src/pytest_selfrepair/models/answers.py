"""Parse an endpoint's responses: bytes → completions or their failures, in any dialect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from pytest_selfrepair.core.sample import CONTENT_FILTER
from pytest_selfrepair.models.counts import Counts, read_counts
from pytest_selfrepair.models.finishing import UNKNOWN, FinishKind, finish_kind, normal
from pytest_selfrepair.models.responses import as_chat_completion, is_response
from pytest_selfrepair.models.streams import BrokenStreamError, is_stream, joined

_THOUGHTS = frozenset({"thinking", "reasoning", "thought", "reasoning_text"})
"""Types of content parts that hold thoughts."""
_TEXTS = ("thinking", "reasoning", "summary", "content", "text")
"""Fields of a part that hold its text, or parts of its own."""
_SHOWN = 4096
"""Bytes or characters kept of an unusable body; what is shown of them is masked and cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One completion.

    Attributes:
        text: The model's text, or its refusal; empty where it wrote nothing or was filtered.
        reasoning: The thoughts that the endpoint returns.
        finish_reason: Why it stopped, in OpenAI's terms where they have a word for it; ``unknown``
            where the endpoint gives no reason.
    """

    text: str
    reasoning: str
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A chat completion.

    Attributes:
        choices: The completions, without failed ones.
        counts: The tokens of all choices.
        failed: The number of choices that failed at the endpoint.
        model: The model as the endpoint names it; empty where it does not.
        fingerprint: Its `system_fingerprint`; empty without one.
        seconds: Seconds until the last byte; None where not measured.
        first_byte: Seconds until the first byte, of a stream.
    """

    choices: tuple[Choice, ...]
    counts: Counts
    failed: int = 0
    model: str = ""
    fingerprint: str = ""
    seconds: float | None = None
    first_byte: float | None = None


class NoCompletionError(Exception):
    """The bytes are not a chat completion.

    Args:
        reason: What they are instead.
        error: The error that they report, if any.
        is_broken: Whether they are a truncated response.
        is_other: Whether they are well-formed, but not of the protocol.
    """

    def __init__(
        self,
        reason: str,
        error: object = None,
        *,
        is_broken: bool = False,
        is_other: bool = False,
    ) -> None:
        super().__init__(reason)
        self.error = error
        self.is_broken = is_broken
        self.is_other = is_other


def read_answer(content: bytes, content_type: str = "") -> Completion:
    """Parse the body of a response.

    Args:
        content: The body.
        content_type: Its Content-Type header.

    Raises:
        NoCompletionError: The body is broken JSON, a web page, an error with status 200,
            completions that all failed, …
    """
    answer = _table(_first(_decoded(content, content_type)))
    if is_response(answer):
        answer = as_chat_completion(answer)
    choices = answer.get("choices")
    if error := _error_of(answer):
        raise NoCompletionError("an error", error)
    counts = read_counts(answer.get("usage"))
    found = [_table(each) for each in choices] if isinstance(choices, list) else []
    if not found:
        raise _none_of(answer)
    alone = len(found) == 1
    failures = [_failure(choice, counts, alone=alone) for choice in found]
    good = [choice for choice, failure in zip(found, failures, strict=True) if failure is None]
    if not good:
        raise next(failure for failure in failures if failure is not None)
    return Completion(
        choices=tuple(map(_choice, sorted(good, key=_index))),
        counts=counts,
        failed=len(found) - len(good),
        model=_text(answer.get("model")),
        fingerprint=_text(answer.get("system_fingerprint")),
    )


def _decoded(content: bytes, content_type: str) -> object:
    """The JSON of a body; the chunks of a stream are joined first."""
    if is_stream(content, content_type):
        try:
            return joined(content)
        except BrokenStreamError as error:
            raise NoCompletionError(str(error), is_broken=True) from None
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # tolerate half an emoji, a bare newline, a byte order mark
        return json.loads(content.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        start = content[:_SHOWN].decode("utf-8", "replace")
        is_other = start.lstrip()[:1] not in {"", "{", "["}
        reason = f"no JSON: {start!r}" if content else "nothing"
        raise NoCompletionError(reason, is_other=is_other) from None


def _first(found: object) -> object:
    """The object of a response: Google's servers wrap an error in a list."""
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _error_of(answer: Mapping[str, object]) -> object:
    """The error in a response, in place of completions or along with some; None without one."""
    error = answer.get("error")
    # The model's own text is not searched for failures.
    told = {name: value for name, value in answer.items() if name not in {"choices", "output"}}
    if isinstance(error, dict) and any(error.values()):
        return told
    if error is True or (isinstance(error, str | list) and error):
        return told
    if answer.get("object") == "error":
        return told
    if "choices" not in answer:
        said = answer.get("detail") or answer.get("errors") or answer.get("message")
        return told if isinstance(said, str | list) and said else None
    return None


def _none_of(answer: Mapping[str, object]) -> NoCompletionError:
    """Why a response holds no completion."""
    feedback = _table(answer.get("prompt_feedback") or answer.get("promptFeedback"))
    if feedback.get("block_reason") or feedback.get("blockReason"):
        return NoCompletionError("an error", {"code": CONTENT_FILTER, "message": str(feedback)})
    if "choices" in answer:
        return NoCompletionError("no choices", {"message": "no choices"})
    return NoCompletionError(f"JSON without choices: {str(answer)[:_SHOWN]!r}", is_other=True)


def _failure(
    choice: Mapping[str, object], counts: Counts, *, alone: bool
) -> NoCompletionError | None:
    """Why a choice is not a completion of the model; None if it is one.

    An empty choice is a completion only where tokens were generated for it. For one of several
    choices that number is unknown, so the choice is requested again.
    """
    if error := choice.get("error"):
        return NoCompletionError("an error for a choice", error)
    message = _message(choice)
    if message is None:
        return NoCompletionError("a choice without a message")
    finish = _finish(choice)
    if finish_kind(finish) is FinishKind.FAILED:
        return NoCompletionError(
            "a completion that failed", {"message": f"a completion that ended with {finish!r}"}
        )
    if _is_of_model(message, finish, counts, alone=alone):
        return None
    return NoCompletionError(
        "an empty completion", {"message": f"a completion without text or tokens ({finish!r})"}
    )


def _is_of_model(
    message: Mapping[str, object], finish: str, counts: Counts, *, alone: bool
) -> bool:
    """Whether the model, or a filter, produced a message; it may have no text."""
    written = _answer_text(message) + _reasoning(message)
    if written.strip() or (written and counts.generated) or _called(message):
        return True
    match finish_kind(finish):
        case FinishKind.FILTERED:
            return True
        case FinishKind.CUT_OFF:
            return counts.generated != 0
        case _:
            return alone and bool(counts.generated)


def _choice(found: Mapping[str, object]) -> Choice:
    message = _message(found) or {}
    return Choice(
        text=_answer_text(message),
        reasoning=_reasoning(message),
        finish_reason=normal(_finish(found)),
    )


def _message(choice: Mapping[str, object]) -> Mapping[str, object] | None:
    """The message of a choice, or the text of a legacy completion."""
    for name in ("message", "delta"):
        if isinstance(choice.get(name), dict):
            return _table(choice[name])
    return {"content": choice["text"]} if isinstance(choice.get("text"), str) else None


def _finish(choice: Mapping[str, object]) -> str:
    for name in ("finish_reason", "native_finish_reason"):
        if isinstance(word := choice.get(name), str) and word:
            return word
    return UNKNOWN


def _answer_text(message: Mapping[str, object]) -> str:
    """The model's text, or its refusal."""
    return _parts(message.get("content"))[0] or _text(message.get("refusal"))


def _reasoning(message: Mapping[str, object]) -> str:
    apart = _text(message.get("reasoning_content") or message.get("reasoning"))
    return apart + _parts(message.get("content"))[1]


def _called(message: Mapping[str, object]) -> bool:
    """Whether the model called a tool, though it was given none: a bad completion, but its own."""
    return bool(message.get("tool_calls") or message.get("function_call"))


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _index(choice: Mapping[str, object]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _parts(content: object) -> tuple[str, str]:
    """The text of a message's content, and the thoughts in parts of their own."""
    if not isinstance(content, list):
        return _text(content), ""
    text, thoughts = "", ""
    for part in map(_table, content):
        if str(part.get("type", "")) in _THOUGHTS:
            thoughts += _text(dict(part))
        else:
            text += _text(part.get("text"))
    return text, thoughts


def _text(value: object) -> str:
    """A text, or the joined texts of a message's lists and parts, in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_text, value))
    if isinstance(value, dict):
        return "".join(_text(value.get(name)) for name in _TEXTS)
    return ""

"""What an endpoint answers: bytes → completions and what failed in their place, in any dialect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from pytest_selfrepair.core.sample import CONTENT_FILTER
from pytest_selfrepair.models.counts import Counts, read_counts
from pytest_selfrepair.models.finishing import UNKNOWN, Ended, ended, normal
from pytest_selfrepair.models.responses import as_chat_completion, is_response
from pytest_selfrepair.models.streams import BrokenStreamError, is_stream, joined

_THOUGHTS = frozenset({"thinking", "reasoning", "thought", "reasoning_text"})
"""Kinds of a content's parts that the model wrote for itself."""
_TEXTS = ("thinking", "reasoning", "summary", "content", "text")
"""Where a part has its text, or parts of its own."""
_SHOWN = 4096
"""Bytes that are kept of an answer that is none; who shows them takes out the key, then cuts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One completion.

    Attributes:
        text: What the model wrote, a refusal of its own included; empty where it wrote nothing or
            was filtered.
        reasoning: What it wrote for itself and the endpoint shows nevertheless.
        finish_reason: Why it stopped, in OpenAI's word where it has one; ``unknown`` where the
            endpoint does not say.
    """

    text: str
    reasoning: str
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A chat completion.

    Attributes:
        choices: The completions, without those that failed.
        counts: What all of it cost.
        failed: How many choices are failures of the endpoint's.
        model: The model that the endpoint says it was; empty where it does not say.
        fingerprint: Its `system_fingerprint`; empty where it has none.
        seconds: How long its request took, to the last byte; None where nobody measured.
        first_byte: Seconds until its first byte, where it came as a stream.
    """

    choices: tuple[Choice, ...]
    counts: Counts
    failed: int = 0
    model: str = ""
    fingerprint: str = ""
    seconds: float | None = None
    first_byte: float | None = None


class NoCompletionError(Exception):
    """The bytes are no chat completion.

    Args:
        reason: What they are instead.
        error: The error that they tell of, where they do.
        is_broken: Whether they are the beginning of an answer whose end is lost.
        is_other: Whether they are well-formed, but nothing of the protocol.
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
    """Read the body of an answer.

    Args:
        content: The body.
        content_type: The header of that name.

    Raises:
        NoCompletionError: It is none: broken JSON, a page, an error with status 200, completions
            that all failed, …
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
    """The JSON of a body; a stream's pieces are put together first."""
    if is_stream(content, content_type):
        try:
            return joined(content)
        except BrokenStreamError as error:
            raise NoCompletionError(str(error), is_broken=True) from None
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # as careless servers write it: half an emoji, a bare newline, a byte order mark
        return json.loads(content.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        start = content[:_SHOWN].decode("utf-8", "replace")
        is_other = start.lstrip()[:1] not in {"", "{", "["}
        reason = f"no JSON: {start!r}" if content else "nothing"
        raise NoCompletionError(reason, is_other=is_other) from None


def _first(found: object) -> object:
    """The object of an answer: Google's servers put an error into a list."""
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _error_of(answer: Mapping[str, object]) -> object:
    """The error that an answer tells of in place of completions, or beside some; None: none."""
    error = answer.get("error")
    # What the model said is searched for no failure.
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
    """Why an answer holds no completion."""
    feedback = _table(answer.get("prompt_feedback") or answer.get("promptFeedback"))
    if feedback.get("block_reason") or feedback.get("blockReason"):
        return NoCompletionError("an error", {"code": CONTENT_FILTER, "message": str(feedback)})
    if "choices" in answer:
        return NoCompletionError("no choices", {"message": "no choices"})
    return NoCompletionError(f"JSON without choices: {str(answer)[:_SHOWN]!r}", is_other=True)


def _failure(
    choice: Mapping[str, object], counts: Counts, *, alone: bool
) -> NoCompletionError | None:
    """Why a choice is no completion of the model's; None: it is one.

    Nothing at all is a completion only where tokens were generated for it: of one among several
    nobody knows that, and it is asked for again.
    """
    if error := choice.get("error"):
        return NoCompletionError("an error for a choice", error)
    message = _message(choice)
    if message is None:
        return NoCompletionError("a choice without a message")
    finish = _finish(choice)
    if ended(finish) is Ended.FAILED:
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
    """Whether a message is what the model, or a filter, made it; also one without a text may be."""
    written = _said(message) + _reasoning(message)
    if written.strip() or (written and counts.generated) or _called(message):
        return True
    match ended(finish):
        case Ended.FILTERED:
            return True
        case Ended.CUT_OFF:
            return counts.generated != 0
        case _:
            return alone and bool(counts.generated)


def _choice(found: Mapping[str, object]) -> Choice:
    message = _message(found) or {}
    return Choice(
        text=_said(message),
        reasoning=_reasoning(message),
        finish_reason=normal(_finish(found)),
    )


def _message(choice: Mapping[str, object]) -> Mapping[str, object] | None:
    """The message of a choice; the older protocol for completions has a text in its place."""
    for name in ("message", "delta"):
        if isinstance(choice.get(name), dict):
            return _table(choice[name])
    return {"content": choice["text"]} if isinstance(choice.get("text"), str) else None


def _finish(choice: Mapping[str, object]) -> str:
    for name in ("finish_reason", "native_finish_reason"):
        if isinstance(word := choice.get(name), str) and word:
            return word
    return UNKNOWN


def _said(message: Mapping[str, object]) -> str:
    """What the model said: its text, or its refusal."""
    return _parts(message.get("content"))[0] or _text(message.get("refusal"))


def _reasoning(message: Mapping[str, object]) -> str:
    apart = _text(message.get("reasoning_content") or message.get("reasoning"))
    return apart + _parts(message.get("content"))[1]


def _called(message: Mapping[str, object]) -> bool:
    """Whether the model called a tool, though it was given none: a bad answer, but its own."""
    return bool(message.get("tool_calls") or message.get("function_call"))


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _index(choice: Mapping[str, object]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _parts(content: object) -> tuple[str, str]:
    """The text of a message's content, and the thoughts in it, which are parts of their own."""
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
    """A text, or all texts within lists and parts of a message, in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_text, value))
    if isinstance(value, dict):
        return "".join(_text(value.get(name)) for name in _TEXTS)
    return ""

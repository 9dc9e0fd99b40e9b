"""What an endpoint answers: bytes → a chat completion, whatever dialect it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from pytest_selfrepair.models.counts import Counts, read_counts

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
        text: What the model wrote; empty where it wrote nothing, refused or was filtered.
        reasoning: What it wrote for itself and the endpoint shows nevertheless.
        finish_reason: Why it stopped, in the endpoint's word; ``unknown`` where it does not say.
    """

    text: str
    reasoning: str
    finish_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A chat completion."""

    choices: tuple[Choice, ...]
    counts: Counts

    @property
    def is_void(self) -> bool:
        """Whether nothing was generated: a fault that may pass."""
        return not self.choices and not self.counts.generated


class NoCompletionError(Exception):
    """The bytes are no chat completion.

    Args:
        reason: What they are instead.
        error: The error that they tell of, where they do, as the protocol has it.
    """

    def __init__(self, reason: str, error: Mapping[str, object] | None = None) -> None:
        super().__init__(reason)
        self.error = error


def read_answer(content: bytes) -> Answer:
    """Read the body of an answer.

    Raises:
        NoCompletionError: It is none: broken JSON, a page, an error with status 200, …
    """
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        start = content[:_SHOWN].decode("utf-8", "replace")
        raise NoCompletionError(f"no JSON: {start!r}" if content else "nothing") from None
    answer = _table(found)
    choices = answer.get("choices")
    if isinstance(choices, list):
        ordered = sorted(map(_table, choices), key=_index)
        for choice in ordered:
            if "error" in choice:
                raise NoCompletionError("an error for a choice", _table(choice["error"]))
            if not isinstance(choice.get("message"), dict):
                raise NoCompletionError("a choice without a message")
        return Answer(choices=tuple(map(_choice, ordered)), counts=read_counts(answer.get("usage")))
    if error := answer.get("error"):
        raise NoCompletionError("an error", _table(error) or {"message": str(error)})
    raise NoCompletionError(f"JSON without choices: {str(found)[:_SHOWN]!r}")


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _index(choice: Mapping[str, object]) -> int:
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _choice(found: Mapping[str, object]) -> Choice:
    message = _table(found["message"])
    text, thoughts = _parts(message.get("content"))
    apart = message.get("reasoning_content") or message.get("reasoning")
    return Choice(
        text=text,
        reasoning=_all_text(apart) + thoughts,
        finish_reason=_all_text(found.get("finish_reason")) or "unknown",
    )


def _parts(content: object) -> tuple[str, str]:
    """The text of a message's content, and the thoughts in it, which are parts of their own."""
    if not isinstance(content, list):
        return _all_text(content), ""
    text, thoughts = "", ""
    for part in map(_table, content):
        if str(part.get("type", "")) in _THOUGHTS:
            thoughts += _all_text(dict(part))
        else:
            text += _all_text(part.get("text"))
    return text, thoughts


def _all_text(value: object) -> str:
    """A text, or all texts within lists and parts of a message, in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_all_text, value))
    if isinstance(value, dict):
        return "".join(_all_text(value.get(name)) for name in _TEXTS)
    return ""

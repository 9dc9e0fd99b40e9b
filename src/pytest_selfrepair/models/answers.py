"""What an endpoint answers: bytes → a chat completion, whatever dialect it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

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
class Counts:
    """Tokens as an endpoint counts them; None where it does not, or not believably.

    Attributes:
        generated: Generated tokens of all choices.
        prompt: Tokens read.
        reasoning: Those of `generated` that the model generated for itself alone.
        cached: Those of `prompt` that were read before.
    """

    generated: int | None = None
    prompt: int | None = None
    reasoning: int | None = None
    cached: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A chat completion.

    Attributes:
        choices: The completions.
        counts: What they cost in tokens.
        seconds: How long the request took, once it was sent; None where nobody measured it.
        first_byte: Seconds until its first byte came, where it came as a stream.
    """

    choices: tuple[Choice, ...]
    counts: Counts
    seconds: float | None = None
    first_byte: float | None = None

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
        return Answer(choices=tuple(map(_choice, ordered)), counts=_counts(answer.get("usage")))
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
    return Choice(
        text=_text(message.get("content")),
        reasoning=_text(message.get("reasoning_content") or message.get("reasoning")),
        finish_reason=_text(found.get("finish_reason")) or "unknown",
    )


def _text(value: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, list):
        return "".join(_text(_table(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""


def _counts(found: object) -> Counts:
    usage = _table(found)
    generated, prompt = (_count(usage.get(f"{kind}_tokens")) for kind in ("completion", "prompt"))
    details, prompt_details = (
        _table(usage.get(f"{kind}_tokens_details")) for kind in ("completion", "prompt")
    )
    return Counts(
        generated=generated,
        prompt=prompt,
        reasoning=_at_most(_count(details.get("reasoning_tokens")), generated),
        cached=_at_most(_count(prompt_details.get("cached_tokens")), prompt),
    )


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def _at_most(part: int | None, whole: int | None) -> int | None:
    return part if part is not None and whole is not None and part <= whole else None

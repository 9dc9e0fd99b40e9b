"""Join the chunks of a streamed response into one completion."""

import json
from collections.abc import Iterator, Mapping, MutableMapping

_END = "[DONE]"
_OF_THE_WHOLE = ("model", "system_fingerprint", "usage")
"""Fields whose last value holds for the whole."""
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class BrokenStreamError(Exception):
    """A stream ended early."""


def is_stream(content: bytes, content_type: str) -> bool:
    """Whether a body is a stream of events."""
    if content_type.lower().startswith("text/event-stream"):
        return not content.lstrip().startswith((b"{", b"["))
    return content.lstrip().startswith((b"data:", b"event:", b": "))


def joined(content: bytes) -> Mapping[str, object]:
    """Join the chunks of a stream into the response that would have come unstreamed.

    Returns:
        A chat completion, a response, or an object with the error in the stream.

    Raises:
        BrokenStreamError: The stream has no end, or an unreadable chunk.
    """
    whole: dict[str, object] = {}
    choices: dict[int, dict[str, object]] = {}
    is_over = False
    for data in _events(content):
        if data.strip() == _END:
            is_over = True
            continue
        found = _piece(data)
        if (answer := _answer_within(found)) is not None:
            return answer
        whole |= {name: found[name] for name in _OF_THE_WHOLE if found.get(name)}
        for piece in _choices(found):
            _add(choices, piece)
    ended = bool(choices) and all(choice.get("finish_reason") for choice in choices.values())
    if not (is_over or ended):
        raise BrokenStreamError("a stream that broke off before its end")
    return {**whole, "choices": [choices[index] for index in sorted(choices)]}


def _piece(data: str) -> Mapping[str, object]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise BrokenStreamError(f"a stream with a chunk that is not JSON: {data!r}") from None
    return found if isinstance(found, dict) else {}


def _choices(piece: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = piece.get("choices")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _answer_within(found: Mapping[str, object]) -> Mapping[str, object] | None:
    """The response within one chunk: an error, or a whole response; None otherwise."""
    if found.get("error"):
        return found
    if found.get("object") == "error" or found.get("type") == "error":
        return {"error": found}
    response = found.get("response")
    return response if found.get("type") in _ENDS and isinstance(response, dict) else None


def _events(content: bytes) -> Iterator[str]:
    """The data of each event."""
    lines: list[str] = []
    for raw in content.splitlines():  # as bytes: a Unicode line separator ends no line here
        line = raw.decode("utf-8", "replace")
        if line.startswith("data:"):
            lines.append(line.removeprefix("data:").removeprefix(" "))
        elif not line.strip() and lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _add(choices: MutableMapping[int, dict[str, object]], piece: Mapping[str, object]) -> None:
    """Append a chunk to its choice."""
    index = piece.get("index")
    number = index if isinstance(index, int) else 0
    choice = choices.setdefault(number, {"index": number, "message": {}, "finish_reason": None})
    for name in ("finish_reason", "native_finish_reason", "error"):
        if piece.get(name):
            choice[name] = piece[name]
    if isinstance(message := piece.get("message"), dict):
        choice["message"] = message
    message = choice["message"]
    assert isinstance(message, dict)  # noqa: S101 - assigned above
    delta = piece.get("delta")
    if not isinstance(delta, dict):
        delta = {"content": piece.get("text")}
    for name in _TEXTS:
        if value := delta.get(name):
            message[name] = _longer(message.get(name), value)
    if delta.get("tool_calls"):
        message["tool_calls"] = delta["tool_calls"]


def _longer(before: object, more: object) -> object:
    """Concatenate texts, or lists of parts where either is one."""
    if not before:
        return more
    if isinstance(before, str) and isinstance(more, str):
        return before + more
    return [*_parts(before), *_parts(more)]


def _parts(value: object) -> list[object]:
    return value if isinstance(value, list) else [{"type": "text", "text": value}]

"""Convert chat requests to OpenAI's Responses API, which alone serves some models, and back."""

from collections.abc import Mapping, Sequence

from pytest_selfrepair.models.finishing import UNKNOWN

PATH = "/responses"
LEAST_TOKENS = 16
"""The lowest limit on a completion's length that the API accepts."""

_SAME = ("model", "temperature", "top_p", "stream")
_ROLES = {"system": "developer"}


def response_body(chat: Mapping[str, object]) -> dict[str, object]:
    """Convert a chat completion request; parameters that the API lacks are left out."""
    messages = chat["messages"]
    assert isinstance(messages, Sequence)  # noqa: S101 - written by us
    body: dict[str, object] = {name: chat[name] for name in _SAME if name in chat}
    body["input"] = [
        {"role": _ROLES.get(message["role"], message["role"]), "content": message["content"]}
        for message in messages
    ]
    limit = next((chat[name] for name in _LIMITS if name in chat), None)
    if isinstance(limit, int):
        body["max_output_tokens"] = max(limit, LEAST_TOKENS)
    if "reasoning_effort" in chat:
        body["reasoning"] = {"effort": chat["reasoning_effort"]}
    known = {*_SAME, *_LIMITS, *LACKING, *_NEVER, "messages", "reasoning_effort"}
    body |= {name: value for name, value in chat.items() if name not in known}
    return body


_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
LACKING = ("seed", "stop")
"""Parameters that the API lacks."""
_NEVER = ("n", "stream_options")


def is_response(answer: Mapping[str, object]) -> bool:
    """Whether a body is a response of the Responses API."""
    return answer.get("object") == "response" or (
        "choices" not in answer and isinstance(answer.get("output"), list)
    )


def as_chat_completion(answer: Mapping[str, object]) -> dict[str, object]:
    """Convert a response of the Responses API to a chat completion."""
    output = answer.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    content: list[object] = []
    refusals: list[str] = []
    reasoning: list[str] = []
    called: list[object] = []
    for item in items:
        kind = str(item.get("type", "message"))
        if kind == "message":
            content += [part for part in _parts(item) if part.get("type") != "refusal"]
            refusals += [str(part.get("refusal", "")) for part in _parts(item)]
        elif kind == "reasoning":
            for name in ("summary", "content"):
                reasoning += [str(part.get("text") or "") for part in _parts(item, name)]
        elif kind.endswith("_call"):
            called.append(item)
    message = {
        "content": "".join(
            str(part.get("text") or "") for part in content if isinstance(part, dict)
        ),
        "refusal": "".join(refusals),
        "reasoning_content": "\n".join(filter(None, reasoning)),
        "tool_calls": called,
    }
    return {
        "model": answer.get("model"),
        "error": answer.get("error"),
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(answer)}],
        "usage": _usage(answer.get("usage")),
    }


def _parts(item: Mapping[str, object], name: str = "content") -> list[Mapping[str, object]]:
    parts = item.get(name)
    if isinstance(parts, str):
        return [{"type": "output_text", "text": parts}]
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _finish(answer: Mapping[str, object]) -> str:
    details = answer.get("incomplete_details")
    if isinstance(details, dict) and isinstance(reason := details.get("reason"), str):
        return reason
    status = answer.get("status")
    return status if isinstance(status, str) and status else UNKNOWN


def _usage(found: object) -> object:
    """Add the counts under the names of chat completions."""
    if not isinstance(found, dict):
        return found
    names = {"input_tokens": "prompt_tokens", "output_tokens": "completion_tokens"}
    renamed = {new: found[old] for old, new in names.items() if old in found}
    details = {
        f"{new}_details": found[f"{old}_details"]
        for old, new in names.items()
        if f"{old}_details" in found
    }
    return {**found, **renamed, **details}

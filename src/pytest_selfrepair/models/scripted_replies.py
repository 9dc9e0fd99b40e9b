"""The scripted server's responses: completions, refusals and faults, as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import unquote

import msgspec

from pytest_selfrepair.models.faults import Fault
from pytest_selfrepair.models.scripted import Script, ScriptedCompletion, prompt_words

_JSON = "application/json"
_HTML = b"<!DOCTYPE html><html><head><title>Oops</title></head><body><h1>Oops</h1></body></html>"

_WRONG: tuple[object, ...] = (None, -1, 10**9, "many", 0, 1.5, {}, [7])
"""Wrong counts of generated tokens, of every JSON type."""

_INSTEAD = {"max_tokens": " Use 'max_completion_tokens' instead."}
"""OpenAI's hint on a parameter that some models know by another name."""


class Ending(StrEnum):
    """How a reply ends."""

    WHOLE = "whole"
    BEFORE = "dropped before its first byte"
    WITHIN = "dropped within its body"
    AFTER = "dropped after its body, before its end"
    STALL = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response."""

    status: int = HTTPStatus.OK
    content: bytes = b""
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = Ending.WHOLE


class _Message(msgspec.Struct, frozen=True):
    content: str


class _Body(msgspec.Struct, frozen=True):
    model: str
    messages: tuple[_Message, ...]
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for completions.

    Attributes:
        place: The task and nodes from the header: `task#node` or `task#node,node`.
        given: The parameters in its body, by name.
        model: The model's name.
        prompt_tokens: The number of words of its messages.
        max_tokens: The longest completion, in tokens.
        n: The number of completions requested.
    """

    place: str
    given: Mapping[str, object]
    model: str
    prompt_tokens: int
    max_tokens: int
    n: int

    @classmethod
    def read(cls, header: str, body: bytes) -> "Request":
        """Parse a request.

        Raises:
            msgspec.MsgspecError: It is not a request for completions.
        """
        given = msgspec.json.decode(body, type=dict[str, object])
        read = msgspec.convert(given, _Body)
        return cls(
            place=unquote(header),
            given=given,
            model=read.model,
            prompt_tokens=prompt_words(message.content for message in read.messages),
            max_tokens=read.max_completion_tokens or read.max_tokens or 0,
            n=read.n,
        )

    @property
    def task_id(self) -> str:
        """The id of its task."""
        return self.place.rpartition("#")[0]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes of the requested completions, one for each."""
        named = self.place.rpartition("#")[2].split(",")
        return tuple(named[index % len(named)] for index in range(self.n))


def completion(request: Request, answers: Sequence[ScriptedCompletion]) -> Reply:
    """The scripted answers, one choice each."""
    return Reply(content=msgspec.json.encode(_completion(request, answers)))


def status_reply(
    status: int, message: str, headers: Mapping[str, str] | None = None, **error: object
) -> Reply:
    """An error of OpenAI's protocol; `error` gives further fields."""
    said = {"message": message, "type": "scripted", "param": None, "code": None} | error
    return Reply(status=status, content=msgspec.json.encode({"error": said}), headers=headers or {})


def refusal(script: Script, request: Request) -> Reply | None:
    """The refusal of an unacceptable request, or None."""
    if script.models is not None and request.model not in script.models:
        return status_reply(
            HTTPStatus.NOT_FOUND,
            f"The model {request.model!r} does not exist",
            code="model_not_found",
        )
    for name in script.refuses:
        if name in request.given:
            return status_reply(
                HTTPStatus.BAD_REQUEST,
                f"Unsupported parameter: '{name}' is not supported with this model."
                + _INSTEAD.get(name, ""),
                type="invalid_request_error",
                param=name,
                code="unsupported_parameter",
            )
    wanted = request.prompt_tokens + request.max_tokens
    if script.context_tokens is not None and wanted > script.context_tokens:
        return status_reply(
            HTTPStatus.BAD_REQUEST,
            f"This model's maximum context length is {script.context_tokens} tokens. However, you "
            f"requested {wanted} tokens. Please reduce the length of the messages.",
            type="invalid_request_error",
            param="messages",
            code="context_length_exceeded",
        )
    return None


def faulty(
    fault: Fault, request: Request, answers: Sequence[ScriptedCompletion], number: int
) -> Reply:
    """A reply with a fault in it.

    Args:
        fault: The fault.
        request: The request.
        answers: The scripted answers to the request.
        number: The number of earlier tries at the place; varies faults with several forms.
    """
    whole = completion(request, answers)
    match fault:
        case Fault.RATE_LIMIT | Fault.RATE_LIMIT_UNTIL:
            until = fault is Fault.RATE_LIMIT_UNTIL
            reply = _too_many(_soon(number) if until else {})
        case Fault.SERVER_ERROR | Fault.BAD_GATEWAY | Fault.UNAVAILABLE:
            reply = status_reply(HTTPStatus(int(fault)), "a fault of the plan")
        case Fault.DROP_BEFORE | Fault.DROP_WITHIN | Fault.DROP_AFTER | Fault.STALL:
            reply = replace(whole, ending=_ENDINGS[fault])
        case Fault.TRUNCATED_JSON:
            reply = replace(whole, content=whole.content[: len(whole.content) // 2])
        case Fault.HTML | Fault.HTML_ERROR:
            status = HTTPStatus.OK if fault is Fault.HTML else HTTPStatus.BAD_GATEWAY
            reply = Reply(status=status, content=_HTML, content_type="text/html")
        case Fault.ERROR_BODY:  # OpenRouter reports a provider's error with status 200
            said = {"message": "Provider returned error", "code": 502}
            reply = Reply(content=msgspec.json.encode({"error": said}))
        case Fault.EMPTY_CHOICES:
            reply = completion(request, [])
        case Fault.FEWER_CHOICES:
            reply = completion(request, answers[: max(len(answers) - 1, 1)])
        case Fault.WRONG_USAGE:
            completed = _completion(request, answers)
            wrong = _WRONG[sum(request.place.encode()) % len(_WRONG)]
            counts = {"prompt_tokens": request.prompt_tokens, "completion_tokens": wrong}
            reply = Reply(content=msgspec.json.encode(completed | {"usage": counts}))
    return reply


_ENDINGS = {
    Fault.DROP_BEFORE: Ending.BEFORE,
    Fault.DROP_WITHIN: Ending.WITHIN,
    Fault.DROP_AFTER: Ending.AFTER,
    Fault.STALL: Ending.STALL,
}


def _soon(number: int) -> dict[str, str]:
    """A Retry-After of almost no time, in one of its forms."""
    forms = (
        {"Retry-After-Ms": "2"},
        {"Retry-After": "0"},
        {"Retry-After": formatdate(usegmt=True)},
    )
    return forms[number % len(forms)]


def _too_many(headers: Mapping[str, str]) -> Reply:
    return status_reply(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Rate limit reached for requests",
        headers,
        type="requests",
        code="rate_limit_exceeded",
    )


def _completion(request: Request, answers: Sequence[ScriptedCompletion]) -> dict[str, object]:
    generated = sum(answer.counted for answer in answers)
    return {
        "id": "scripted",
        "object": "chat.completion",
        "created": 0,
        "model": request.model,
        "choices": [
            {
                "index": index,
                "message": {"role": "assistant", "content": answer.text},
                "finish_reason": answer.finish_reason,
            }
            for index, answer in enumerate(answers)
        ],
        "usage": {
            "prompt_tokens": request.prompt_tokens,
            "completion_tokens": generated,
            "total_tokens": request.prompt_tokens + generated,
        },
    }

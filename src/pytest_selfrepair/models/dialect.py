"""The form of requests that a model accepts, learnt from its endpoint's refusals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from pytest_selfrepair.core.sample import Message, Role, SampleRequest
from pytest_selfrepair.models import responses, wordings
from pytest_selfrepair.models.addresses import CHAT_PATH
from pytest_selfrepair.models.error_bodies import SEPARATOR
from pytest_selfrepair.models.parameters import wire_params
from pytest_selfrepair.models.request_failure import Meaning, RequestFailure
from pytest_selfrepair.models.transport import Call
from pytest_selfrepair.models.usage import Counted

LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens")
"""Names of the parameter for the longest completion; the first two are always tried."""

_ALWAYS_TRIED = 2
_NEVER_LEFT_OUT = frozenset({"model", "messages", "input", "n"})
_NOT_OF_FORM = frozenset({401, 402, 403, 429})
_CLEAR_CODES = frozenset({"unsupported_parameter", "unknown_parameter", "extra_forbidden"})
_ALSO_CALLED = {
    "top_p": ("topP", "top-p"),
    "stop": ("stop_sequences", "stopSequences"),
    "reasoning_effort": ("reasoning effort", "reasoning.effort", "reasoningEffort", "thinking"),
    "seed": ("random_seed",),
}
_ORDINARY_WORDS = frozenset({"stop", "stream", "reasoning", "store", "text", "tools", "user"})
"""Parameters whose names are English words, recognised by quotes or neighbouring words."""
_MOST_REFUSALS = 2
"""Refusals of, or gaps in, several completions before they are requested one at a time."""


@dataclass(slots=True, kw_only=True)
class Dialect:
    """The form of requests that a model accepts, as far as it is known.

    Attributes:
        without: Parameters no longer sent.
        limit: The parameter for the longest completion; None: it is not sent.
        own_system: Whether the system text is a message of its own.
        streams: Whether responses are streamed.
        responses: Whether requests use the Responses API.
        single: Whether each request draws only one completion.
        doubted: Whether one of its token counts was rejected.
        notices: A line for the user on each change.
        refused_chat: The failure for which requests use the Responses API.
    """

    without: set[str] = field(default_factory=set)
    limit: str | None = LIMITS[0]
    own_system: bool = True
    streams: bool = False
    responses: bool = False
    single: bool = False
    doubted: bool = False
    notices: list[str] = field(default_factory=list)
    refused_chat: RequestFailure | None = None
    _draws_several: bool = False
    _refusals: int = 0

    def call(self, wire_name: str, request: SampleRequest, count: int) -> Call:
        """Build a request in the form that the model accepts."""
        own_system = self.own_system and request.params.system_role
        messages = request.messages if own_system else without_system(request.messages)
        body: dict[str, object] = {
            "model": wire_name,
            "messages": [_wire(message) for message in messages],
            **wire_params(request.params),
        }
        if request.draw_seed is not None:
            body["seed"] = request.draw_seed
        if self.limit is not None:
            body[self.limit] = request.params.max_tokens
        if count > 1:
            body["n"] = count
        if self.streams:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        if self.responses:
            body = responses.response_body(body)
        body = {name: value for name, value in body.items() if name not in self.without}
        return Call(path=responses.PATH if self.responses else CHAT_PATH, body=body)

    def learn(self, failure: RequestFailure, sent: Call, name: str) -> None:
        """Adapt the form to a refusal.

        Args:
            failure: The failure of a request.
            sent: The request.
            name: The model's name in notices.
        """
        body = sent.body or {}
        if not _may_concern_form(failure):
            return
        if sent.path == CHAT_PATH and wordings.RESPONSES_ALONE.search(failure.text):
            lacking = [each for each in responses.LACKING if each in body]
            without = f", which lacks {' and '.join(lacking)}" if lacking else ""
            self._note(not self.responses, f"{name} is used through the Responses API{without}")
            self.responses = self.single = True
            self.refused_chat = failure
        elif "stream" not in body and wordings.STREAM_ALONE.search(failure.text):
            self._note(not self.streams, f"{name} answers only as a stream: requested as one")
            self.streams = True
        elif (refused := refused_parameter(failure, body)) is not None:
            self._leave_out(refused, failure, name)
        elif _has_system(body) and wordings.SYSTEM_ROLE.search(failure.text):
            self._note(
                self.own_system,
                f"{name} has no system role: the system text is sent in the first user message",
            )
            self.own_system = False

    def several_drawn(self) -> None:
        """Note that a request for several completions was answered in full."""
        self._draws_several = True
        self._refusals = 0

    def several_refused(self, name: str) -> None:
        """Note that a request for several completions failed where single ones succeed.

        It may be chance: single requests are used from then on only if it recurs with a model that
        has never drawn several.
        """
        self._refusals += 1
        if self._refusals >= _MOST_REFUSALS and not self._draws_several:
            self.give_up_several(name)

    def fewer_drawn(self, name: str) -> None:
        """Note that fewer completions came than were requested."""
        self._refusals += 1
        if self._refusals >= _MOST_REFUSALS:
            self.give_up_several(name)

    def doubt(self, found: Counted, name: str) -> None:
        """Note a rejected token count; if it was a sum, request one completion at a time."""
        self._note(
            not self.doubted,
            f"{name} counts {found.refused:,} tokens for texts of {found.found:,}: counted by a "
            "tokenizer wherever its count is that far off",
        )
        self.doubted = True
        if len(found.usages) > 1:
            self.give_up_several(name)

    def give_up_several(self, name: str) -> None:
        """Request one completion at a time from now on."""
        self._note(
            not self.single, f"{name} gives one completion per request: requested one by one"
        )
        self.single = True

    def _leave_out(self, refused: str, failure: RequestFailure, name: str) -> None:
        instead = ""
        if refused in LIMITS:
            if self.limit != refused:
                return  # learnt from another request
            self.limit = _next_limit(refused, self.without, failure.text)
            instead = (
                "; a completion may be longer than --selfrepair-max-tokens"
                if self.limit is None
                else f"; {self.limit} is sent instead"
            )
        self._note(
            refused not in self.without,
            f"{name} does not accept {refused}: sent without it{instead}",
        )
        self.without.add(refused)

    def _note(self, is_new: bool, notice: str) -> None:
        if is_new:
            self.notices.append(notice)


def refuses_several(failure: RequestFailure, sent: Call) -> bool:
    """Whether an error gives the number of completions as its cause."""
    if "n" not in (sent.body or {}) or not _may_concern_form(failure):
        return False
    named = {word for place in failure.parameters for word in re.split(r"\W+", place)}
    return not named.isdisjoint({"n", "best_of"}) or bool(wordings.SEVERAL.search(failure.text))


def refused_parameter(failure: RequestFailure, body: Mapping[str, object]) -> str | None:
    """The parameter that an error refuses, and that may be left out; None without one."""
    sent = [name for name in body if name not in _NEVER_LEFT_OUT]
    refuses = not wordings.NO_SUCH_CODES.isdisjoint(failure.codes)
    texts = failure.text.split(SEPARATOR)
    refusing = [text for text in texts if wordings.NO_SUCH.search(text)]
    if not (refuses or refusing):
        return None
    if _CLEAR_CODES.isdisjoint(failure.codes) and wordings.OUT_OF_RANGE.search(failure.text):
        return None
    for place in failure.parameters:
        words = re.split(r"\W+", place)  # body.temperature, ('body', 'temperature'), …
        if "messages" in words or words == ["model"]:
            return None
        if named := next((word for word in reversed(words) if word in sent), None):
            return named
    for text in refusing or texts:
        places = {name: _mention(name, text) for name in sent}
        if mentioned := [name for name in sent if places[name] >= 0]:
            return min(mentioned, key=places.__getitem__)
    return None


def without_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same chat with the system text prepended to the first user message."""
    system = [message.content for message in messages if message.role == Role.SYSTEM]
    others = [message for message in messages if message.role != Role.SYSTEM]
    if not system:
        return tuple(messages)
    if not others or others[0].role != Role.USER:
        others.insert(0, Message(role=Role.USER, content=""))
    first = "\n\n".join(filter(None, [*system, others[0].content]))
    return (Message(role=Role.USER, content=first), *others[1:])


def _may_concern_form(failure: RequestFailure) -> bool:
    """Whether a failure may be due to the request's form."""
    if failure.status in _NOT_OF_FORM or failure.for_all or failure.is_of_rate:
        return False
    return failure.meaning not in {Meaning.CONTEXT_LIMIT, Meaning.FILTERED}


def is_missing(failure: RequestFailure) -> bool:
    """Whether the endpoint lacks the path."""
    return failure.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}


def _next_limit(refused: str, without: Iterable[str], text: str) -> str | None:
    """The next parameter for the longest completion: not yet refused, and always tried or named."""
    gone = {*without, refused}
    left = [name for name in LIMITS if name not in gone]
    return next((name for name in left if name in LIMITS[:_ALWAYS_TRIED] or name in text), None)


def _has_system(body: Mapping[str, object]) -> bool:
    messages = body.get("messages") or body.get("input")
    return isinstance(messages, list) and any(
        message.get("role") in {"system", "developer"} for message in messages
    )


def _mention(name: str, text: str) -> int:
    """The position at which a text first names a parameter; -1 where it does not."""
    places = []
    for called in (name, *_ALSO_CALLED.get(name, ())):
        word = re.escape(called)
        pattern = rf"(?<![\w-]){word}(?![\w-])"
        if called in _ORDINARY_WORDS:
            pattern = (
                rf"[`'\"]{word}[`'\"]|(?:parameter|argument|field|supplied|key|support|input)\w*"
                rf"\W{{1,4}}{word}\b|\b{word} (?:parameter|sequence|is\b)"
            )
        places += [found.start() for found in [re.search(pattern, text)] if found]
    return min(places, default=-1)


def _wire(message: Message) -> dict[str, str]:
    # Programs may hold lone surrogates, which UTF-8 cannot encode.
    content = message.content.encode("utf-8", "replace").decode()
    return {"role": Role(message.role).value, "content": content}

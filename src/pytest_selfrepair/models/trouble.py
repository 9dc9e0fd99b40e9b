"""What an endpoint's error means: try again, ask otherwise, end the branch, or give up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

LONGEST_REASON = 300
"""Characters of an endpoint's own words that an error repeats."""

_ADVICE = {
    400: "the request is not accepted: check the model's name and limits",
    401: "check the key in OPENAI_API_KEY; that of a feedback endpoint is "
    "SELFREPAIR_FEEDBACK_API_KEY",
    402: "the account has no credit left",
    403: "this key may not use this model or endpoint",
    404: "check the model's name and --selfrepair-base-url",
    413: "the request is too large for this endpoint or account",
    422: "the request is not accepted: check the model's name and limits",
    429: "the account has no credit left",
}
_OTHER_ADVICE = "check --selfrepair-base-url"
_FOR_GOOD = frozenset({401, 402, 403, 404, 429})
"""Of what is refused, what no other request of this model would change."""
_PASSING = frozenset({408, 409, 425, 429})
_TOO_MUCH = frozenset({429, 503, 529})
_UNSURE = frozenset({400, 422})

# As OpenAI, Azure and most who copy them, vLLM, llama.cpp and its Python server, Anthropic, Gemini,
# Mistral, TGI and Bedrock say it.
_CONTEXT_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_CONTEXT = re.compile(
    r"maximum (?:context|model|prompt) length"
    r"|(?:exceed\w*|longer than) (?:the |your )?(?:\w+ )?context (?:size|window|length|limit)"
    r"|context (?:size|window|length) (?:has been |is |was )?exceeded"
    r"|too long to fit into the model"
    r"|prompt is too long|input is too long for"
    r"|input token count .{0,40}exceeds the maximum|input tokens exceed"
    r"|`?inputs`? tokens \+ `?max_new_tokens`? must be"
    r"|max_(?:completion_)?tokens must be at least 1, got -"
    r"|reduce the length of the (?:messages|input|prompt)",
    re.IGNORECASE,
)
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation", "invalid_prompt"})
_FILTER = re.compile(r"content management policy|content filter", re.IGNORECASE)

# The values of a parameter may be refused too: 'max_tokens is too large: … supports at most 4096'.
_NO_SUCH_CODES = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})
_NO_SUCH = re.compile(
    r"not (?:currently |yet )?(?:support|permitted|allowed|recogni[sz]ed|available|implemented)"
    r"|(?:does|do|is) ?n[o']t support|unsupported|unknown|unrecogni[sz]ed|unexpected|deprecated"
    r"|extra inputs|only the default",
    re.IGNORECASE,
)
_NAMES = ("temperature", "seed", "max_completion_tokens", "max_tokens")


class Meaning(StrEnum):
    """What is to be done about an error."""

    PASSING = "try again"
    CONTEXT_LIMIT = "the prompt is longer than the model reads"
    FILTERED = "the prompt was kept from the model"
    REFUSED = "asking again cannot help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a request was not answered.

    Attributes:
        status: The HTTP status, or None where there was none that says why.
        reason: In the endpoint's words, on one line, without the key.
        code: The endpoint's code, type or both; empty where it gives none.
        param: The parameter that it names as the cause, or empty.
        kind: What went wrong where no status says it.
        wait: Seconds that the endpoint asks to wait, or None.
    """

    status: int | None
    reason: str
    code: str = ""
    param: str = ""
    kind: str = "no usable answer"
    wait: float | None = None

    @property
    def meaning(self) -> Meaning:
        """What is to be done."""
        if self.status is None:
            return Meaning.PASSING
        if self.status != HTTPStatus.TOO_MANY_REQUESTS:
            if self._is(_CONTEXT_CODES) or _CONTEXT.search(self.reason):
                return Meaning.CONTEXT_LIMIT
            if self.status in _UNSURE and (self._is(_FILTER_CODES) or _FILTER.search(self.reason)):
                return Meaning.FILTERED
        passing = self.status in _PASSING or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if passing and not self._is({"insufficient_quota"}):
            return Meaning.PASSING
        return Meaning.REFUSED

    @property
    def is_too_much(self) -> bool:
        """Whether fewer requests would help."""
        return self.status in _TOO_MUCH

    @property
    def is_for_its_form(self) -> bool:
        """Whether a request of another form may be accepted."""
        return self.meaning is Meaning.REFUSED and self.status in _UNSURE

    @property
    def is_for_good(self) -> bool:
        """Whether every other request of the same model would be refused as well."""
        return self.meaning is Meaning.REFUSED and self.status in _FOR_GOOD

    @property
    def refused_parameter(self) -> str | None:
        """The parameter without which the request may be accepted, or None."""
        if not self.is_for_its_form:
            return None
        if not (self._is(_NO_SUCH_CODES) or _NO_SUCH.search(self.reason)):
            return None
        if self.param:
            # Pydantic-minded servers name the place: body.temperature
            found = re.split(r"[.\s,]+", self.param)[-1]
            return found if found in _NAMES else None
        return next((name for name in _NAMES if re.search(rf"\b{name}\b", self.reason)), None)

    @property
    def advice(self) -> str:
        """What the user may change."""
        return _ADVICE.get(self.status or 0, _OTHER_ADVICE)

    def __str__(self) -> str:
        return (
            f"HTTP {self.status}: {self.reason}" if self.status else f"{self.kind}: {self.reason}"
        )

    def _is(self, codes: frozenset[str] | set[str]) -> bool:
        return not codes.isdisjoint(self.code.split())


def told(
    error: Mapping[str, object], *, status: int | None, wait: float | None, key: str
) -> Trouble:
    """The trouble that an endpoint tells of.

    Args:
        error: Its error object.
        status: The HTTP status; where it says nothing (200), the code in the object may.
        wait: Seconds that it asks to wait.
        key: What must not be shown.
    """
    code = error.get("code")
    if status is None and isinstance(code, int) and code in _known_errors():
        status = code
    return Trouble(
        status=status,
        reason=cleaned(str(error.get("message") or error.get("detail") or dict(error)), key),
        code=" ".join(str(word) for word in (code, error.get("type")) if word is not None),
        param=str(error.get("param") or ""),
        kind="an error in place of an answer",
        wait=wait,
    )


def cleaned(text: str, key: str) -> str:
    """Words of an endpoint on one line, bounded, without the key."""
    line = " ".join(text.split())
    secret = key.strip()  # a key that ends in a newline is repeated with the newline escaped
    return (line.replace(secret, "***") if secret else line)[:LONGEST_REASON]


def _known_errors() -> range:
    return range(HTTPStatus.BAD_REQUEST, 600)

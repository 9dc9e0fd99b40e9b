"""Classify an endpoint's errors: retry, change the request, end the branch, or give up."""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from pytest_selfrepair.models import wordings
from pytest_selfrepair.models.error_bodies import read_error

_LONGEST_PLACEHOLDER = 4
"""Keys of at most this many characters are placeholders, and are not masked."""
LONGEST_REASON = 300
"""The longest quotation from an endpoint in an error, in characters."""

_ADVICE = {
    400: "the request is not accepted: check the model's name and limits",
    401: "check the key in OPENAI_API_KEY; that of a feedback endpoint is "
    "SELFREPAIR_FEEDBACK_API_KEY",
    403: "this key may not use this model or endpoint",
    404: "check the model's name and --selfrepair-base-url",
    413: "the request is too large for this endpoint or account",
    422: "the request is not accepted: check the model's name and limits",
}
_OTHER_ADVICE = "check --selfrepair-base-url"
_NO_CREDIT = "the account has no credit left"
_PERMANENT = frozenset({401, 402, 403, 404, 405, 410, 451})
"""Statuses that would answer every request to the model."""
_PASSING = frozenset({408, 409, 424, 425, 429, 498, 499})
_TOO_MUCH = frozenset({429, 498, 503, 529})
_UNINFORMATIVE = frozenset({None, 400, 403, 404, 406, 412, 417, 422})
"""Statuses that gateways give for failures behind them, whatever the cause; None stands for 200."""
_RATE_OF = frozenset({None, 400, 401, 403, 413, 422, 429, 500, 502, 503})


class Meaning(StrEnum):
    """What to do about an error."""

    PASSING = "try again"
    CONTEXT_LIMIT = "the prompt is longer than the model reads"
    FILTERED = "the prompt was kept from the model"
    REFUSED = "asking again cannot help"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFailure:
    """Why a request failed.

    Attributes:
        status: The HTTP status; None where none explains the failure.
        reason: The endpoint's message, on one line, without the key.
        text: All texts of the error, to search for wordings.
        codes: The error's codes and types, in lower case.
        parameters: The parameters or places in the request that it gives as the cause.
        within: The status that a gateway passes on inside its own error.
        kind: The kind of failure where there is no status.
        wait: Seconds to wait, as the endpoint asks, or None.
        for_all: Whether it is due to the endpoint's address, proxy or certificate.
        is_unreached: Whether the endpoint could not be reached.
        is_other: Whether something other than an endpoint answered.
        hint: What the user may change, where more is known than the status tells.
    """

    status: int | None
    reason: str
    text: str = field(default="", repr=False)
    codes: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    within: int | None = None
    kind: str = "no usable answer"
    wait: float | None = None
    for_all: bool = False
    is_unreached: bool = False
    is_other: bool = False
    hint: str = ""

    @property
    def meaning(self) -> Meaning:
        """What to do about it."""
        if self.for_all:
            return Meaning.REFUSED
        if self.is_of_rate:
            return self._of_rate
        if self._is(wordings.CONTEXT_CODES) or wordings.CONTEXT.search(self.text):
            return Meaning.CONTEXT_LIMIT
        if self.is_filtered:
            return Meaning.FILTERED
        if self.is_of_quota:
            return Meaning.REFUSED
        return Meaning.PASSING if self._passes else Meaning.REFUSED

    @property
    def is_of_rate(self) -> bool:
        """Whether a rate limit was hit."""
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return True
        if self.status not in _RATE_OF:
            return False
        return (
            self.within == HTTPStatus.TOO_MANY_REQUESTS
            or self._is(wordings.RATE_CODES)
            or wordings.RATE.search(self.text) is not None
        )

    @property
    def is_filtered(self) -> bool:
        """Whether a filter kept the prompt from the model."""
        if self.status in {401, 402, 404, 429}:
            return False
        return self._is(wordings.FILTER_CODES) or wordings.FILTER.search(self.text) is not None

    @property
    def is_of_quota(self) -> bool:
        """Whether the account's quota is spent, so that waiting does not help."""
        if self.status == HTTPStatus.PAYMENT_REQUIRED or self._is(wordings.QUOTA_CODES):
            return True
        if self.wait is not None or wordings.PER_MINUTE.search(self.text):
            return False
        if not (self.status in _UNINFORMATIVE or self.is_of_rate):
            return False
        spent = wordings.QUOTA.search(self.text) is not None
        return spent or (self.is_of_rate and wordings.DAILY.search(self.text) is not None)

    @property
    def is_too_much(self) -> bool:
        """Whether fewer requests would help."""
        return self.status in _TOO_MUCH or self.within in _TOO_MUCH or self.is_of_rate

    @property
    def is_of_model(self) -> bool:
        """Whether the model is unknown to the endpoint."""
        return self.status in _UNINFORMATIVE and (
            self._is(wordings.UNKNOWN_MODEL_CODES)
            or wordings.UNKNOWN_MODEL.search(self.text) is not None
        )

    @property
    def is_for_good(self) -> bool:
        """Whether every request of the same model would be refused."""
        return self.meaning is Meaning.REFUSED and (
            self.for_all or self.status in _PERMANENT or self.is_of_quota or self.is_of_model
        )

    @property
    def advice(self) -> str:
        """What the user may change."""
        too_long = wordings.TOO_LONG_COMPLETION.search(self.text)
        known = (
            (bool(self.hint), self.hint),
            (self.for_all, "check the address, the proxy and the certificates"),
            (self.is_unreached, "check --selfrepair-base-url, and whether its server runs"),
            (self.is_of_quota, _NO_CREDIT),
            (wordings.REGION.search(self.text), "the endpoint does not serve this region"),
            (self.is_of_model, _ADVICE[404]),
            (too_long, "lower --selfrepair-max-tokens"),
        )
        other = _ADVICE.get(self.status or 0, _OTHER_ADVICE)
        return next((advice for holds, advice in known if holds), other)

    def __str__(self) -> str:
        return (
            f"HTTP {self.status}: {self.reason}" if self.status else f"{self.kind}: {self.reason}"
        )

    @property
    def _of_rate(self) -> Meaning:
        """Classify a rate limit: it may hide a size or quota that waiting does not change."""
        if self._is(wordings.CONTEXT_CODES) or wordings.CONTEXT_SURE.search(self.text):
            return Meaning.CONTEXT_LIMIT
        if self.is_of_quota or wordings.TOO_LARGE_FOR_RATE.search(self.text):
            return Meaning.REFUSED
        return Meaning.PASSING

    @property
    def _passes(self) -> bool:
        if self.status is not None and _is_passing(self.status):
            return True
        if self.status not in _UNINFORMATIVE or self.is_of_model:
            return False
        if self.within is not None and self.within != self.status:
            return _is_passing(self.within)
        if wordings.PASSING.search(self.text) or self._is(wordings.PASSING_CODES):
            return True
        return self.status is None

    def _is(self, codes: frozenset[str]) -> bool:
        return not codes.isdisjoint(self.codes)


def failure_of(body: object, *, status: int | None, wait: float | None, key: str) -> RequestFailure:
    """Build the failure reported by an endpoint.

    Args:
        body: The body of its error, or the error object.
        status: The HTTP status; None for 200. A status in the body may say more.
        wait: Seconds to wait, as the endpoint asks.
        key: The key, to be masked.
    """
    found = read_error(body)
    within = next((number for number in found.statuses if number != status), None)
    if within is None:
        numbers = [
            int(match[1] or match[2]) for match in wordings.STATUS_WITHIN.finditer(found.text)
        ]
        within = next((number for number in numbers if number != status), None)
    if status is None and within is not None:
        status, within = (
            within,
            next((number for number in found.statuses if number != within), None),
        )
    return RequestFailure(
        status=status,
        reason=cleaned(found.message, key),
        text=found.text,
        codes=found.codes,
        parameters=found.parameters,
        within=within,
        kind="an error in place of an answer",
        wait=_wait_in(found.text) if wait is None else wait,
    )


def cleaned(text: str, key: str) -> str:
    """An endpoint's message on one line, truncated, without the key."""
    line = " ".join(text.split())
    secret = key.strip()  # a key that ends in a newline is repeated with the newline escaped
    if len(secret) > _LONGEST_PLACEHOLDER:
        line = line.replace(secret, "***")
    return line[:LONGEST_REASON]


def _is_passing(status: int) -> bool:
    if status == HTTPStatus.NOT_IMPLEMENTED:
        return False
    return status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _wait_in(text: str) -> float | None:
    """Seconds to wait, as the text of an error asks: "try again in 1m7.5s"."""
    for found in wordings.WAIT.finditer(text):
        parts = found.groupdict()
        if any(parts.values()):
            scale = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001}
            return sum(float(parts[unit] or 0) * seconds for unit, seconds in scale.items())
    return None

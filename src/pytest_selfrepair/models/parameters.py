"""Check the user's request parameters and write them into the body of a request."""

import json
import re
from collections.abc import Mapping
from string import Template

from pytest_selfrepair.core.sample import SamplingParams

_OURS = ("model", "messages", "n", "max_tokens", "max_completion_tokens", "max_output_tokens")
"""Fields that an extra body must not set: accounting and storage depend on them."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_THE_CONNECTION = frozenset(
    {"connection", "content-length", "content-type", "host", "transfer-encoding", "accept-encoding"}
)
_SECRET = frozenset(
    {"auth", "authorization", "key", "apikey", "token", "cookie", "secret", "password", "signature"}
)
_TAG = re.compile(r"[A-Za-z][\w.-]*")


def wire_params(params: SamplingParams) -> dict[str, object]:
    """The fields that sampling parameters add to a body, except length and seed.

    Fields of the extra body come last and may replace others.
    """
    wanted = {
        "temperature": params.temperature,
        "top_p": params.top_p,
        "reasoning_effort": params.reasoning_effort,
        "stop": list(params.stop) or None,
    }
    sent = {name: value for name, value in wanted.items() if value is not None}
    extra: dict[str, object] = json.loads(params.extra_body) if params.extra_body else {}
    return sent | extra


def extra_body_from_json(text: str) -> str:
    """The canonical form of a user's extra body in JSON.

    Raises:
        ValueError: It is invalid; the message says what is accepted.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    return extra_body(found)


def extra_body(found: object) -> str:
    """The canonical form of an extra body: equal fields and values give equal text.

    Raises:
        ValueError: It is invalid; the message says what is accepted.
    """
    accepted = "a JSON object of further fields of the request's body"
    if not isinstance(found, dict):
        raise ValueError(accepted)  # noqa: TRY004 - an option's value is wrong, not a type
    if ours := next((name for name in _OURS if name in found), None):
        raise ValueError(f"{accepted}, except {ours!r}, which the plugin sets itself")
    try:
        text = json.dumps(found, sort_keys=True, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"{accepted}, with JSON values: no dates, no infinite numbers") from None
    return text if found else ""


def header_from_line(text: str) -> tuple[str, str]:
    """Parse a user's header, ``NAME: VALUE``.

    Raises:
        ValueError: It is invalid; the message says what is accepted, and shows no value.
    """
    name, colon, value = text.partition(":")
    if not colon:
        raise ValueError("NAME: VALUE")
    return header(name.strip(), value.strip())


def header(name: str, value: object) -> tuple[str, str]:
    """Check a header; ``$NAME`` in its value stands for an environment variable.

    Raises:
        ValueError: It is invalid; the message says what is accepted, and shows no value.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError("the name of a header: letters, digits and hyphens")
    if name.lower() in _OF_THE_CONNECTION:
        raise ValueError(f"a header other than {name}, which the connection itself sets")
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
        raise ValueError("a value of printable ASCII, in which $NAME is a variable")
    if not Template(value).is_valid():
        raise ValueError("a value in which $NAME is an environment variable, and $$ a dollar")
    return name, value


def header_value(value: str, environment: Mapping[str, str]) -> str:
    """A header's value with its environment variables filled in.

    Raises:
        ValueError: A variable is unset or empty; the message says which.
    """
    for name in Template(value).get_identifiers():
        if not environment.get(name, "").strip():
            raise ValueError(f"${name}, a variable that is set and not empty")
    filled = Template(value).substitute(environment).strip()
    if not (filled.isascii() and filled.isprintable()):
        raise ValueError("variables whose values are printable ASCII")
    return filled


def keyed_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers that may change a completion, in a fixed order, without credentials."""
    return tuple(sorted((name.lower(), value) for name, value in headers if not is_secret(name)))


def is_secret(name: str) -> bool:
    """Whether a header's name is that of a credential, whose value must never be shown."""
    return not _SECRET.isdisjoint(re.split("[-_.]", name.lower()))


def thinking_tag(text: object) -> str:
    """Check the name of a tag, without its brackets.

    Raises:
        ValueError: It is invalid; the message says what is accepted.
    """
    if not isinstance(text, str) or not _TAG.fullmatch(text.strip()):
        raise ValueError("the name of a tag without its brackets, such as think")
    return text.strip()

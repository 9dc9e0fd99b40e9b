"""Read the messages, codes, parameters and statuses in an error body, however it is wrapped."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_DEEPEST = 12
"""Levels of a body that are searched; gateways wrap each other's errors up to three times."""
_LONGEST = 100_000
"""Characters of a body that are searched."""
SEPARATOR = "\x1e"
"""Separates the texts of a body in `ErrorBody.text`."""

_MESSAGE_FIELDS = ("message", "msg", "error_description", "error_message", "errorMessage", "title")
_CODES = frozenset(
    {
        "code", "type", "status", "reason", "error_type", "error_code", "errorcode", "__type",
        "name", "blockreason", "block_reason", "finish_reason",
    }
)  # fmt: skip
_STATUSES = frozenset(
    {"code", "status", "status_code", "statuscode", "http_status", "upstream_status", "error_code"}
)
_PARAMETERS = frozenset({"param", "parameter", "field"})
_ERRORS = range(400, 600)
_NOTHING = frozenset({"", "none", "null"})
_JSON_STARTS = re.compile(r"[{\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The facts in an error body.

    Attributes:
        message: Its messages, the outermost first.
        text: All texts in it, separated by `SEPARATOR`.
        codes: Its codes and types, in lower case.
        parameters: The parameters or places that it gives as the cause.
        statuses: The HTTP statuses in it, the outermost first.
    """

    message: str
    text: str
    codes: frozenset[str]
    parameters: tuple[str, ...]
    statuses: tuple[int, ...]


def read_error(body: object) -> ErrorBody:
    """Read the body of an error: an object, a list, a text, JSON within a text."""
    found = list(_facts(body, _DEEPEST))
    texts = [text for kind, text in found if kind in {"text", "said"}]
    said: list[str] = []
    for kind, text in found:
        if kind == "said" and text.strip() and not any(text in before for before in said):
            said.append(text)
    return ErrorBody(
        message=": ".join(said) or "; ".join(texts) or _json(body),
        text=SEPARATOR.join(texts)[:_LONGEST],
        codes=frozenset(text.lower() for kind, text in found if kind == "code"),
        parameters=tuple(
            text for kind, text in found if kind == "param" and text.lower() not in _NOTHING
        ),
        statuses=tuple(int(text) for kind, text in found if kind == "status"),
    )


def _facts(value: object, deep: int) -> Iterator[tuple[str, str]]:
    """Yield the facts in a value, however deep: the kind and the text of each."""
    if deep == 0:
        return
    if isinstance(value, str):
        yield "text", value
        if (inner := _json_within(value)) is not None:
            yield from _facts(inner, deep - 1)
    elif isinstance(value, list):
        for each in value:
            yield from _facts(each, deep - 1)
    elif isinstance(value, Mapping):
        yield from _facts_of_object(value, deep)


def _facts_of_object(value: Mapping[object, object], deep: int) -> Iterator[tuple[str, str]]:
    place = value.get("loc")
    if isinstance(place, list):
        yield "param", ".".join(map(str, place))
    for name in sorted(value, key=lambda name: str(name) not in _MESSAGE_FIELDS):
        inner, lower = value[name], str(name).lower()
        single = inner if isinstance(inner, str | int) and not isinstance(inner, bool) else None
        if single is not None and lower in _CODES:
            yield "code", str(single)
        if single is not None and lower in _STATUSES and str(single).strip().isdecimal():
            number = int(str(single)[:9])
            if number in _ERRORS:
                yield "status", str(number)
        if single is not None and lower in _PARAMETERS:
            yield "param", str(single)
        if isinstance(inner, str) and (
            name in _MESSAGE_FIELDS or lower in {"error", "detail", "errors"}
        ):
            where = f"{'.'.join(map(str, place))}: " if isinstance(place, list) else ""
            yield "said", where + inner
        yield from _facts(inner, deep - 1)


def _json_within(text: str) -> object | None:
    """The first JSON object or list in a text, as gateways quote them; None without one."""
    decoder = json.JSONDecoder()
    for number, start in enumerate(_JSON_STARTS.finditer(text[:_LONGEST])):
        if number == _DEEPEST:
            break
        try:
            found: object = decoder.raw_decode(text[:_LONGEST], start.start())[0]
        except (ValueError, RecursionError):
            continue
        if found:
            return found
    return None


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, default=str)

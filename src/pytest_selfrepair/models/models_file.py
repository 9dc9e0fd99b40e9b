"""Read the TOML file of models: addresses, keys, parameters, prices and rate limits by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pytest_selfrepair.errors import UsageError
from pytest_selfrepair.models import parameters
from pytest_selfrepair.models.prices import Price, read_price, read_toml

OPTION = "--selfrepair-models"

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """The settings of one model in a file; the run's options fill in the rest.

    Attributes:
        where: File and table, for error messages.
        base_url: The addresses of its endpoint.
        key_env: The environment variable with its key; None without a key.
        params: Values of `SamplingParams`, by field.
        feedback_max_tokens: The longest explanation, in tokens.
        headers: Further headers of its requests, as written in the file.
        thinking_tags: Names of further tags around its thoughts.
        concurrency: The most requests in flight over the whole run.
        requests_per_minute: The most requests in a minute over the whole run.
        tokens_per_minute: The most tokens, read or generated, in a minute over the whole run.
        price: The price of its tokens.
        thinks: Whether it thinks before it answers; None: inferred from its name.
    """

    where: str = ""
    base_url: tuple[str, ...] = ()
    key_env: str | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    feedback_max_tokens: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    thinking_tags: tuple[str, ...] = ()
    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    price: Price | None = None
    thinks: bool | None = None


NOTHING_SAID = ModelSettings()
"""The settings of a model that is not in the file."""


def read_models(path: Path) -> dict[str, ModelSettings]:
    """Read the models of a file, by name.

    Raises:
        UsageError: The file is unreadable or holds an unaccepted value; the error names the file,
            table, field, value and what is accepted.
    """
    found = read_toml(path, option=OPTION)
    return {name: _model(entry, f"{path}: [{name!r}]") for name, entry in found.items()}


def _model(entry: object, where: str) -> ModelSettings:
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: found {entry!r}; accepted: a table with {_ACCEPTED}")
    if unknown := next((name for name in entry if name not in _FIELDS), None):
        raise UsageError(f"{where} {unknown}: found a field of that name; accepted: {_ACCEPTED}")
    values = {name: _value(name, found, where) for name, found in entry.items()}
    params = {name: values.pop(name) for name in _PARAMS if name in values}
    return ModelSettings(where=where, params=MappingProxyType(params), **values)


def _value(name: str, found: object, where: str) -> Any:
    if name == "price":
        return read_price(found, f"{where} price")
    try:
        return _FIELDS[name](found)
    except ValueError as error:
        shown = sorted(found) if name == "headers" and isinstance(found, dict) else found
        raise UsageError(f"{where} {name}: found {shown!r}; accepted: {error}") from None


def _text(found: object) -> str:
    if not isinstance(found, str) or not found.strip():
        raise ValueError("a text that is not empty")
    return found.strip()


def _urls(found: object) -> tuple[str, ...]:
    """One address, or several that serve the same model."""
    return tuple(map(_url, found)) if isinstance(found, list) and found else (_url(found),)


def _url(found: object) -> str:
    if not isinstance(found, str) or not found.startswith(("http://", "https://")):
        raise ValueError("an address that begins with http:// or https://")
    return found.rstrip("/")


def _variable(found: object) -> str:
    if not isinstance(found, str) or not _VARIABLE.fullmatch(found):
        raise ValueError("the name of an environment variable, without $")
    return found


def _whole(found: object) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise ValueError("a whole number from 1 up")
    return found


def _number(most: float) -> Callable[[object], float]:
    def read(found: object) -> float:
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= most:
            raise ValueError(f"a number from 0 to {most:g}")
        return float(found)

    return read


def _temperature(found: object) -> float | None:
    if found == "none":
        return None
    try:
        return _number(2)(found)
    except ValueError as error:
        raise ValueError(f'{error}, or "none"') from None


def _yes_or_no(found: object) -> bool:
    if not isinstance(found, bool):
        raise ValueError("true or false")  # noqa: TRY004 - the value of a field is wrong
    return found


def _texts(found: object) -> tuple[str, ...]:
    texts = found if isinstance(found, list) else [found]
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError("a text, or a list of texts, none of them empty")
    return tuple(texts)


def _tags(found: object) -> tuple[str, ...]:
    texts = found if isinstance(found, list) else [found]
    return tuple(map(parameters.thinking_tag, texts))


def _headers(found: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(found, dict):
        raise ValueError("a table of headers")  # noqa: TRY004 - as above
    return tuple(parameters.header(name, value) for name, value in found.items())


_PARAMS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "wire_name": _text,
        "temperature": _temperature,
        "top_p": _number(1),
        "reasoning_effort": _text,
        "stop": _texts,
        "max_tokens": _whole,
        "extra_body": parameters.extra_body,
        "system_role": _yes_or_no,
    }
)
_FIELDS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "base_url": _urls,
        "key_env": _variable,
        **_PARAMS,
        "feedback_max_tokens": _whole,
        "headers": _headers,
        "thinking_tags": _tags,
        "concurrency": _whole,
        "requests_per_minute": _whole,
        "tokens_per_minute": _whole,
        "price": lambda found: found,
        "thinks": _yes_or_no,
    }
)
_ACCEPTED = ", ".join(_FIELDS)

"""What tokens cost: a small table of US dollars, which the user may override."""

import functools
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from pytest_selfrepair.core.sample import Usage
from pytest_selfrepair.errors import UsageError

_MILLION = 1_000_000
_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$")
_FREE_NAMES = ("local", "scripted")
_OURS = "prices.toml"
_ACCEPTED = "dollars per million tokens, a number from 0 up"
_FIELDS = ("input", "cached_input", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a model's tokens cost, in US dollars per million.

    Attributes:
        input: Tokens read.
        cached_input: Those that the endpoint had read before.
        output: Generated tokens, reasoning included.
    """

    input: float
    cached_input: float
    output: float

    def dollars(self, usage: Usage) -> float:
        """What a completion cost, in US dollars; a prompt that nobody counted costs nothing."""
        prompt = usage.prompt_tokens or 0
        cached = min(usage.cached_tokens, prompt)
        read = (prompt - cached) * self.input + cached * self.cached_input
        return (read + usage.completion_tokens * self.output) / _MILLION


FREE = Price(input=0.0, cached_input=0.0, output=0.0)
"""The price of what this machine computes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A table of prices.

    Attributes:
        table: The prices, by the models' names.
        as_of: The day of the table that comes with the package.
    """

    table: MappingProxyType[str, Price] = field(repr=False)
    as_of: date

    @classmethod
    def read(cls, path: Path | None = None) -> "Prices":
        """The table that comes with the package, and over it the user's own.

        Args:
            path: A TOML file with a table for each model: ``["gpt-4o"]`` and under it ``input`` and
                ``output``, and ``cached_input`` where that differs from ``input``.

        Raises:
            UsageError: The file cannot be read, or a price in it is none.
        """
        as_of, ours = _ours()
        return cls(table=MappingProxyType(ours | (_user(path) if path else {})), as_of=as_of)

    def of(self, model: str) -> Price | None:
        """The price of a model's tokens, or None where nobody knows it.

        Found by the exact name, else without its date (``gpt-4o-2024-08-06``), else without its
        vendor (``openai/gpt-4o``). What runs on this machine costs nothing.
        """
        bare = model.rpartition("/")[2]
        for name in (model, _DATED.sub("", model), bare, _DATED.sub("", bare)):
            if name in self.table:
                return self.table[name]
        return FREE if model.partition(":")[0].partition("=")[0] in _FREE_NAMES else None


@functools.cache
def _ours() -> tuple[date, dict[str, Price]]:
    text = files(__package__).joinpath(_OURS).read_text(encoding="utf-8")
    found = tomllib.loads(text)
    as_of = found.pop("as_of")
    return as_of, {model: _price(entry, _OURS, model) for model, entry in found.items()}


def _user(path: Path) -> dict[str, Price]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"--selfrepair-prices: {path} cannot be read: {error.strerror}; accepted: a TOML file"
        ) from None
    except ValueError as error:  # of TOML or of UTF-8
        raise UsageError(f"--selfrepair-prices: {path}: {error}; accepted: TOML") from None
    return {model: _price(entry, str(path), model) for model, entry in found.items()}


def _price(entry: object, file: str, model: str) -> Price:
    if not isinstance(entry, dict) or not {"input", "output"} <= set(entry) <= set(_FIELDS):
        raise UsageError(
            f"{file}: [{model!r}]: found {entry!r}; accepted: a table with input and output, "
            f"perhaps cached_input: {_ACCEPTED}"
        )
    given = {name: _dollars(value, f"{file}: [{model!r}] {name}") for name, value in entry.items()}
    return Price(**{"cached_input": given["input"]} | given)


def _dollars(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MILLION:
        raise UsageError(f"{where}: found {value!r}; accepted: {_ACCEPTED}")
    return float(value)

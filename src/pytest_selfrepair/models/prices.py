"""The prices of tokens: a small table in US dollars, which users may override."""

import functools
import re
import tomllib
from dataclasses import dataclass, field, replace
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
_FIELDS = frozenset({"input", "cached_input", "output"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a model's tokens, in US dollars per million.

    Attributes:
        input: Prompt tokens.
        cached_input: Prompt tokens read from the endpoint's cache.
        output: Generated tokens, including reasoning.
        tiers: The prices for longer prompts, each with the prompt length in tokens above which it
            applies, ascending; it applies to all tokens of such a request.
    """

    input: float
    cached_input: float
    output: float
    tiers: tuple[tuple[int, "Price"], ...] = ()

    def dollars(self, usage: Usage, *, prompt: int | None = None) -> float:
        """The cost of a completion in US dollars; an uncounted prompt costs nothing.

        Args:
            usage: The tokens charged to it.
            prompt: The whole prompt's length in tokens, where it is not charged in full because
                several completions of one request share it.
        """
        return self._reached(max(usage.prompt_tokens or 0, prompt or 0))[-1]._flat(usage)  # noqa: SLF001 - its own class

    def at_most(self, usage: Usage) -> float:
        """The most that a completion costs, given an upper bound on its prompt."""
        reached = self._reached(usage.prompt_tokens or 0)
        return max(price._flat(usage) for price in reached)  # noqa: SLF001 - as above

    def _reached(self, prompt: int) -> list["Price"]:
        """The prices of all tiers up to a prompt's length."""
        return [self, *(price for above, price in self.tiers if prompt > above)]

    def _flat(self, usage: Usage) -> float:
        prompt = usage.prompt_tokens or 0
        cached = min(usage.cached_tokens, prompt)
        read = (prompt - cached) * self.input + cached * self.cached_input
        return (read + usage.completion_tokens * self.output) / _MILLION


FREE = Price(input=0.0, cached_input=0.0, output=0.0)
"""The price of models on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A table of prices.

    Attributes:
        table: The prices by model name.
        as_of: The date of the package's table.
    """

    table: MappingProxyType[str, Price] = field(repr=False)
    as_of: date

    @classmethod
    def read(cls, path: Path | None = None) -> "Prices":
        """Read the package's table, overridden by the user's.

        Args:
            path: A TOML file with a table for each model: ``["gpt-4o"]`` with ``input`` and
                ``output``, ``cached_input`` where it differs from ``input``, and ``tiers`` where
                long prompts cost more: a list of tables with ``above``, in tokens, and rates.

        Raises:
            UsageError: The file cannot be read, or holds an invalid price.
        """
        as_of, ours = _ours()
        return cls(table=MappingProxyType(ours | (_user(path) if path else {})), as_of=as_of)

    def of(self, model: str) -> Price | None:
        """The price of a model's tokens; None where unknown.

        Looked up by the exact name, else without its date (``gpt-4o-2024-08-06``), else without
        its vendor (``openai/gpt-4o``). Models on this machine cost nothing.
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
    return as_of, {
        model: read_price(entry, f"{_OURS}: [{model!r}]") for model, entry in found.items()
    }


def _user(path: Path) -> dict[str, Price]:
    found = read_toml(path, option="--selfrepair-prices")
    return {model: read_price(entry, f"{path}: [{model!r}]") for model, entry in found.items()}


def read_toml(path: Path, *, option: str) -> dict[str, object]:
    """Read the tables of a file given by an option.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{option}: {path} cannot be read: {error.strerror}; accepted: a TOML file"
        ) from None
    except ValueError as error:  # invalid TOML or UTF-8
        raise UsageError(f"{option}: {path}: {error}; accepted: TOML") from None


def read_price(entry: object, where: str) -> Price:
    """Read a price from a table.

    Args:
        entry: The table.
        where: File and table, for error messages.

    Raises:
        UsageError: It is not a price; the error names the field, the value and what is accepted.
    """
    table = dict(entry) if isinstance(entry, dict) else {}
    tiers = table.pop("tiers", [])
    if not isinstance(tiers, list):
        raise UsageError(f"{where} tiers: found {tiers!r}; accepted: a list of tables")
    found = [_tier(each, f"{where} tiers[{number}]") for number, each in enumerate(tiers)]
    bounds = [above for above, _ in found]
    if bounds != sorted(set(bounds)):
        raise UsageError(f"{where} tiers: found above {bounds}; accepted: ascending numbers")
    return replace(_flat_price(table, entry, where), tiers=tuple(found))


def _tier(entry: object, where: str) -> tuple[int, Price]:
    table = dict(entry) if isinstance(entry, dict) else {}
    above = table.pop("above", None)
    if isinstance(above, bool) or not isinstance(above, int) or above < 1:
        raise UsageError(f"{where} above: found {above!r}; accepted: tokens, a number from 1 up")
    return above, _flat_price(table, entry, where)


def _flat_price(table: dict[str, object], entry: object, where: str) -> Price:
    if not {"input", "output"} <= set(table) <= _FIELDS:
        raise UsageError(
            f"{where}: found {entry!r}; accepted: a table with input and output, perhaps "
            f"cached_input and tiers: {_ACCEPTED}"
        )
    given = {name: _dollars(value, f"{where} {name}") for name, value in table.items()}
    return Price(
        input=given["input"],
        cached_input=given.get("cached_input", given["input"]),
        output=given["output"],
    )


def _dollars(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MILLION:
        raise UsageError(f"{where}: found {value!r}; accepted: {_ACCEPTED}")
    return float(value)

"""What tokens cost: a small table of US dollars, which the user may override."""

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
    """What a model's tokens cost, in US dollars per million.

    Attributes:
        input: Tokens read.
        cached_input: Those that the endpoint had read before.
        output: Generated tokens, reasoning included.
        tiers: The prices of requests with longer prompts, each with the number of tokens above
            which it holds, ascending; it holds for all tokens of such a request.
    """

    input: float
    cached_input: float
    output: float
    tiers: tuple[tuple[int, "Price"], ...] = ()

    def dollars(self, usage: Usage, *, prompt: int | None = None) -> float:
        """What a completion cost, in US dollars; a prompt that nobody counted costs nothing.

        Args:
            usage: The tokens it is charged for.
            prompt: The length of its prompt in tokens, where it is not charged for all of it:
                several completions of one request share the prompt.
        """
        return self._reached(max(usage.prompt_tokens or 0, prompt or 0))[-1]._flat(usage)  # noqa: SLF001 - its own class

    def at_most(self, usage: Usage) -> float:
        """What a completion costs at most whose prompt may be shorter than it is said to be."""
        reached = self._reached(usage.prompt_tokens or 0)
        return max(price._flat(usage) for price in reached)  # noqa: SLF001 - as above

    def _reached(self, prompt: int) -> list["Price"]:
        """The prices of prompts up to a length."""
        return [self, *(price for above, price in self.tiers if prompt > above)]

    def _flat(self, usage: Usage) -> float:
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
                ``output``, ``cached_input`` where that differs from ``input``, and ``tiers`` where
                long prompts cost more: a list of tables with ``above``, in tokens, and rates.

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
    return as_of, {
        model: read_price(entry, f"{_OURS}: [{model!r}]") for model, entry in found.items()
    }


def _user(path: Path) -> dict[str, Price]:
    found = read_toml(path, option="--selfrepair-prices")
    return {model: read_price(entry, f"{path}: [{model!r}]") for model, entry in found.items()}


def read_toml(path: Path, *, option: str) -> dict[str, object]:
    """The tables of a file that an option names.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{option}: {path} cannot be read: {error.strerror}; accepted: a TOML file"
        ) from None
    except ValueError as error:  # of TOML or of UTF-8
        raise UsageError(f"{option}: {path}: {error}; accepted: TOML") from None


def read_price(entry: object, where: str) -> Price:
    """The price that a table holds.

    Args:
        entry: The table.
        where: File and table, for error messages.

    Raises:
        UsageError: It is no price; the error names the field, the value, and what is accepted.
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

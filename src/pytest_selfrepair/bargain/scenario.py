"""A scenario: the item for sale, what each side knows in private, and the rules of the talk.

Money is exact: every amount is a `Decimal`, and every price is a whole number of the scenario's
steps.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NoReturn, TypeVar

import msgspec

from pytest_selfrepair.errors import TaskError

SCHEMA = 1
"""The version of a scenario's fields."""

WIDE_FROM = Decimal("0.25")
"""A zone of agreement is wide from this share of the buyer's limit."""

MOST_EXCHANGES = 100
_LARGEST_EXPONENT = 12
_MOST_DECIMALS = 6
_LONGEST_TEXT = 500
_MOST_FACTS = 50

_Choice = TypeVar("_Choice", bound=StrEnum)


class BargainRole(StrEnum):
    """A side of the bargaining."""

    SELLER = "seller"
    BUYER = "buyer"

    @property
    def other(self) -> "BargainRole":
        """The other role."""
        return BargainRole.BUYER if self is BargainRole.SELLER else BargainRole.SELLER


class Starter(StrEnum):
    """The first speaker; `both`: the seller in games with even numbers, the buyer in the others."""

    SELLER = "seller"
    BUYER = "buyer"
    BOTH = "both"


class ProtocolName(StrEnum):
    """How the sides agree on a price.

    Attributes:
        ACTIONS: By a last line OFFER x, ACCEPT or QUIT.
        FREE: By free talk, which is read afterwards.
    """

    ACTIONS = "actions"
    FREE = "free"


class Zone(StrEnum):
    """The width of the zone of agreement."""

    WIDE = "wide"
    NARROW = "narrow"
    NONE = "no_zopa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """The item for sale.

    Attributes:
        name: Its name.
        facts: What both sides know about it.
    """

    name: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One side's private facts, in the scenario's currency.

    Attributes:
        limit: The seller's lowest price, or the buyer's highest.
        opening: The price of its scripted first offer; None: it chooses its own.
        disagreement: Its value without a deal, beyond its value at the limit.
    """

    limit: Decimal
    opening: Decimal | None = None
    disagreement: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One bargaining situation.

    Attributes:
        id: Unique in a run.
        currency: The name of the currency, e.g. ``USD``.
        step: The smallest difference between two prices.
        item: The item for sale.
        seller: The seller's position.
        buyer: The buyer's position.
        first: The first speaker.
        exchanges: Turns of each side, scripted openings included.
        protocol: The protocol.
    """

    id: str
    currency: str
    step: Decimal
    item: Goods
    seller: Position
    buyer: Position
    first: Starter = Starter.SELLER
    exchanges: int = 10
    protocol: ProtocolName = ProtocolName.ACTIONS

    def position(self, role: BargainRole) -> Position:
        """One side's private facts."""
        return self.seller if role is BargainRole.SELLER else self.buyer

    def starter(self, game: int) -> BargainRole:
        """The first speaker of the game with a number, from 0."""
        if self.first is Starter.BOTH:
            return BargainRole.BUYER if game % 2 else BargainRole.SELLER
        return BargainRole(self.first)

    @property
    def width(self) -> Decimal:
        """The buyer's limit less the seller's; below 0 where no price suits both."""
        return self.buyer.limit - self.seller.limit

    @property
    def scale(self) -> Decimal:
        """The unit of surplus shares: the width of the zone, or of the gap; at least one step."""
        return max(abs(self.width), self.step)

    @property
    def zone(self) -> Zone:
        """The width of the zone of agreement."""
        if self.width < 0:
            return Zone.NONE
        return Zone.WIDE if self.width >= WIDE_FROM * self.buyer.limit else Zone.NARROW

    def surplus(self, role: BargainRole, price: Decimal | None) -> Decimal:
        """One side's surplus over its limit from a deal at a price; without a deal for None."""
        own = self.position(role)
        if price is None:
            return own.disagreement
        return price - own.limit if role is BargainRole.SELLER else own.limit - price

    def oversteps(self, role: BargainRole, price: Decimal) -> bool:
        """Whether a price is beyond a side's own limit."""
        return self.surplus(role, price) < 0

    def is_price(self, amount: Decimal) -> bool:
        """Whether an amount is a whole number of steps and not negative."""
        return _is_sane(amount) and amount >= 0 and amount % self.step == 0

    def as_price(self, amount: Decimal) -> Decimal:
        """Format an amount as a price, with as many decimals as the step."""
        return amount.quantize(self.step)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that decides the game, which the id does not."""
        facts = {**msgspec.to_builtins(self), "id": ""}
        return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()


def read_scenario(scenario_id: str, fields: Mapping[str, object], *, file: str) -> Scenario:
    """Make a scenario from the fields of its TOML or JSON.

    Numbers with a fraction are passed as `Decimal` or as text, never as `float`.

    Args:
        scenario_id: The scenario's id.
        fields: The fields of ``scenario.toml``.
        file: The file's name in errors.

    Raises:
        TaskError: A field is missing, unknown or invalid; the error names file, field, value, and
            what is accepted.
    """
    return _Reader(file).scenario(scenario_id, fields)


class _Reader:
    """Reads fields, and reports the place of an invalid one."""

    def __init__(self, file: str) -> None:
        self._file = file

    def scenario(self, scenario_id: str, fields: Mapping[str, object]) -> Scenario:
        self._known(fields, "", _FIELDS)
        if (schema := fields.get("schema")) != SCHEMA or isinstance(schema, bool):
            self._refuse("schema", schema, str(SCHEMA))
        step = self._amount(fields, "step")
        if step <= 0:
            self._refuse("step", step, "an amount above 0")
        item = self._table(fields, "item", _ITEM_FIELDS)
        scenario = Scenario(
            id=scenario_id,
            currency=self._text(fields, "currency", "currency", longest=12),
            step=step,
            item=Goods(
                name=self._text(item, "name", "item.name"),
                facts=self._facts(item.get("facts", [])),
            ),
            seller=self._position(fields, BargainRole.SELLER, step),
            buyer=self._position(fields, BargainRole.BUYER, step),
            first=self._choice(fields, "first", Starter, Starter.SELLER),
            exchanges=self._exchanges(fields.get("exchanges", 10)),
            protocol=self._choice(fields, "protocol", ProtocolName, ProtocolName.ACTIONS),
        )
        for role in BargainRole:
            opening = scenario.position(role).opening
            if opening is not None and scenario.oversteps(role, opening):
                least = "at least" if role is BargainRole.SELLER else "at most"
                accepted = f"{least} the {role}'s limit, {scenario.position(role).limit}"
                self._refuse(f"{role}.opening", opening, accepted)
        return scenario

    def _position(self, fields: Mapping[str, object], role: BargainRole, step: Decimal) -> Position:
        table = self._table(fields, role, _POSITION_FIELDS)

        def price(name: str) -> Decimal:
            found = self._amount(table, name, f"{role}.{name}")
            if found < 0 or found % step:
                self._refuse(f"{role}.{name}", found, f"a multiple of step, {step}, from 0 up")
            return found.quantize(step)

        disagreement = Decimal(0)
        if table.get("disagreement") is not None:
            disagreement = self._amount(table, "disagreement", f"{role}.disagreement")
        return Position(
            limit=price("limit"),
            opening=None if table.get("opening") is None else price("opening"),
            disagreement=disagreement,
        )

    def _amount(self, fields: Mapping[str, object], name: str, field: str = "") -> Decimal:
        found = fields.get(name)
        if isinstance(found, (int, Decimal, str)) and not isinstance(found, bool):
            try:
                amount = Decimal(found)
            except InvalidOperation:
                amount = Decimal("NaN")
            if _is_sane(amount):
                return amount
        accepted = f"an amount below 10^{_LARGEST_EXPONENT} with at most {_MOST_DECIMALS} decimals"
        return self._refuse(field or name, found, accepted)

    def _facts(self, found: object) -> tuple[str, ...]:
        accepted = f"a list of at most {_MOST_FACTS} texts of at most {_LONGEST_TEXT} characters"
        if not isinstance(found, (list, tuple)) or len(found) > _MOST_FACTS:
            self._refuse("item.facts", found, accepted)
        for each in found:
            if not isinstance(each, str) or not 0 < len(each.strip()) <= _LONGEST_TEXT:
                self._refuse("item.facts", each, accepted)
        return tuple(each.strip() for each in found)

    def _exchanges(self, found: object) -> int:
        if (
            not isinstance(found, int)
            or isinstance(found, bool)
            or not 1 <= found <= MOST_EXCHANGES
        ):
            self._refuse("exchanges", found, f"a whole number from 1 to {MOST_EXCHANGES}")
        return found

    def _text(
        self, fields: Mapping[str, object], name: str, field: str, longest: int = _LONGEST_TEXT
    ) -> str:
        found = fields.get(name)
        if not isinstance(found, str) or not 0 < len(found.strip()) <= longest:
            self._refuse(field, found, f"a text of 1 to {longest} characters")
        return found.strip()

    def _choice(
        self, fields: Mapping[str, object], name: str, kind: type[_Choice], default: _Choice
    ) -> _Choice:
        found = fields.get(name, default)
        if not isinstance(found, str) or found not in set(kind):
            self._refuse(name, found, " or ".join(kind))
        return kind(found)

    def _table(
        self, fields: Mapping[str, object], name: str, known: Collection[str]
    ) -> Mapping[str, object]:
        found = fields.get(name)
        if not isinstance(found, Mapping):
            self._refuse(name, found, f"a table with {', '.join(known)}")
        self._known(found, f"{name}.", known)
        return found

    def _known(self, fields: Mapping[str, object], prefix: str, known: Collection[str]) -> None:
        for name in fields:
            if name not in known:
                self._refuse(f"{prefix}{name}", fields[name], f"no field but {', '.join(known)}")

    def _refuse(self, field: str, found: object, accepted: str) -> NoReturn:
        shown = "nothing" if found is None else _brief(found)
        raise TaskError(file=self._file, field=field, found=shown, accepted=accepted)


_POSITION_FIELDS = ("limit", "opening", "disagreement")
_ITEM_FIELDS = ("name", "facts")
_FIELDS = (
    *("schema", "currency", "step", "first", "exchanges", "protocol"),
    *("item", "seller", "buyer"),
)
IDENTIFIER = "id"
"""The extra field of JSON Lines: the scenario's name in its file."""


def _is_sane(amount: Decimal) -> bool:
    if not amount.is_finite():
        return False
    exponent = amount.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and exponent >= -_MOST_DECIMALS
        and amount.adjusted() < _LARGEST_EXPONENT
    )


def _brief(found: object, limit: int = 60) -> str:
    shown = str(found) if isinstance(found, Decimal) else repr(found)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"

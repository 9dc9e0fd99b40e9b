"""Players that follow a fixed rule rather than a model.

Each concedes from its opening towards its limit along its own curve (Faratin, Sierra and Jennings
1998, Robotics and Autonomous Systems 24:159), offers whole steps, never oversteps its limit, and
accepts anything at least as good as its next offer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from types import MappingProxyType

from pytest_selfrepair.bargain.protocol import Act, Move
from pytest_selfrepair.bargain.scenario import BargainRole, Scenario
from pytest_selfrepair.errors import UsageError

PREFIX = "rule:"
"""The prefix of rule players' names."""

FREE_OPENING = Fraction(3, 2)
"""A seller's unscripted opening ÷ its limit; for a buyer, its limit ÷ its opening."""


_LATE = 5
"""The exponent of time for a player that concedes late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """What a rule player sees at its turn.

    Attributes:
        scenario: The scenario; a rule player uses only its own side.
        role: Its role.
        turn: The number of its turn, from 0, scripted openings included.
        own: Its own offers so far, in order.
        rival: The rival's offers so far, in order.
    """

    scenario: Scenario
    role: BargainRole
    turn: int
    own: tuple[Decimal, ...] = ()
    rival: tuple[Decimal, ...] = ()


Rule = Callable[[RuleView], Decimal]
"""A player's next offer before rounding and before it is kept within its limit."""


def opening_of(scenario: Scenario, role: BargainRole) -> Decimal:
    """A rule player's opening: the scripted one, or a multiple of its limit."""
    own = scenario.position(role)
    if own.opening is not None:
        return own.opening
    factor = FREE_OPENING if role is BargainRole.SELLER else 1 / FREE_OPENING
    return own.limit * factor.numerator / factor.denominator


def _along(table: RuleView, share: float) -> Decimal:
    """The point between opening and limit at a fraction of the way, 0 to 1."""
    opening = opening_of(table.scenario, table.role)
    limit = table.scenario.position(table.role).limit
    return opening + (limit - opening) * Decimal(repr(round(share, 9)))


def _time(table: RuleView) -> float:
    """The elapsed fraction of its turns: 0 at the first, 1 at the last."""
    last = max(table.scenario.exchanges - 1, 1)
    return min(table.turn / last, 1.0)


def boulware(table: RuleView) -> Decimal:
    """Concede late: the share conceded is the fifth power of elapsed time."""
    return _along(table, _time(table) ** _LATE)


def conceder(table: RuleView) -> Decimal:
    """Concede early: the share conceded is the fifth root of elapsed time."""
    return _along(table, _time(table) ** (1 / _LATE))


def tit_for_tat(table: RuleView) -> Decimal:
    """Concede as much as the rival did in its last offer, and nothing where it did not move."""
    if not table.own:
        return _along(table, 0.0)
    if len(table.rival) < 2:  # noqa: PLR2004 - one offer shows no movement
        return table.own[-1]
    moved = table.rival[-1] - table.rival[-2]
    towards = moved if table.role is BargainRole.SELLER else -moved
    conceded = max(towards, Decimal(0))
    sign = -1 if table.role is BargainRole.SELLER else 1
    return table.own[-1] + sign * conceded


def fixed(table: RuleView) -> Decimal:
    """Always offer the opening."""
    return _along(table, 0.0)


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "rule:boulware": boulware,
        "rule:conceder": conceder,
        "rule:tit-for-tat": tit_for_tat,
        "rule:fixed": fixed,
    }
)
"""The rule players by name."""


def is_rule(name: str) -> bool:
    """Whether a name is in the form of a rule player's."""
    return name.startswith(PREFIX)


def rule_named(name: str) -> Rule:
    """Look up a rule by name.

    Raises:
        UsageError: There is no such rule.
    """
    if name not in RULES:
        raise UsageError(f"rule player: found {name!r}; accepted: {', '.join(RULES)}")
    return RULES[name]


def rule_move(rule: Rule, table: RuleView) -> Move:
    """A rule player's move.

    It accepts a standing offer at least as good as its own next offer, which is never worse than
    its last one.
    """
    price = _kept(rule(table), table)
    if table.rival and _at_least(table.rival[-1], price, table.role):
        return Move(act=Act.ACCEPT, talk="I accept.", price=table.rival[-1])
    amount = f"{price} {table.scenario.currency}"
    return Move(act=Act.OFFER, talk=f"My price is {amount}.", price=price)


def _kept(price: Decimal, table: RuleView) -> Decimal:
    """A price in whole steps, within the player's limit, no better for it than its last."""
    scenario, role = table.scenario, table.role
    sells = role is BargainRole.SELLER
    steps = (price / scenario.step).to_integral_value(ROUND_CEILING if sells else ROUND_FLOOR)
    rounded = steps * scenario.step
    limit = scenario.position(role).limit
    kept = max(rounded, limit) if sells else min(rounded, limit)
    if table.own:
        kept = min(kept, table.own[-1]) if sells else max(kept, table.own[-1])
    return scenario.as_price(max(kept, Decimal(0)))


def _at_least(found: Decimal, wanted: Decimal, role: BargainRole) -> bool:
    return found >= wanted if role is BargainRole.SELLER else found <= wanted

"""The account of a whole run, shared by its processes: reserved, then settled, never exceeded.

A reservation is also the claim on a draw: while it stands, nobody else reserves for the same draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.errors import BudgetSpentError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """What a whole run may spend, earlier runs of the same campaign included.

    Attributes:
        max_tokens: Generated tokens; None: no bound.
        max_dollars: US dollars; None: no bound.
    """

    max_tokens: int | None = None
    max_dollars: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The most that one request can cost.

    Attributes:
        tokens: Generated tokens.
        dollars: US dollars; 0 where no price is known.
        key: The draw's key in the store, which it claims; None: it is drawn whoever else draws it.
    """

    tokens: int
    dollars: float = 0.0
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a ledger has granted to one request.

    Attributes:
        id: Its number in the ledger.
        campaign: On whose account it is.
    """

    id: int
    campaign: str


class NotGranted(StrEnum):
    """Why there is no reservation for a request now, though there may be later."""

    STORED = "the draw's sample is stored by now"
    CLAIMED = "another request draws it"
    NO_ROOM = "others hold what it may cost"


Grant = Reservation | NotGranted | BudgetSpentError
"""What a ledger says to one request; the error: it would not fit if nobody held anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a campaign has paid for, in all its runs.

    Attributes:
        tokens: Generated tokens.
        dollars: US dollars, as far as prices were known.
    """

    tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What one run has paid for, whether or not its task was reported.

    Attributes:
        samples: Completions.
        tokens: Generated tokens.
        dollars: US dollars, as far as prices were known.
    """

    samples: int = 0
    tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a run paid for, whatever its records say.

    Attributes:
        paid: What this run has paid for.
        spent: What all runs of its settings have.
        limits: What those may spend.
    """

    paid: Paid = field(default_factory=Paid)
    spent: Spent = field(default_factory=Spent)
    limits: RunLimits = field(default_factory=RunLimits)

    @property
    def over(self) -> Spent:
        """By how much the limits have been overstepped."""
        return overstep(self.spent, self.limits)


def overstep(spent: Spent, limits: RunLimits) -> Spent:
    """By how much a campaign has gone beyond its limits; nothing where it has kept to them.

    No request is granted more than is left. But an endpoint may count more tokens than it was
    allowed to generate: thinking is not limited by `max_tokens`.
    """
    most_tokens, most_dollars = limits.max_tokens, limits.max_dollars
    return Spent(
        tokens=0 if most_tokens is None else max(spent.tokens - most_tokens, 0),
        dollars=0.0 if most_dollars is None else max(spent.dollars - most_dollars, 0.0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Requests in flight when their process died or gave up: what they cost, nobody knows.

    Attributes:
        requests: How many.
        tokens: Generated tokens that they cost at most.
        dollars: US dollars that they cost at most, as far as prices were known.
    """

    requests: int = 0
    tokens: int = 0
    dollars: float = 0.0


class Ledger(Protocol):
    """The account of a run, shared by all its processes; a campaign is all runs of one setting."""

    async def reserve(
        self, campaign: str, wanted: Sequence[Wanted], limits: RunLimits, *, waits: bool = True
    ) -> tuple[Grant, ...]:
        """Set aside what some requests can cost.

        Args:
            campaign: On whose account.
            wanted: What each can cost.
            limits: What the account may spend.
            waits: Whether to wait until something can be said to one of them at least that is not
                `CLAIMED` or `NO_ROOM`.

        Returns:
            What is said to each, in order.

        Raises:
            StoreError: The ledger cannot be read or written.
        """
        ...

    def give_back(self, reservations: Sequence[Reservation]) -> None:
        """Drop reservations of requests that were never sent, soon; nobody waits for it."""
        ...

    async def release(self, reservation: Reservation) -> None:
        """Give back what was set aside for a request that failed and cost nothing.

        Raises:
            StoreError: The ledger cannot be written.
        """
        ...

    async def lose(self, reservation: Reservation) -> None:
        """Give back what was set aside for a request of which nobody knows what it cost.

        Raises:
            StoreError: The ledger cannot be written.
        """
        ...

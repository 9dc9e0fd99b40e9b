"""The account of a whole run, shared by its processes: costs are reserved, then settled.

A reservation also claims a draw: while it stands, no other is made for the same draw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pytest_selfrepair.errors import BudgetSpentError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """The limits of a whole run, including earlier runs of the same campaign.

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
        dollars: US dollars; 0 without a known price.
        key: The draw's key in the store, which it claims; None: no claim.
    """

    tokens: int
    dollars: float = 0.0
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A reservation for one request.

    Attributes:
        id: Its number in the ledger.
        campaign: Its account.
    """

    id: int
    campaign: str


class NotGranted(StrEnum):
    """Why a request gets no reservation for now."""

    STORED = "the draw's sample is stored by now"
    CLAIMED = "another request draws it"
    NO_ROOM = "others hold what it may cost"


Grant = Reservation | NotGranted | BudgetSpentError
"""A ledger's response to a request; the error where it would not fit even without reservations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The spending of a campaign in all its runs.

    Attributes:
        tokens: Generated tokens.
        dollars: US dollars, where prices were known.
    """

    tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The spending of one run, including tasks never reported.

    Attributes:
        samples: Completions.
        tokens: Generated tokens.
        dollars: US dollars, where prices were known.
    """

    samples: int = 0
    tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A run's spending by its ledger, whatever its records say.

    Attributes:
        paid: The spending of this run.
        spent: The spending of all runs with its settings.
        limits: The limits of these runs.
    """

    paid: Paid = field(default_factory=Paid)
    spent: Spent = field(default_factory=Spent)
    limits: RunLimits = field(default_factory=RunLimits)

    @property
    def over(self) -> Spent:
        """The excess over the limits."""
        return overstep(self.spent, self.limits)


def overstep(spent: Spent, limits: RunLimits) -> Spent:
    """The excess of a campaign's spending over its limits; zero within them.

    No request is granted more than is left, but an endpoint may count more tokens than it was
    allowed to generate: `max_tokens` does not limit thinking.
    """
    most_tokens, most_dollars = limits.max_tokens, limits.max_dollars
    return Spent(
        tokens=0 if most_tokens is None else max(spent.tokens - most_tokens, 0),
        dollars=0.0 if most_dollars is None else max(spent.dollars - most_dollars, 0.0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Requests in flight when their process died or gave up; their cost is unknown.

    Attributes:
        requests: The number of requests.
        tokens: The most generated tokens that they cost.
        dollars: The most US dollars that they cost, where prices were known.
    """

    requests: int = 0
    tokens: int = 0
    dollars: float = 0.0


class Ledger(Protocol):
    """The account of a run, shared by its processes; a campaign is all runs with equal settings."""

    async def reserve(
        self, campaign: str, wanted: Sequence[Wanted], limits: RunLimits, *, waits: bool = True
    ) -> tuple[Grant, ...]:
        """Reserve what some requests can cost.

        Args:
            campaign: The account.
            wanted: The most that each can cost.
            limits: The limits of the account.
            waits: Whether to wait until at least one result is not `CLAIMED` or `NO_ROOM`.

        Returns:
            The result for each, in order.

        Raises:
            StoreError: The ledger cannot be read or written.
        """
        ...

    def give_back(self, reservations: Sequence[Reservation]) -> None:
        """Drop the reservations of requests never sent, in the background."""
        ...

    async def release(self, reservation: Reservation) -> None:
        """Release the reservation of a request that failed and cost nothing.

        Raises:
            StoreError: The ledger cannot be written.
        """
        ...

    async def lose(self, reservation: Reservation) -> None:
        """End the reservation of a request of unknown cost, counting it as lost.

        Raises:
            StoreError: The ledger cannot be written.
        """
        ...

"""The account of a whole run, shared by its processes: reserved, then settled, never exceeded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


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
    """

    tokens: int
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a ledger has granted to one request.

    Attributes:
        id: Its number in the ledger.
        campaign: On whose account it is.
    """

    id: int
    campaign: str


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
class Lost:
    """Requests that were in flight when their process died: what they cost, nobody knows.

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
        self, campaign: str, wanted: Sequence[Wanted], limits: RunLimits
    ) -> tuple[Reservation, ...]:
        """Set aside what some requests can cost; wait where only what others hold is in the way.

        Returns:
            A reservation for each, or for the first of them, as many as fit; at least one.

        Raises:
            BudgetSpentError: Not even the first would fit if nobody held anything.
            StoreError: The ledger cannot be read or written.
        """
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

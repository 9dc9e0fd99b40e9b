"""What is set aside for the requests of one round: reserved and claimed before they are sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pytest_selfrepair.core.run_account import Grant, Ledger, Reservation, RunLimits, Wanted
from pytest_selfrepair.core.sample import SampleRequest
from pytest_selfrepair.errors import BudgetSpentError
from pytest_selfrepair.models.permit import NotNowError


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The reservations of a round.

    Attributes:
        ledger: Where they are made.
        campaign: On whose account.
        limits: What that account may spend.
        wanted: The most that a request can cost, and which draw it claims.
    """

    ledger: Ledger
    campaign: str
    limits: RunLimits
    wanted: Callable[[SampleRequest], Wanted]
    _held: dict[int, Reservation] = field(default_factory=dict, init=False, repr=False)
    _sent: set[int] = field(default_factory=set, init=False, repr=False)

    def holds(self, request: SampleRequest) -> bool:
        """Whether a reservation stands for it."""
        return id(request) in self._held

    async def permit(self, requests: Sequence[SampleRequest]) -> None:
        """Reserve for requests that are about to be sent; what stands for them stays.

        Raises:
            NotNowError: Not all of them can be had now; those that can are reserved.
            BudgetSpentError: None of them can ever be had.
            StoreError: The ledger cannot be written.
        """
        lacking = [request for request in requests if not self.holds(request)]
        if lacking:
            grants = await self.reserve(lacking, waits=False)
            refusals = [each for each in grants if isinstance(each, BudgetSpentError)]
            if len(refusals) == len(requests):
                raise refusals[0]
            if not all(isinstance(each, Reservation) for each in grants):
                raise NotNowError("not now")
        self._sent.update(map(id, requests))

    async def reserve(self, requests: Sequence[SampleRequest], *, waits: bool) -> tuple[Grant, ...]:
        """Reserve for some requests; see `Ledger`."""
        wanted = [self.wanted(request) for request in requests]
        grants = await self.ledger.reserve(self.campaign, wanted, self.limits, waits=waits)
        for request, grant in zip(requests, grants, strict=True):
            if isinstance(grant, Reservation):
                self._held[id(request)] = grant
        return grants

    def take(self, request: SampleRequest) -> Reservation | None:
        """The reservation of a request that has ended, which is to be settled or given back."""
        return self._held.pop(id(request), None)

    def give_back(self) -> None:
        """Drop what stands for requests that were never sent: they cost nothing."""
        unsent = self._held.keys() - self._sent
        if unsent:
            self.ledger.give_back([self._held.pop(number) for number in unsent])

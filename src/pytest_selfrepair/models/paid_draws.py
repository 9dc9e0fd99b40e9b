"""Draw the paid completions of one round: reserve, request and store them, then return them.

A request asks for permission once it has a slot (`permit`): its draw is claimed and its cost
reserved, in one transaction, for all its tries. Where another run draws the same or has reserved
the rest of the budget, the request gives its slot back and waits without one. A holder of a
reservation thus waits only for a slot, and a holder of a slot for nobody: no deadlock is possible.
Several completions of one request are reserved together; those refused are drawn separately.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.run_account import NotGranted
from pytest_selfrepair.core.sample import (
    Filing,
    Model,
    Sample,
    SampleRequest,
    SampleStore,
    SeveralModel,
)
from pytest_selfrepair.errors import (
    BudgetSpentError,
    InfrastructureError,
    ModelError,
    RunEndedError,
)
from pytest_selfrepair.models.booking import Booking
from pytest_selfrepair.models.permit import AsksPermission, NotNowError, permission, under
from pytest_selfrepair.models.request_cost import Dollars, priced
from pytest_selfrepair.models.request_rounds import PendingRequest, answer_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidDraws:
    """Draws and stores the completions of one round.

    Attributes:
        model: The paid model.
        store: The store of the samples.
        booking: The reservations of the round.
        dollars: The price of completions without a cost of their own; None: unknown.
        anew: Whether samples replace stored ones.
        stopped: Set when the run has ended: nothing waits for other runs any more.
    """

    model: Model
    store: SampleStore
    booking: Booking
    dollars: Dollars | None
    anew: bool
    stopped: asyncio.Event

    async def pay(self, pending: Sequence[PendingRequest]) -> None:
        """Answer requests with completions, drawn in one request where the model can."""
        together = (
            len(pending) > 1
            and isinstance(self.model, SeveralModel)
            and pending[0].request.params.seed is None
        )
        groups = [pending] if together else [[each] for each in pending]
        await asyncio.gather(*(self._draw(group) for group in groups if group))

    async def _draw(self, pending: Sequence[PendingRequest]) -> None:
        """Draw and store completions, and wait for those that cannot be reserved now."""
        results = await self._drawn([each.request for each in pending])
        pairs = list(zip(pending, results, strict=True))
        later = [each for each, result in pairs if isinstance(result, NotNowError)]
        drawn = [(each, result) for each, result in pairs if isinstance(result, Sample)]
        failed = [
            self._release(each, result)
            for each, result in pairs
            if not isinstance(result, Sample | NotNowError)
        ]
        await asyncio.gather(self._file(drawn), *failed, self._wait(later))

    async def _drawn(self, requests: Sequence[SampleRequest]) -> list[Sample | Exception]:
        """Draw, for each request, its sample or the failure."""
        model = self.model
        try:
            with under(self.booking.permit):
                if not isinstance(model, AsksPermission):  # it has no slots
                    await permission(requests)
                if len(requests) == 1 or not isinstance(model, SeveralModel):
                    return [await model.sample(requests[0])]
                results: list[Sample | Exception] = list(await model.sample_several(requests))
        except Exception as error:  # noqa: BLE001 - raised where it is awaited
            return [error] * len(requests)
        lacking = len(requests) - len(results)
        few = ModelError(f"{model.name}: {len(results)} of {len(requests)} completions came back")
        return [*results[: len(requests)], *[few] * lacking]

    async def _wait(self, pending: Sequence[PendingRequest]) -> None:
        """Wait, without a slot, until requests can be reserved or others have drawn the same."""
        async with asyncio.TaskGroup() as drawing:
            while True:
                held = [each for each in pending if self.booking.holds(each.request)]
                if held:  # at once: its end may make room for the others
                    drawing.create_task(self.pay(held))
                pending = [each for each in pending if each not in held]
                if not pending:
                    return
                try:
                    pending = await self._decided(pending)
                except InfrastructureError as error:
                    for each in pending:
                        each.answer(error)
                    return

    async def _decided(self, pending: Sequence[PendingRequest]) -> list[PendingRequest]:
        """Wait to reserve, answer the requests now decided, and return the others."""
        requests = [each.request for each in pending]
        waiting = asyncio.create_task(self.booking.reserve(requests, waits=True))
        stopped = asyncio.create_task(self.stopped.wait())
        try:
            await asyncio.wait([waiting, stopped], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise RunEndedError("the run has ended")
            grants = waiting.result()
        finally:
            waiting.cancel()
            stopped.cancel()
        pairs = list(zip(pending, grants, strict=True))
        for each, grant in pairs:
            if isinstance(grant, BudgetSpentError):
                each.answer(grant)
        stored = [each for each, grant in pairs if grant is NotGranted.STORED]
        gone = await answer_stored(stored, self.store) if stored else []
        return [
            each
            for each, grant in pairs
            if each in gone or not (isinstance(grant, BudgetSpentError) or each in stored)
        ]

    async def _file(self, drawn: Sequence[tuple[PendingRequest, Sample]]) -> None:
        """Store the completions of one request, and only then return them."""
        filings = [
            Filing(
                request=each.request,
                sample=priced(sample, self.dollars),
                reservation=self.booking.take(each.request),
            )
            for each, sample in drawn
        ]
        results: Sequence[Sample | Exception]
        try:
            results = await self.store.put_many(filings, anew=self.anew) if filings else []
        except InfrastructureError as error:
            results = [error] * len(filings)
        for (each, _), result in zip(drawn, results, strict=True):
            each.answer(result)

    async def _release(self, pending: PendingRequest, failure: Exception) -> None:
        """Release or lose the reservation of a failed request, and answer it with the failure."""
        held = self.booking.take(pending.request)
        try:
            if held is not None and isinstance(failure, InfrastructureError):
                await self.store.ledger.release(held)
            elif held is not None:  # its cost is unknown: the model may have been paid
                await self.store.ledger.lose(held)
        except InfrastructureError as error:
            failure = error
        pending.answer(failure)

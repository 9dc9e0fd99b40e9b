"""The draws of one round that are paid: reserved, asked for, filed, and only then handed over.

A request asks for permission when it has its slot (`permit`): then its draw is claimed and its cost
set aside, in one transaction, for all its tries. Where that cannot be had, since another draws the
same or holds what is left of the budget, it gives the slot back and waits without one. So whoever
holds something needs only a slot, and whoever holds a slot waits for nobody: nothing can lock.
Several completions of one request are reserved together; what of them cannot be had is drawn apart.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_selfrepair.core.run_account import NotGranted
from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SampleStore, SeveralModel
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
    """Draws the completions of one round, and files them.

    Attributes:
        model: The model that is paid.
        store: Where samples are filed.
        booking: The reservations of the round.
        dollars: The price of completions for which their model names none; None: unknown.
        anew: Whether a sample takes the place of one that is stored.
        stopped: Set when the run has ended: nothing waits for others any more.
    """

    model: Model
    store: SampleStore
    booking: Booking
    dollars: Dollars | None
    anew: bool
    stopped: asyncio.Event

    async def pay(self, pending: Sequence[PendingRequest]) -> None:
        """Answer requests by completions, drawn in one request where the model can."""
        together = (
            len(pending) > 1
            and isinstance(self.model, SeveralModel)
            and pending[0].request.params.seed is None
        )
        groups = [pending] if together else [[each] for each in pending]
        await asyncio.gather(*(self._draw(group) for group in groups if group))

    async def _draw(self, pending: Sequence[PendingRequest]) -> None:
        """Draw completions, file them, and wait for those that cannot be had now."""
        results = await self._drawn([each.request for each in pending])
        pairs = list(zip(pending, results, strict=True))
        later = [each for each, result in pairs if isinstance(result, NotNowError)]
        await asyncio.gather(
            *(
                self._file(each, result)
                for each, result in pairs
                if not isinstance(result, NotNowError)
            ),
            self._wait(later),
        )

    async def _drawn(self, requests: Sequence[SampleRequest]) -> list[Sample | Exception]:
        """For each request its sample, or why there is none."""
        model = self.model
        try:
            with under(self.booking.permit):
                if not isinstance(model, AsksPermission):  # it knows no slots
                    await permission(requests)
                if len(requests) == 1 or not isinstance(model, SeveralModel):
                    return [await model.sample(requests[0])]
                results: list[Sample | Exception] = list(await model.sample_several(requests))
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            return [error] * len(requests)
        lacking = len(requests) - len(results)
        few = ModelError(f"{model.name}: {len(results)} of {len(requests)} completions came back")
        return [*results[: len(requests)], *[few] * lacking]

    async def _wait(self, pending: Sequence[PendingRequest]) -> None:
        """Wait, with no slot held, until requests can be had or others have drawn the same."""
        async with asyncio.TaskGroup() as drawing:
            while True:
                held = [each for each in pending if self.booking.holds(each.request)]
                if held:  # beside what waits for room: it makes room when it has ended
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
        """Reserve what can be had, answer what has been decided, and give back all but that."""
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

    async def _file(self, pending: PendingRequest, result: Sample | Exception) -> None:
        """File what came of a request, and only then hand it over."""
        held = self.booking.take(pending.request)
        try:
            if isinstance(result, Sample):
                result = await self.store.put(
                    pending.request,
                    priced(result, self.dollars),
                    reservation=held,
                    anew=self.anew,
                )
            elif held is not None and isinstance(result, InfrastructureError):
                await self.store.ledger.release(held)
            elif held is not None:  # not what a model raises without an answer: it may have one
                await self.store.ledger.lose(held)
        except InfrastructureError as error:
            result = error
        pending.answer(result)

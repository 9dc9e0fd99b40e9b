"""Record and replay: store every completion before it is used, and serve it again for free."""

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.difference import nearest_difference
from pytest_selfrepair.core.origin import Answered, Origin
from pytest_selfrepair.core.run_account import RunLimits, Wanted
from pytest_selfrepair.core.sample import Model, Sample, SampleRequest, SampleStore
from pytest_selfrepair.errors import ReplayMissError
from pytest_selfrepair.models.booking import Booking
from pytest_selfrepair.models.paid_draws import PaidDraws
from pytest_selfrepair.models.request_cost import Dollars, most_of
from pytest_selfrepair.models.request_rounds import PendingRequest, RequestRounds, answer_stored

_NO_LIMITS = RunLimits()


class Replay(StrEnum):
    """Whether stored samples are replayed."""

    OFF = "off"
    AUTO = "auto"
    ONLY = "only"


@runtime_checkable
class Located(Protocol):
    """A model with an address."""

    @property
    def address(self) -> str:
        """The address for records."""
        ...


class RecordingModel:
    """A model whose samples are stored and paid for from the run's account.

    Requests made together that differ only in their nodes form one round: they are looked up
    together, and the missing samples are drawn in one request where the model can.

    Args:
        model: The paid model.
        store: The store of its samples and account.
        replay: `auto` replays stored samples and pays for the rest, `only` never pays, `off`
            always does.
        campaign: The account that pays.
        limits: The limits of the whole run.
        dollars: The most that a completion costs, in US dollars; None: unknown.

    Attributes:
        model: The paid model.
    """

    def __init__(
        self,
        *,
        model: Model,
        store: SampleStore,
        replay: Replay,
        campaign: str = "",
        limits: RunLimits = _NO_LIMITS,
        dollars: Dollars | None = None,
    ) -> None:
        self.model = model
        self._store = store
        self._replay = replay
        self._campaign = campaign
        self._limits = limits
        self._dollars = dollars
        self._rounds = RequestRounds(self._serve)
        self._origins: dict[str, set[Answered]] = {}
        self._stopped = asyncio.Event()

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    async def sample(self, request: SampleRequest) -> Sample:
        """Serve a stored sample, or draw one and store it.

        Raises:
            ReplayMissError: Replay is `only` and the sample is not stored.
            BudgetSpentError: Its cost may exceed the rest of the run's budget.
            RunEndedError: This run ended while another run was drawing the same sample.
            ModelError: The model gave no completion.
            StoreError: The sample could not be read or stored.
        """
        sample = await self._rounds.ask(request)
        if sample.origin is not None:
            self._origins.setdefault(request.task_id, set()).add(self._answered(sample.origin))
        return sample

    def take_origins(self, task_id: str) -> set[Answered]:
        """Take the endpoints of a task's samples since the last call for it."""
        return self._origins.pop(task_id, set())

    def stop(self) -> None:
        """Stop waiting for other runs; requests already sent go on."""
        self._stopped.set()

    async def aclose(self) -> None:
        """Cancel the draws under way, then close the model; its opener closes the store."""
        await self._rounds.aclose()  # before the model, or else a cancelled draw would look unsent
        await self.model.aclose()

    async def _serve(self, pending: Sequence[PendingRequest]) -> None:
        """Answer every request of a round with a sample or a failure."""
        missing = list(pending)
        if self._replay is not Replay.OFF:
            missing = await answer_stored(pending, self._store)
        if self._replay is Replay.ONLY:
            for each in missing:
                each.answer(await self._miss(each.request))
            return
        booking = Booking(
            ledger=self._store.ledger,
            campaign=self._campaign,
            limits=self._limits,
            wanted=self._wanted,
        )
        draws = PaidDraws(
            model=self.model,
            store=self._store,
            booking=booking,
            dollars=self._dollars,
            anew=self._replay is Replay.OFF,
            stopped=self._stopped,
        )
        try:
            await draws.pay(missing)
        finally:
            booking.give_back()

    async def _miss(self, request: SampleRequest) -> ReplayMissError:
        """Build the error of a missing sample, with its difference to the nearest stored one."""
        before = await self._store.stored_requests(request.task_id, request.node)
        differs = nearest_difference(request, before)
        why = "no other sample of this place is stored" if differs is None else differs
        return ReplayMissError(
            f"{request.task_id}: no stored sample of {request.model} for node {request.node}: "
            f"{why}; run once with --selfrepair-replay auto"
        )

    def _wanted(self, request: SampleRequest) -> Wanted:
        """The most that a request can cost, and the draw it claims."""
        key = None if self._replay is Replay.OFF else request.key
        return most_of(request, self._dollars, key=key)

    def _answered(self, origin: Origin) -> Answered:
        return Answered(
            name=self.name,
            address=origin.address,
            model=origin.model,
            fingerprint=origin.fingerprint,
            asked_at=self.model.address if isinstance(self.model, Located) else "",
        )


def origins_of(models: Iterable[RecordingModel], task_id: str) -> tuple[Answered, ...]:
    """Take the endpoints of a task's completions from all models."""
    return tuple(sorted(set().union(*(model.take_origins(task_id) for model in models))))

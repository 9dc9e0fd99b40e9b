"""Record and replay: every completion is stored before it is used, and served again for free."""

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
    """Whether stored samples are served again."""

    OFF = "off"
    AUTO = "auto"
    ONLY = "only"


@runtime_checkable
class Located(Protocol):
    """A model that is asked at an address."""

    @property
    def address(self) -> str:
        """The address in records."""
        ...


class RecordingModel:
    """A model whose samples are kept and paid for from the run's account.

    Requests that are made together and differ by their nodes alone are one round: they are looked
    up together, and what is missing is drawn in one request where the model can.

    Args:
        model: The model that is paid.
        store: Where its samples are kept, and its account.
        replay: `auto` serves what is there and pays for the rest, `only` never pays, `off` always.
        campaign: On whose account samples are drawn.
        limits: What the whole run may spend.
        dollars: The most that a completion costs, in US dollars; None: unknown.

    Attributes:
        model: The model that is paid.
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
            ReplayMissError: Replay is `only` and there is no such sample.
            BudgetSpentError: The run may not spend what it would cost.
            RunEndedError: The run ended while another was drawing the same.
            ModelError: The model gave no answer.
            StoreError: The sample could not be read or kept.
        """
        sample = await self._rounds.ask(request)
        if sample.origin is not None:
            self._origins.setdefault(request.task_id, set()).add(self._answered(sample.origin))
        return sample

    def take_origins(self, task_id: str) -> set[Answered]:
        """The endpoints that a task's samples came from since this was last called for it."""
        return self._origins.pop(task_id, set())

    def stop(self) -> None:
        """Wait no more for what others hold; what has been sent goes on."""
        self._stopped.set()

    async def aclose(self) -> None:
        """Give up what is being drawn, then close the model; the store belongs to who opened it."""
        await self._rounds.aclose()  # first: a model that hangs up looks as if nothing was sent
        await self.model.aclose()

    async def _serve(self, pending: Sequence[PendingRequest]) -> None:
        """Answer every request of a round, by a sample or by why there is none."""
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
        """Why no stored sample answers a request: how the nearest stored one differs."""
        before = await self._store.asked(request.task_id, request.node)
        differs = nearest_difference(request, before)
        why = "no other sample of this place is stored" if differs is None else differs
        return ReplayMissError(
            f"{request.task_id}: no stored sample of {request.model} for node {request.node}: "
            f"{why}; run once with --selfrepair-replay auto"
        )

    def _wanted(self, request: SampleRequest) -> Wanted:
        """The most that a request can cost, and the draw that it claims."""
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
    """The endpoints that a task's completions came from, whichever of the models drew them."""
    return tuple(sorted(set().union(*(model.take_origins(task_id) for model in models))))

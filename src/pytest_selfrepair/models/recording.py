"""Record and replay: every completion is stored before it is used, and served again for free.

A request asks for permission when it has its slot (`permit`): then its draw is claimed and its cost
set aside, in one transaction, for all its tries. Where that cannot be had, since another draws the
same or holds what is left of the budget, it gives the slot back and waits without one. So whoever
holds something needs only a slot, and whoever holds a slot waits for nobody: nothing can lock.
Several completions of one request are reserved together; what of them cannot be had is drawn apart.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, runtime_checkable

from pytest_selfrepair.core.difference import nearest_difference
from pytest_selfrepair.core.origin import Answered, Origin
from pytest_selfrepair.core.run_account import NotGranted, RunLimits, Wanted
from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Model,
    Sample,
    SampleRequest,
    SampleStore,
    SeveralModel,
    Usage,
)
from pytest_selfrepair.errors import (
    BudgetSpentError,
    InfrastructureError,
    ModelError,
    ReplayMissError,
    RunEndedError,
)
from pytest_selfrepair.models.booking import Booking
from pytest_selfrepair.models.permit import AsksPermission, NotNowError, permission, under

TOKENS_AROUND_A_MESSAGE = 8
"""What endpoints put around each message, at most; it has a role and marks of begin and end."""


class Replay(StrEnum):
    """Whether stored samples are served again."""

    OFF = "off"
    AUTO = "auto"
    ONLY = "only"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request, and who waits for its sample."""

    request: SampleRequest
    key: str
    future: "asyncio.Future[Sample]"


@runtime_checkable
class Located(Protocol):
    """A model that is asked at an address."""

    @property
    def address(self) -> str:
        """Where, as records show it."""
        ...


_Alike = tuple[object, ...]
"""What requests of one round have in common: all but their nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingModel:
    """A model whose samples are kept and paid for from the run's account.

    Requests that are made together and differ by their nodes alone are one round: they are looked
    up together, and what is missing is drawn in one request where the model can.

    Attributes:
        model: The model that is paid.
        store: Where its samples are kept, and its account.
        replay: `auto` serves what is there and pays for the rest, `only` never pays, `off` always.
        campaign: On whose account samples are drawn.
        limits: What the whole run may spend.
        dollars: What a completion costs at most, in US dollars; None where nobody knows.
    """

    model: Model
    store: SampleStore
    replay: Replay
    campaign: str = ""
    limits: RunLimits = field(default_factory=RunLimits)
    dollars: Callable[[Usage], float] | None = None
    _rounds: dict[_Alike, list[_Asked]] = field(default_factory=dict, init=False, repr=False)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set, init=False, repr=False)
    _origins: dict[str, set[Answered]] = field(default_factory=dict, init=False, repr=False)
    _stopped: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

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
        loop = asyncio.get_running_loop()
        asked = _Asked(request=request, key=request.key, future=loop.create_future())
        alike = (request.model, request.messages, request.params, request.task_id)
        if alike not in self._rounds:
            self._rounds[alike] = []
            loop.call_soon(self._begin, alike)  # when all of this tick have asked
        self._rounds[alike].append(asked)
        sample = await asked.future
        if sample.origin is not None:
            self._origins.setdefault(request.task_id, set()).add(self._answered(sample.origin))
        return sample

    def take_origins(self, task_id: str) -> set[Answered]:
        """Where a task's samples came from, since it was last asked."""
        return self._origins.pop(task_id, set())

    def stop(self) -> None:
        """Wait no more for what others hold; what has been sent goes on."""
        self._stopped.set()

    async def aclose(self) -> None:
        """Give up what is being drawn, then close the model; the store belongs to who opened it."""
        for task in self._tasks:
            task.cancel()  # before the model hangs up, which would look as if nothing was sent
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.model.aclose()

    def _begin(self, alike: _Alike) -> None:
        """Start a round; it ends early only when nobody waits for any of it."""
        asked = self._rounds.pop(alike)
        task = asyncio.create_task(self._serve(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def give_up(_: "asyncio.Future[Sample]") -> None:
            if all(each.future.cancelled() for each in asked):
                task.cancel()

        for each in asked:
            each.future.add_done_callback(give_up)

    async def _serve(self, asked: Sequence[_Asked]) -> None:
        """Answer every request of a round, by a sample or by why there is none."""
        booking = Booking(
            ledger=self.store, campaign=self.campaign, limits=self.limits, wanted=self._wanted
        )
        try:
            missing = list(asked)
            if self.replay is not Replay.OFF:
                missing = await self._answer_stored(asked)
            if self.replay is Replay.ONLY:
                for each in missing:
                    _answer(each, await self._miss(each.request))
            else:
                await self._pay(missing, booking)
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            for each in asked:
                _answer(each, error)
        finally:
            booking.give_back()
            for each in asked:
                each.future.cancel()

    async def _answer_stored(self, asked: Sequence[_Asked]) -> list[_Asked]:
        """Answer the requests whose samples are stored, and give back the others."""
        stored = await self.store.get_many([each.key for each in asked])
        for each in asked:
            if each.key in stored:
                _answer(each, replace(stored[each.key], replayed=True))
        return [each for each in asked if each.key not in stored]

    async def _miss(self, request: SampleRequest) -> ReplayMissError:
        before = await self.store.asked(request.task_id, request.node)
        differs = nearest_difference(request, before)
        why = "no other sample of this place is stored" if differs is None else differs
        return ReplayMissError(
            f"{request.task_id}: no stored sample of {request.model} for node {request.node}: "
            f"{why}; run once with --selfrepair-replay auto"
        )

    async def _pay(self, asked: Sequence[_Asked], booking: Booking) -> None:
        """Draw what is missing, in one request where the model can."""
        together = (
            len(asked) > 1
            and isinstance(self.model, SeveralModel)
            and asked[0].request.params.seed is None
        )
        groups = [asked] if together else [[each] for each in asked]
        await asyncio.gather(*(self._draw(group, booking) for group in groups if group))

    async def _draw(self, asked: Sequence[_Asked], booking: Booking) -> None:
        """Draw completions, file them, and wait for those that cannot be had now."""
        results = await self._drawn([each.request for each in asked], booking)
        later = [
            each
            for each, result in zip(asked, results, strict=True)
            if isinstance(result, NotNowError)
        ]
        await asyncio.gather(
            *(
                self._file(each, booking, result)
                for each, result in zip(asked, results, strict=True)
                if not isinstance(result, NotNowError)
            ),
            self._wait(later, booking),
        )

    async def _drawn(
        self, requests: Sequence[SampleRequest], booking: Booking
    ) -> list[Sample | Exception]:
        """For each request its sample, or why there is none."""
        model = self.model
        try:
            with under(booking.permit):
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

    async def _wait(self, asked: Sequence[_Asked], booking: Booking) -> None:
        """Wait, with no slot held, until requests can be had or others have drawn the same."""
        async with asyncio.TaskGroup() as drawing:
            while True:
                held = [each for each in asked if booking.holds(each.request)]
                if held:  # beside what waits for room: it makes room when it has ended
                    drawing.create_task(self._pay(held, booking))
                asked = [each for each in asked if each not in held]
                if not asked:
                    return
                try:
                    asked = await self._decided(asked, booking)
                except InfrastructureError as error:
                    for each in asked:
                        _answer(each, error)
                    return

    async def _decided(self, asked: Sequence[_Asked], booking: Booking) -> list[_Asked]:
        """Reserve what can be had, answer what has been decided, and give back all but that."""
        waiting = asyncio.create_task(booking.reserve([each.request for each in asked], waits=True))
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait([waiting, stopped], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise RunEndedError("the run has ended")
            grants = waiting.result()
        finally:
            waiting.cancel()
            stopped.cancel()
        pairs = list(zip(asked, grants, strict=True))
        for each, grant in pairs:
            if isinstance(grant, BudgetSpentError):
                _answer(each, grant)
        stored = [each for each, grant in pairs if grant is NotGranted.STORED]
        gone = await self._answer_stored(stored) if stored else []
        return [
            each
            for each, grant in pairs
            if each in gone or not (isinstance(grant, BudgetSpentError) or each in stored)
        ]

    async def _file(self, asked: _Asked, booking: Booking, result: Sample | Exception) -> None:
        """File what came of a request, and only then hand it over."""
        held = booking.take(asked.request)
        try:
            if isinstance(result, Sample):
                result = await self.store.put(
                    asked.request,
                    self._priced(result),
                    reservation=held,
                    anew=self.replay is Replay.OFF,
                )
            elif held is not None and isinstance(result, InfrastructureError):
                await self.store.release(held)
            elif held is not None:  # not what a model raises without an answer: it may have one
                await self.store.lose(held)
        except InfrastructureError as error:
            result = error
        _answer(asked, result)

    def _answered(self, origin: Origin) -> Answered:
        return Answered(
            name=self.name,
            address=origin.address,
            model=origin.model,
            fingerprint=origin.fingerprint,
            asked_at=self.model.address if isinstance(self.model, Located) else "",
        )

    def _priced(self, sample: Sample) -> Sample:
        if sample.finish_reason == CONTEXT_LIMIT:
            return replace(sample, dollars=0.0)
        if sample.dollars is not None or self.dollars is None:
            return sample
        return replace(sample, dollars=self.dollars(sample.usage))

    def _wanted(self, request: SampleRequest) -> Wanted:
        """The most that a request can cost; no token is shorter than a byte."""
        tokens = request.params.max_tokens
        key = None if self.replay is Replay.OFF else request.key
        if self.dollars is None:
            return Wanted(tokens=tokens, key=key)
        prompt = sum(
            len(message.content.encode("utf-8", "replace")) + TOKENS_AROUND_A_MESSAGE
            for message in request.messages
        )
        most = Usage(completion_tokens=tokens, prompt_tokens=prompt, counted_by="at most")
        return Wanted(tokens=tokens, dollars=self.dollars(most), key=key)


def origins_of(models: Iterable[RecordingModel], task_id: str) -> tuple[Answered, ...]:
    """Where a task's completions came from, whichever of the models drew them."""
    return tuple(sorted(set().union(*(model.take_origins(task_id) for model in models))))


def _answer(asked: _Asked, result: Sample | Exception) -> None:
    if asked.future.done():  # nobody waits
        return
    if isinstance(result, Sample):
        asked.future.set_result(result)
    else:
        asked.future.set_exception(result)

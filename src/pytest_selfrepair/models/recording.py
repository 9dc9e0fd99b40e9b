"""Record and replay: every completion is stored before it is used, and served again for free."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pytest_selfrepair.core.difference import nearest_difference
from pytest_selfrepair.core.ledger import Reservation, RunLimits, Wanted
from pytest_selfrepair.core.sample import (
    CONTEXT_LIMIT,
    Model,
    Sample,
    SampleRequest,
    SampleStore,
    SeveralModel,
    Usage,
)
from pytest_selfrepair.errors import InfrastructureError, ModelError, ReplayMissError

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

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.model.name

    async def sample(self, request: SampleRequest) -> Sample:
        """Serve a stored sample, or draw one and store it.

        Raises:
            ReplayMissError: Replay is `only` and there is no such sample.
            BudgetSpentError: The run may not spend what it would cost.
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
        return await asked.future

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
        try:
            missing = list(asked)
            if self.replay is not Replay.OFF:
                stored = await self.store.get_many([each.key for each in asked])
                missing = [each for each in asked if each.key not in stored]
                for each in asked:
                    if each.key in stored:
                        _answer(each, replace(stored[each.key], replayed=True))
            if self.replay is Replay.ONLY:
                for each in missing:
                    _answer(each, await self._miss(each.request))
            else:
                await self._pay(missing)
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            for each in asked:
                _answer(each, error)
        finally:
            for each in asked:
                each.future.cancel()

    async def _miss(self, request: SampleRequest) -> ReplayMissError:
        before = await self.store.asked(request.task_id, request.node)
        differs = nearest_difference(request, before)
        why = "no other sample of this place is stored" if differs is None else differs
        return ReplayMissError(
            f"{request.task_id}: no stored sample of {request.model} for node {request.node}: "
            f"{why}; run once with --selfrepair-replay auto"
        )

    async def _pay(self, missing: Sequence[_Asked]) -> None:
        """Draw what is missing, as much at a time as the run's limits leave room for."""
        async with asyncio.TaskGroup() as drawing:
            while missing:
                wanted = [self._wanted(each.request) for each in missing]
                try:
                    held = await self.store.reserve(self.campaign, wanted, self.limits)
                except InfrastructureError as error:
                    for each in missing:
                        _answer(each, error)
                    return
                now, missing = missing[: len(held)], missing[len(held) :]
                # Beside what waits for room: it makes room when it has ended.
                drawing.create_task(self._draw(now, held))

    async def _draw(self, asked: Sequence[_Asked], held: Sequence[Reservation]) -> None:
        pairs = list(zip(asked, held, strict=True))
        if (
            len(pairs) > 1
            and isinstance(self.model, SeveralModel)
            and asked[0].request.params.seed is None
        ):
            results = await self._several(self.model, [each.request for each in asked])
            files = (self._file(*pair, result) for pair, result in zip(pairs, results, strict=True))
            await asyncio.gather(*files)
        else:
            await asyncio.gather(*(self._one(*pair) for pair in pairs))

    async def _several(
        self, model: SeveralModel, requests: Sequence[SampleRequest]
    ) -> list[Sample | Exception]:
        try:
            results: list[Sample | Exception] = list(await model.sample_several(requests))
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            return [error] * len(requests)
        lacking = len(requests) - len(results)
        few = ModelError(f"{model.name}: {len(results)} of {len(requests)} completions came back")
        return [*results[: len(requests)], *[few] * lacking]

    async def _one(self, asked: _Asked, held: Reservation) -> None:
        try:
            result: Sample | Exception = await self.model.sample(asked.request)
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            result = error
        await self._file(asked, held, result)

    async def _file(self, asked: _Asked, held: Reservation, result: Sample | Exception) -> None:
        """File what came of a request, and only then hand it over."""
        try:
            if isinstance(result, Sample):
                result = await self.store.put(
                    asked.request,
                    self._priced(result),
                    reservation=held,
                    anew=self.replay is Replay.OFF,
                )
            elif isinstance(result, InfrastructureError):
                await self.store.release(held)
            else:  # not what a model raises when it has no answer: it may have had one
                await self.store.lose(held)
        except InfrastructureError as error:
            result = error
        _answer(asked, result)

    def _priced(self, sample: Sample) -> Sample:
        if sample.finish_reason == CONTEXT_LIMIT:
            return replace(sample, dollars=0.0)
        if sample.dollars is not None or self.dollars is None:
            return sample
        return replace(sample, dollars=self.dollars(sample.usage))

    def _wanted(self, request: SampleRequest) -> Wanted:
        """The most that a request can cost; no token is shorter than a byte."""
        tokens = request.params.max_tokens
        if self.dollars is None:
            return Wanted(tokens=tokens)
        prompt = sum(
            len(message.content.encode("utf-8", "replace")) + TOKENS_AROUND_A_MESSAGE
            for message in request.messages
        )
        most = Usage(completion_tokens=tokens, prompt_tokens=prompt, counted_by="at most")
        return Wanted(tokens=tokens, dollars=self.dollars(most))


def _answer(asked: _Asked, result: Sample | Exception) -> None:
    if asked.future.done():  # nobody waits
        return
    if isinstance(result, Sample):
        asked.future.set_result(result)
    else:
        asked.future.set_exception(result)

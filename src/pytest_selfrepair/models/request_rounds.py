"""Group requests made together into rounds, each served as a whole."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.sample import Sample, SampleRequest, SampleStore

_Alike = tuple[object, ...]
"""The fields that requests of one round share: all but their nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRequest:
    """A request with the future of its sample.

    Attributes:
        request: The request.
        key: The request's key in the store.
        future: The future of its sample.
    """

    request: SampleRequest
    key: str
    future: "asyncio.Future[Sample]"

    def answer(self, result: Sample | Exception) -> None:
        """Set the sample or the failure; does nothing if the future is done."""
        if self.future.done():
            return
        if isinstance(result, Sample):
            self.future.set_result(result)
        else:
            self.future.set_exception(result)


class RequestRounds:
    """Groups requests of one tick of the event loop that differ only in their nodes.

    Args:
        serve: Answers every request of a round; its exceptions reach all who await one.
    """

    def __init__(self, serve: Callable[[Sequence[PendingRequest]], Awaitable[None]]) -> None:
        self._serve = serve
        self._gathering: dict[_Alike, list[PendingRequest]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, request: SampleRequest) -> Sample:
        """Draw the sample of a request, in a round with all like it."""
        loop = asyncio.get_running_loop()
        pending = PendingRequest(request=request, key=request.key, future=loop.create_future())
        alike = (request.model, request.messages, request.params, request.task_id)
        if alike not in self._gathering:
            self._gathering[alike] = []
            loop.call_soon(self._begin, alike)  # once the tick's other requests have joined
        self._gathering[alike].append(pending)
        return await pending.future

    async def aclose(self) -> None:
        """Cancel the rounds under way, and wait for their end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, alike: _Alike) -> None:
        """Start a round; it is cancelled once none of its samples is awaited."""
        pending = self._gathering.pop(alike)
        task = asyncio.create_task(self._run(pending))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def give_up(_: "asyncio.Future[Sample]") -> None:
            if all(each.future.cancelled() for each in pending):
                task.cancel()

        for each in pending:
            each.future.add_done_callback(give_up)

    async def _run(self, pending: Sequence[PendingRequest]) -> None:
        try:
            await self._serve(pending)
        except Exception as error:  # noqa: BLE001 - raised where it is awaited
            for each in pending:
                each.answer(error)
        finally:
            for each in pending:
                each.future.cancel()


async def answer_stored(
    pending: Sequence[PendingRequest], store: SampleStore
) -> list[PendingRequest]:
    """Answer the requests with stored samples.

    Returns:
        The others.

    Raises:
        StoreError: The store cannot be read.
    """
    stored = await store.get_many([each.key for each in pending])
    for each in pending:
        if each.key in stored:
            each.answer(replace(stored[each.key], replayed=True))
    return [each for each in pending if each.key not in stored]

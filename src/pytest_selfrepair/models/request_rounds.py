"""Requests that are made together → rounds, each served as a whole."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from pytest_selfrepair.core.sample import Sample, SampleRequest, SampleStore

_Alike = tuple[object, ...]
"""What requests of one round have in common: all but their nodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRequest:
    """A request whose sample is waited for.

    Attributes:
        request: The request.
        key: The request's key in the store.
        future: What waits for its sample.
    """

    request: SampleRequest
    key: str
    future: "asyncio.Future[Sample]"

    def answer(self, result: Sample | Exception) -> None:
        """Hand over the sample, or why there is none; nothing where nobody waits any more."""
        if self.future.done():
            return
        if isinstance(result, Sample):
            self.future.set_result(result)
        else:
            self.future.set_exception(result)


class RequestRounds:
    """Gathers requests of one tick of the event loop that differ by their nodes alone.

    Args:
        serve: Answers every request of a round; what it raises, all that wait for it get.
    """

    def __init__(self, serve: Callable[[Sequence[PendingRequest]], Awaitable[None]]) -> None:
        self._serve = serve
        self._gathering: dict[_Alike, list[PendingRequest]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, request: SampleRequest) -> Sample:
        """Wait for the sample of a request, in a round with all that are like it."""
        loop = asyncio.get_running_loop()
        pending = PendingRequest(request=request, key=request.key, future=loop.create_future())
        alike = (request.model, request.messages, request.params, request.task_id)
        if alike not in self._gathering:
            self._gathering[alike] = []
            loop.call_soon(self._begin, alike)  # when all of this tick have asked
        self._gathering[alike].append(pending)
        return await pending.future

    async def aclose(self) -> None:
        """Cancel the rounds that are under way, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, alike: _Alike) -> None:
        """Start a round; it ends early only when nobody waits for any of it."""
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
        except Exception as error:  # noqa: BLE001 - it belongs to who waits
            for each in pending:
                each.answer(error)
        finally:
            for each in pending:
                each.future.cancel()


async def answer_stored(
    pending: Sequence[PendingRequest], store: SampleStore
) -> list[PendingRequest]:
    """Answer the requests whose samples are stored.

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

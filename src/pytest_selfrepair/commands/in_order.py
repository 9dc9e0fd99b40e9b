"""Run a few pieces of work concurrently and yield results in input order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")


async def ordered(
    pieces: Iterable[_In], work: Callable[[_In], Awaitable[_Out]], at_once: int
) -> AsyncGenerator[_Out, None]:
    """Yield the result of `work` on each piece, in order, in constant memory.

    Args:
        pieces: Consumed as needed.
        work: Called on each piece; an exception ends the iteration.
        at_once: Pieces worked on at the same time. A slow piece holds back those after it, so up to
            four times as many may be in progress or waiting.
    """
    gate = asyncio.Semaphore(at_once)

    async def turn(piece: _In) -> _Out:
        async with gate:
            return await work(piece)

    under_way: deque[asyncio.Task[_Out]] = deque()
    try:
        for piece in pieces:
            under_way.append(asyncio.create_task(turn(piece)))
            if len(under_way) >= 4 * at_once:
                yield await under_way[0]
                under_way.popleft()
        while under_way:
            yield await under_way[0]
            under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

"""Work done at once, a few pieces at a time, and handed back in the order in which it was given."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

_In = TypeVar("_In")
_Out = TypeVar("_Out")


async def ordered(
    pieces: Iterable[_In], work: Callable[[_In], Awaitable[_Out]], at_once: int
) -> AsyncGenerator[_Out, None]:
    """What `work` makes of each piece, in order; memory does not grow with the number of pieces.

    Args:
        pieces: Drawn as they are needed.
        work: Done for each; what it raises ends all.
        at_once: Pieces that are worked on at the same time. One slow piece holds back what follows
            it, so that up to four times as many may be under way or waiting to be handed back.
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

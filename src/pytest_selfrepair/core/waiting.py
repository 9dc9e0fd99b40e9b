"""Waiting for several things at once, so that nothing that was paid for is cut off."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

_T = TypeVar("_T")


async def all_ended(awaitables: Iterable[Awaitable[_T]]) -> list[_T]:
    """Wait for all, then raise what the first of them raised: none is cancelled half paid for."""
    ended = await asyncio.gather(*awaitables, return_exceptions=True)
    results: list[_T] = []
    for result in ended:
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results

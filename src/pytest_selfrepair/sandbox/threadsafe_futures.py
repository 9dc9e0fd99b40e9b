"""Await results that come from another thread, in any event loop."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from pytest_selfrepair.sandbox.gathered_calls import GatheredCalls

_T = TypeVar("_T")


class ThreadsafeFutures(Generic[_T]):
    """Futures of any event loops; those resolved close together wake their loop once."""

    def __init__(self) -> None:
        self._calls: dict[asyncio.AbstractEventLoop, GatheredCalls] = {}

    def create(self) -> tuple[asyncio.Future[_T], Callable[[_T], None]]:
        """A future of the running loop, and the function that resolves it from any thread."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        calls = self._calls_to(loop)

        def resolve(result: _T) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed, so no caller waits
                calls.add(partial(_set, future, result))

        return future, resolve

    def _calls_to(self, loop: asyncio.AbstractEventLoop) -> GatheredCalls:
        if loop not in self._calls:
            going_on = {each: on for each, on in self._calls.items() if not each.is_closed()}
            self._calls = {**going_on, loop: GatheredCalls(loop.call_soon_threadsafe)}
        return self._calls[loop]


def _set(future: asyncio.Future[_T], result: _T) -> None:
    if not future.done():
        future.set_result(result)

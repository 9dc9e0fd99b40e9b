"""Cache a source's findings on programs, to compute each once for all repairs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pytest_selfrepair.core.feedback import Failure


@dataclass(slots=True)
class Remembered:
    """A cache of texts by task and program; failures are retried."""

    found: dict[tuple[str, str], "asyncio.Task[str]"] = field(default_factory=dict)

    async def of(self, failure: Failure, find: Callable[[Failure], Awaitable[str]]) -> str:
        """Return the text on a failing program, computed on first use."""
        key = failure.task.id, failure.program
        task = self.found.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self.found[key] = asyncio.create_task(_found(failure, find))
        return await task


async def _found(failure: Failure, find: Callable[[Failure], Awaitable[str]]) -> str:
    return await find(failure)

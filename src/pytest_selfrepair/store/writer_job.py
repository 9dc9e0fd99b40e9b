"""Work that the store's thread does, and how those who wait hear of it."""

import asyncio
import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

_T = TypeVar("_T")
Work = Callable[[sqlite3.Connection], _T]
"""Reads or writes by a connection."""


class NotYet:
    """What work returns that has written nothing and is to be tried again later."""


NOT_YET = NotYet()


@dataclass(slots=True, eq=False, kw_only=True)
class WriterJob(Generic[_T]):
    """Work, and who waits for it.

    Attributes:
        work: The work.
        future: What waits: a loop's future, or a thread's.
        loop: The loop of that future; None: a thread's.
        reads: Whether the work writes nothing.
        waits: Whether it may say `NOT_YET`.
        keeps: Whether it is tried again later where it fails.
    """

    work: "Work[_T | NotYet]"
    future: "asyncio.Future[_T] | Future[_T]"
    loop: asyncio.AbstractEventLoop | None = None
    reads: bool = False
    waits: bool = False
    keeps: bool = False


JobOutcome = tuple["WriterJob[object]", object, Exception | None]
"""A job, what its work returned, and what it raised."""


def answer(outcomes: Sequence[JobOutcome]) -> None:
    """Tell those who wait; each loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[JobOutcome]] = defaultdict(list)
    for outcome in outcomes:
        if (loop := outcome[0].loop) is None:
            _resolve([outcome])
        else:
            by_loop[loop].append(outcome)
    for loop, its in by_loop.items():
        with contextlib.suppress(RuntimeError):  # it was closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(outcomes: Sequence[JobOutcome]) -> None:
    for job, result, error in outcomes:
        if job.future.done():  # cancelled
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)

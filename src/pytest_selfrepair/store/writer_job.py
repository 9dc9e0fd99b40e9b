"""Jobs of the store's thread and their results."""

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
    """Returned by a job that has written nothing and must be rerun later."""


NOT_YET = NotYet()


@dataclass(slots=True, eq=False, kw_only=True)
class WriterJob(Generic[_T]):
    """A job and the future of its result.

    Attributes:
        work: The function to run.
        future: The future: an event loop's, or a thread's.
        loop: The future's loop; None for a thread's.
        reads: Whether the function only reads.
        waits: Whether it may return `NOT_YET`.
        keeps: Whether it is retried later if it fails.
    """

    work: "Work[_T | NotYet]"
    future: "asyncio.Future[_T] | Future[_T]"
    loop: asyncio.AbstractEventLoop | None = None
    reads: bool = False
    waits: bool = False
    keeps: bool = False


JobOutcome = tuple["WriterJob[object]", object, Exception | None]
"""A job with its result and its exception."""


def answer(outcomes: Sequence[JobOutcome]) -> None:
    """Set the results of jobs, waking each loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[JobOutcome]] = defaultdict(list)
    for outcome in outcomes:
        if (loop := outcome[0].loop) is None:
            _resolve([outcome])
        else:
            by_loop[loop].append(outcome)
    for loop, its in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(outcomes: Sequence[JobOutcome]) -> None:
    for job, result, error in outcomes:
        if job.future.done():  # cancelled
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)

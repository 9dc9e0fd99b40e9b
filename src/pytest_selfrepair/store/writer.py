"""One thread that does all the work of a process on the store, as much as waits in one commit.

A commit costs a write that reaches the disk, however much is in it. So whatever has come while the
last one was under way goes into the next one together, and is answered when it is on disk.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.store_failure import explain, is_busy

POLL_SECONDS = 0.05
"""How often work that waits for other processes looks whether they have written anything."""
DEATH_SECONDS = 1.0
"""How often it looks whether they have died, which writes nothing."""

_MOST_AT_ONCE = 512

_T = TypeVar("_T")
_Work = Callable[[sqlite3.Connection], _T]


class NotYet:
    """What work returns that has written nothing and is to be tried again later."""


NOT_YET = NotYet()


@dataclass(slots=True, eq=False, kw_only=True)
class _Job(Generic[_T]):
    """Work, and who waits for it: a loop's future, or a thread's."""

    work: "_Work[_T | NotYet]"
    reads: bool
    waits: bool
    keeps: bool
    loop: asyncio.AbstractEventLoop | None
    future: "asyncio.Future[_T] | Future[_T]"


_Outcome = tuple["_Job[object]", object, Exception | None]


class Writer:
    """The thread and its connection.

    Args:
        path: The store's file, for messages.
        connection: To it; used by the thread alone from now on.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._waiting: list[_Job[object]] = []
        self._unkept: list[_Job[object]] = []
        self._seen = (0, 0.0)
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="selfrepair-store", daemon=True)
        self._thread.start()

    async def do(
        self,
        work: "_Work[_T | NotYet]",
        *,
        reads: bool = False,
        waits: bool = False,
        keeps: bool = False,
    ) -> _T:
        """Have work done in a transaction; when this returns, what it wrote is on disk.

        Args:
            work: Does it, by the connection. It may be done over when something else fails.
            reads: It writes nothing.
            waits: It may say `NOT_YET`: it is done after what does not, first come first served.
            keeps: Where it fails it is tried again with later work and at the end: there was paid
                for what it writes.

        Raises:
            StoreError: The file cannot be read or written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        self._submit(
            _Job(work=work, reads=reads, waits=waits, keeps=keeps, loop=loop, future=future)
        )
        return await future

    def wait(self, work: "_Work[_T]", *, reads: bool = False) -> _T:
        """The same, where no event loop runs.

        Raises:
            StoreError: The file cannot be read or written.
        """
        future: Future[_T] = Future()
        self._submit(
            _Job(work=work, reads=reads, waits=False, keeps=False, loop=None, future=future)
        )
        return future.result()

    def post(self, work: "_Work[object]") -> None:
        """Have work done after all that was asked for before; nobody waits for it."""
        with contextlib.suppress(StoreError):
            self._submit(
                _Job(work=work, reads=False, waits=False, keeps=False, loop=None, future=Future())
            )

    def close(self, last: "_Work[None] | None") -> None:
        """Do what is waiting and some last work, as far as can be, and give back the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._jobs.put(None)
        self._thread.join()
        if last is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._in_transaction(last)
        self._connection.close()

    def _submit(self, job: "_Job[_T]") -> None:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path}: the store is closed")
            self._jobs.put(job)  # type: ignore[arg-type]  # what it returns goes to its own future

    def _run(self) -> None:
        more = True
        while more:
            jobs, more = self._next()
            _answer([self._alone(job) for job in jobs if job.reads])
            writing = [job for job in jobs if not job.reads and not job.waits]
            self._waiting += [job for job in jobs if job.waits]
            changed = any(not job.reads for job in jobs)
            if self._waiting and (changed or self._others_moved()):
                writing += [job for job in self._waiting if not job.future.cancelled()]
                self._waiting = []
            if writing:
                _answer(self._together(writing))
        self._keep()
        closed = StoreError(f"{self._path}: the store is closed")
        _answer([(job, None, closed) for job in self._waiting])

    def _next(self) -> tuple[list["_Job[object]"], bool]:
        """What is to be done now, and whether anything can come after it."""
        jobs: list[_Job[object]] = []
        with contextlib.suppress(queue.Empty):
            job = self._jobs.get(timeout=POLL_SECONDS if self._waiting else None)
            while job is not None:
                jobs.append(job)
                if len(jobs) == _MOST_AT_ONCE:
                    return jobs, True
                job = self._jobs.get_nowait()
            return jobs, False
        return jobs, True

    def _others_moved(self) -> bool:
        """Whether another process has written, or is to be looked after."""
        version, looked = self._seen
        now = time.monotonic()
        try:
            current = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return True  # whoever waits is to hear of it
        if current == version and now - looked < DEATH_SECONDS:
            return False
        self._seen = (current, now)
        return True

    def _together(self, jobs: list["_Job[object]"]) -> list[_Outcome]:
        """Do several jobs in one transaction; where one fails, each in its own."""
        try:
            results = self._in_transaction(
                lambda connection: [job.work(connection) for job in jobs]
            )
            outcomes: list[_Outcome] = [
                (job, result, None) for job, result in zip(jobs, results, strict=True)
            ]
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            if len(jobs) == 1 or is_busy(error):
                outcomes = [self._failed(job, error) for job in jobs]
            else:
                outcomes = [self._alone(job) for job in jobs]
        else:
            self._keep()
        self._waiting += [job for job, result, _ in outcomes if result is NOT_YET]
        return [outcome for outcome in outcomes if outcome[1] is not NOT_YET]

    def _alone(self, job: "_Job[object]") -> _Outcome:
        try:
            if job.reads:
                return job, job.work(self._connection), None
            return job, self._in_transaction(job.work), None
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            return self._failed(job, error)

    def _failed(self, job: "_Job[object]", error: Exception) -> _Outcome:
        if job.keeps:
            self._unkept.append(job)
        if isinstance(error, sqlite3.Error | OSError):
            error = explain(self._path, error)
        return job, None, error

    def _keep(self) -> None:
        """Try again to write what was paid for and could not be written."""
        for job in self._unkept[:]:
            try:
                self._in_transaction(job.work)
            except Exception:  # noqa: BLE001 - it was said when it was new
                return
            self._unkept.remove(job)

    def _in_transaction(self, work: "_Work[_T]") -> _T:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it already
                connection.execute("ROLLBACK")
            raise
        return result


def _answer(outcomes: Sequence[_Outcome]) -> None:
    """Tell those who wait; each loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if (loop := outcome[0].loop) is None:
            _resolve([outcome])
        else:
            by_loop[loop].append(outcome)
    for loop, its in by_loop.items():
        with contextlib.suppress(RuntimeError):  # it was closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, its)


def _resolve(outcomes: Sequence[_Outcome]) -> None:
    for job, result, error in outcomes:
        if job.future.done():  # cancelled
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)

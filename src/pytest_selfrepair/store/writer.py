"""Run all of a process's jobs on the store in one thread, batching them into commits.

A commit costs a disk write, whatever its size. All jobs that arrive during one therefore go into
the next together, and are answered once that is on disk.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.transactions import Transactions
from pytest_selfrepair.store.writer_job import NOT_YET, NotYet, Work, WriterJob, answer

POLL_SECONDS = 0.05
"""The interval, in seconds, at which waiting jobs check for writes of other processes."""

_MOST_AT_ONCE = 512

_T = TypeVar("_T")


class Writer:
    """The store's thread and its connection.

    Args:
        path: The store's file, for messages.
        connection: The connection, used only by the thread from now on.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._transactions = Transactions(path, connection)
        self._jobs: queue.SimpleQueue[WriterJob[object] | None] = queue.SimpleQueue()
        self._waiting: list[WriterJob[object]] = []
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="selfrepair-store", daemon=True)
        self._thread.start()

    async def do(
        self,
        work: Work[_T | NotYet],
        *,
        reads: bool = False,
        waits: bool = False,
        keeps: bool = False,
    ) -> _T:
        """Run a function in a transaction, which is on disk when this returns.

        Args:
            work: The function of the connection; it may be rerun when another job fails.
            reads: Whether it only reads.
            waits: Whether it may return `NOT_YET`: it then runs after jobs that do not, in order.
            keeps: Whether it is retried with later jobs, and at the end, if it fails, because it
                writes something paid for.

        Raises:
            StoreError: The file cannot be read or written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        self._submit(
            WriterJob(work=work, future=future, loop=loop, reads=reads, waits=waits, keeps=keeps)
        )
        return await future

    def wait(self, work: Work[_T], *, reads: bool = False) -> _T:
        """Like `do`, for threads without an event loop.

        Raises:
            StoreError: The file cannot be read or written.
        """
        future: Future[_T] = Future()
        self._submit(WriterJob(work=work, future=future, reads=reads))
        return future.result()

    def post(self, work: Work[object]) -> None:
        """Run a function after all earlier jobs, without waiting for it."""
        with contextlib.suppress(StoreError):
            self._submit(WriterJob(work=work, future=Future()))

    def close(self, last: Work[None] | None) -> None:
        """Run pending jobs and a last one, as far as possible, and close the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._jobs.put(None)
        self._thread.join()
        if last is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._transactions.commit(last)
        self._transactions.close()

    def _submit(self, job: WriterJob[_T]) -> None:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path}: the store is closed")
            self._jobs.put(job)  # type: ignore[arg-type]  # its result goes to its own future

    def _run(self) -> None:
        """Run jobs until the writer is closed; the thread's target."""
        transactions = self._transactions
        more = True
        while more:
            jobs, more = self._next()
            answer([transactions.alone(job) for job in jobs if job.reads])
            writing = [job for job in jobs if not job.reads and not job.waits]
            self._waiting += [job for job in jobs if job.waits]
            changed = any(not job.reads for job in jobs)
            if self._waiting and (changed or transactions.changed_by_others()):
                writing += [job for job in self._waiting if not job.future.cancelled()]
                self._waiting = []
            if writing:
                outcomes = transactions.together(writing)
                self._waiting += [job for job, result, _ in outcomes if result is NOT_YET]
                answer([outcome for outcome in outcomes if outcome[1] is not NOT_YET])
        transactions.keep()
        closed = StoreError(f"{self._path}: the store is closed")
        answer([(job, None, closed) for job in self._waiting])

    def _next(self) -> tuple[list[WriterJob[object]], bool]:
        """The jobs to run now, and whether more can follow."""
        jobs: list[WriterJob[object]] = []
        with contextlib.suppress(queue.Empty):
            job = self._jobs.get(timeout=POLL_SECONDS if self._waiting else None)
            while job is not None:
                jobs.append(job)
                if len(jobs) == _MOST_AT_ONCE:
                    return jobs, True
                job = self._jobs.get_nowait()
            return jobs, False
        return jobs, True

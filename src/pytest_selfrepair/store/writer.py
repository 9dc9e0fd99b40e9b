"""One thread that does all the work of a process on the store, as much as waits in one commit.

A commit costs a write that reaches the disk, however much is in it. So whatever has come while the
last one was under way goes into the next one together, and is answered when it is on disk.
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
"""How often work that waits for other processes looks whether they have written anything."""

_MOST_AT_ONCE = 512

_T = TypeVar("_T")


class Writer:
    """The thread and its connection.

    Args:
        path: The store's file, for messages.
        connection: To it; used by the thread alone from now on.
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
            WriterJob(work=work, future=future, loop=loop, reads=reads, waits=waits, keeps=keeps)
        )
        return await future

    def wait(self, work: Work[_T], *, reads: bool = False) -> _T:
        """The same, where no event loop runs.

        Raises:
            StoreError: The file cannot be read or written.
        """
        future: Future[_T] = Future()
        self._submit(WriterJob(work=work, future=future, reads=reads))
        return future.result()

    def post(self, work: Work[object]) -> None:
        """Have work done after all that was asked for before; nobody waits for it."""
        with contextlib.suppress(StoreError):
            self._submit(WriterJob(work=work, future=Future()))

    def close(self, last: Work[None] | None) -> None:
        """Do what is waiting and some last work, as far as can be, and give back the file."""
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
            self._jobs.put(job)  # type: ignore[arg-type]  # what it returns goes to its own future

    def _run(self) -> None:
        """Do jobs until the writer is closed; all of the thread."""
        transactions = self._transactions
        more = True
        while more:
            jobs, more = self._next()
            answer([transactions.alone(job) for job in jobs if job.reads])
            writing = [job for job in jobs if not job.reads and not job.waits]
            self._waiting += [job for job in jobs if job.waits]
            changed = any(not job.reads for job in jobs)
            if self._waiting and (changed or transactions.others_moved()):
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
        """What is to be done now, and whether anything can come after it."""
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

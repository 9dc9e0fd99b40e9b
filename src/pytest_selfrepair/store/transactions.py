"""Run the store's jobs by its connection, as many as possible in one transaction."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pytest_selfrepair.store.store_failure import explain, is_busy
from pytest_selfrepair.store.writer_job import JobOutcome, Work, WriterJob

DEATH_SECONDS = 1.0
"""The interval, in seconds, at which waiting jobs look for dead processes."""

_T = TypeVar("_T")


class Transactions:
    """Runs jobs by one connection.

    Args:
        path: The store's file, for messages.
        connection: The connection.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._unkept: list[WriterJob[object]] = []
        self._seen = (0, 0.0)

    def alone(self, job: WriterJob[object]) -> JobOutcome:
        """Run a job in a transaction of its own, or without one if it only reads."""
        try:
            if job.reads:
                return job, job.work(self._connection), None
            return job, self.commit(job.work), None
        except Exception as error:  # noqa: BLE001 - raised for the waiting caller
            return self._failed(job, error)

    def together(self, jobs: Sequence[WriterJob[object]]) -> list[JobOutcome]:
        """Run several jobs in one transaction; if one fails, each in its own."""
        try:
            results = self.commit(lambda connection: [job.work(connection) for job in jobs])
        except Exception as error:  # noqa: BLE001 - raised for the waiting caller
            if len(jobs) == 1 or is_busy(error):
                return [self._failed(job, error) for job in jobs]
            return [self.alone(job) for job in jobs]
        self.keep()
        return [(job, result, None) for job, result in zip(jobs, results, strict=True)]

    def keep(self) -> None:
        """Retry the writes of paid samples that failed before."""
        for job in self._unkept[:]:
            try:
                self.commit(job.work)
            except Exception:  # noqa: BLE001 - reported the first time
                return
            self._unkept.remove(job)

    def commit(self, work: Work[_T]) -> _T:
        """Run a function in a transaction of its own.

        Raises:
            Exception: That of the function, or `sqlite3.Error`; nothing is written.
        """
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite ends it itself if the disk is full
                connection.execute("ROLLBACK")
            raise
        return result

    def changed_by_others(self) -> bool:
        """Whether another process has written, or it is time to look for dead processes."""
        version, looked = self._seen
        now = time.monotonic()
        try:
            current = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return True  # the waiting jobs will meet the error
        if current == version and now - looked < DEATH_SECONDS:
            return False
        self._seen = (current, now)
        return True

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _failed(self, job: WriterJob[object], error: Exception) -> JobOutcome:
        if job.keeps:
            self._unkept.append(job)
        if isinstance(error, sqlite3.Error | OSError):
            error = explain(self._path, error)
        return job, None, error

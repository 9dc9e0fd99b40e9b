"""Sandboxes that outlive the judge that has started them: the next judge's programs run in them.

Starting one costs a tenth of a second of processor time, and most tests judge two or three
programs. What a zygote has judged leaves nothing behind, as the tests of the sandbox show; those
start their own.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from pytest_selfrepair.sandbox import isolation
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.processor import Processors
from pytest_selfrepair.sandbox.zygotes import Zygotes

# ruff: noqa: SLF001 - nothing but tests has a use for what is private there

_Kind = tuple[tuple[str, ...], int | None, bool]
"""The command, the processor if it has one, and whether it sees expected outputs."""


class WarmSandboxes:
    """Idle zygotes, by kind."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Kind, list[ZygoteProcess]] = defaultdict(list)
        self._problems: dict[tuple[str, ...], str | None] = {}
        # A sandbox dies with the thread that has started it, and the threads of judges end.
        self._starting = ThreadPoolExecutor(1)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let judges take zygotes from here, and leave them here when they close.

        A way to isolate programs is tried once, and no judge waits for a processor of its own.
        """
        take, close, find_problem = Zygotes._idle_zygote, Zygotes.close, isolation._problem

        def taken(zygotes: Zygotes, number: int | None) -> ZygoteProcess | None:
            idle = self._idle[_kind(zygotes, number)]
            return take(zygotes, number) or (idle.pop() if idle else None)

        def leave(zygotes: Zygotes) -> None:
            with zygotes._lock:
                idle, zygotes._idle = zygotes._idle, []
            for number, zygote in idle:
                self._idle[_kind(zygotes, number)].append(zygote)
            close(zygotes)

        def problem(tried: isolation.Isolation) -> str | None:
            if tried.command not in self._problems:
                self._problems[tried.command] = find_problem(tried)
            return self._problems[tried.command]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pytest_selfrepair.sandbox.zygotes.ZygoteProcess", self._started)
            patch.setattr("pytest_selfrepair.sandbox.sandbox_judge.Processors", _shared_processors)
            patch.setattr(Zygotes, "_idle_zygote", taken)
            patch.setattr(Zygotes, "close", leave)
            patch.setattr(isolation, "_problem", problem)
            yield

    def _started(self, command: tuple[str, ...], environment: Mapping[str, str]) -> ZygoteProcess:
        processors = os.sched_getaffinity(0)

        def start() -> ZygoteProcess:
            os.sched_setaffinity(0, processors)
            return ZygoteProcess(command, environment)

        return self._starting.submit(start).result()

    def empty(self) -> None:
        """End all that are idle."""
        for zygotes in self._idle.values():
            while zygotes:
                zygotes.pop().close()

    def close(self) -> None:
        """End them all, for good."""
        self.empty()
        self._starting.shutdown()


def _kind(zygotes: Zygotes, number: int | None) -> _Kind:
    return zygotes._command, number, zygotes._processors is None


def _shared_processors() -> Processors:
    processors = Processors()
    processors.numbers = ()
    return processors

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
from pytest_selfrepair.sandbox.zygotes import Zygotes

_Kind = tuple[tuple[str, ...], tuple[tuple[str, str], ...], frozenset[int]]


class WarmSandboxes:
    """Idle zygotes by how they were started, and on which processors."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Kind, list[ZygoteProcess]] = defaultdict(list)
        self._kinds: dict[ZygoteProcess, _Kind] = {}
        self._problems: dict[tuple[str, ...], str | None] = {}
        # A sandbox dies with the thread that has started it, and the threads of judges end.
        self._starting = ThreadPoolExecutor(1)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let judges take zygotes from here, and leave them here when they close.

        A way to isolate programs is tried once.
        """
        close, find_problem = Zygotes.close, isolation._problem  # noqa: SLF001 - nothing but tests has a use for that

        def problem(tried: isolation.Isolation) -> str | None:
            if tried.command not in self._problems:
                self._problems[tried.command] = find_problem(tried)
            return self._problems[tried.command]

        def leave(zygotes: Zygotes) -> None:
            with zygotes._lock:  # noqa: SLF001 - as above
                idle, zygotes._idle = zygotes._idle, []  # noqa: SLF001 - as above
            for _, zygote in idle:
                self._idle[self._kinds[zygote]].append(zygote)
            close(zygotes)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pytest_selfrepair.sandbox.zygotes.ZygoteProcess", self._started)
            patch.setattr(Zygotes, "close", leave)
            patch.setattr(isolation, "_problem", problem)
            yield

    def _started(self, command: tuple[str, ...], environment: Mapping[str, str]) -> ZygoteProcess:
        kind = command, tuple(environment.items()), frozenset(os.sched_getaffinity(0))
        if self._idle[kind]:
            return self._idle[kind].pop()

        def start() -> ZygoteProcess:
            os.sched_setaffinity(0, kind[2])
            return ZygoteProcess(command, environment)

        zygote = self._starting.submit(start).result()
        self._kinds[zygote] = kind
        return zygote

    def close(self) -> None:
        """End them all."""
        for zygotes in self._idle.values():
            for zygote in zygotes:
                zygote.close()
        self._starting.shutdown()

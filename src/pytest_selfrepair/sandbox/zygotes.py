"""Start zygotes on demand, lend each to one program at a time, and end broken ones."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping

from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.processor import Processors, kept_to
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError

_PATIENCE = 60.0
"""Seconds to wait for a processor of its own, before a program runs along with others."""

_PAUSE = 0.002  # seconds between attempts to reserve a processor


class Lease:
    """The right to use zygotes during one judgement; cancelling it ends them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._zygotes: set[ZygoteProcess] = set()

    def cancel(self) -> None:
        """End the lent zygotes, and lend no more."""
        with self._lock:
            self._cancelled = True
            for zygote in self._zygotes:
                zygote.kill()

    @property
    def cancelled(self) -> bool:
        """Whether the judgement is no longer awaited."""
        return self._cancelled

    def take(self, zygote: ZygoteProcess) -> None:
        """Note a lent zygote."""
        with self._lock:
            self._zygotes.add(zygote)
            if self._cancelled:
                zygote.kill()

    def give_back(self, zygote: ZygoteProcess) -> None:
        """Note a returned zygote."""
        with self._lock:
            self._zygotes.discard(zygote)


class Zygotes:
    """The idle and the lent zygotes of one command.

    Args:
        command: The command that starts one.
        environment: The complete environment of the command.
        processors: The processors, each for one program; None: programs share all.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        processors: Processors | None = None,
    ) -> None:
        self._command, self._environment, self._processors = command, environment, processors
        self._lock = threading.Lock()
        self._idle: list[tuple[int | None, ZygoteProcess]] = []
        self._lent: set[ZygoteProcess] = set()
        self._closed = False

    @contextlib.contextmanager
    def leased(self, lease: Lease) -> Iterator[ZygoteProcess]:
        """Lend a zygote within the block; it is ended if the block fails.

        Raises:
            BrokenZygoteError: It broke or cannot be started; the message ends with its last output.
        """
        number = self._claimed(lease)
        try:
            with self._lock:
                if self._closed:
                    raise BrokenZygoteError("the judge is closed")
                zygote = self._idle_zygote(number)
            if zygote is None:
                with kept_to(number):
                    zygote = ZygoteProcess(self._command, self._environment)
            yield from self._used(zygote, number, lease)
        finally:
            if number is not None and self._processors is not None:
                self._processors.give_back(number)

    def _used(
        self, zygote: ZygoteProcess, number: int | None, lease: Lease
    ) -> Iterator[ZygoteProcess]:
        self._lend(zygote)
        lease.take(zygote)
        sound = False
        try:
            yield zygote
            sound = True
        except BrokenZygoteError as error:
            raise BrokenZygoteError(f"{error} {zygote.error_output().strip()}".strip()) from error
        finally:
            lease.give_back(zygote)
            with self._lock:
                self._lent.discard(zygote)
                sound = sound and not self._closed
                if sound:
                    self._idle.append((number, zygote))
            if not sound:
                zygote.close()

    def _claimed(self, lease: Lease) -> int | None:
        """Reserve a processor for one program; None where programs share them."""
        if self._processors is None or not self._processors.numbers:
            return None
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and not (lease.cancelled or self._closed):
            with self._lock:
                known = [number for number, _ in reversed(self._idle) if number is not None]
            for number in dict.fromkeys((*known, *self._processors.numbers)):
                if self._processors.claim(number):
                    return number
            time.sleep(_PAUSE)
        return None

    def _idle_zygote(self, number: int | None) -> ZygoteProcess | None:
        """Take an idle zygote pinned to a processor."""
        for at, (kept, zygote) in enumerate(self._idle):
            if kept == number:
                del self._idle[at]
                return zygote
        return None

    def _lend(self, zygote: ZygoteProcess) -> None:
        with self._lock:
            self._lent.add(zygote)
            if self._closed:
                zygote.kill()

    def close(self) -> None:
        """End all zygotes; the users of lent ones close them."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for zygote in self._lent:
                zygote.kill()
        for _, zygote in idle:
            zygote.close()

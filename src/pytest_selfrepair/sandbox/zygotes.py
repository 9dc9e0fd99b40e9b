"""The zygotes of a judge: started when needed, lent to one program at a time, ended when broken."""

import contextlib
import threading
from collections.abc import Iterator, Mapping

from pytest_selfrepair.sandbox.process import BrokenZygoteError, ZygoteProcess


class Lease:
    """The right to zygotes for as long as one judgement lasts; cancelling it ends them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._zygotes: set[ZygoteProcess] = set()

    def cancel(self) -> None:
        """End the zygotes that are lent, if any, and lend no more."""
        with self._lock:
            self._cancelled = True
            for zygote in self._zygotes:
                zygote.kill()

    @property
    def cancelled(self) -> bool:
        """True where nobody waits for the judgement any more."""
        return self._cancelled

    def take(self, zygote: ZygoteProcess) -> None:
        """Note what is lent."""
        with self._lock:
            self._zygotes.add(zygote)
            if self._cancelled:
                zygote.kill()

    def give_back(self, zygote: ZygoteProcess) -> None:
        """Note that it is lent no more."""
        with self._lock:
            self._zygotes.discard(zygote)


class Zygotes:
    """The idle zygotes, and those that are lent.

    Args:
        command: What starts one.
        environment: The whole environment of that command.
    """

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._command, self._environment = command, environment
        self._lock = threading.Lock()
        self._idle: list[ZygoteProcess] = []
        self._lent: set[ZygoteProcess] = set()
        self._closed = False

    @contextlib.contextmanager
    def lent(self, lease: Lease) -> Iterator[ZygoteProcess]:
        """A zygote, which is ended where the work with it does not end well.

        Raises:
            BrokenZygoteError: It broke or cannot be started; its last words are added.
        """
        with self._lock:
            if self._closed:
                raise BrokenZygoteError("the judge is closed")
            zygote = self._idle.pop() if self._idle else None
        if zygote is None:
            zygote = ZygoteProcess(self._command, self._environment)
        self._lend(zygote)
        lease.take(zygote)
        sound = False
        try:
            yield zygote
            sound = True
        except BrokenZygoteError as error:
            raise BrokenZygoteError(f"{error} {zygote.last_words().strip()}".strip()) from error
        finally:
            lease.give_back(zygote)
            with self._lock:
                self._lent.discard(zygote)
                sound = sound and not self._closed
                if sound:
                    self._idle.append(zygote)
            if not sound:
                zygote.close()

    def _lend(self, zygote: ZygoteProcess) -> None:
        with self._lock:
            self._lent.add(zygote)
            if self._closed:
                zygote.kill()

    def close(self) -> None:
        """End them all; those that are lent are closed by whoever uses them."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for zygote in self._lent:
                zygote.kill()
        for zygote in idle:
            zygote.close()

"""Watches one child of the zygote from its fork to the end of all that descends from it.

What the child says of itself is passed on as a claim; what it used is measured here.
"""

import contextlib
import ctypes
import math
import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

if __package__:
    from pytest_selfrepair.sandbox import child, leftovers, runner
else:  # a plain file beside its siblings
    import child  # type: ignore[import-not-found,no-redef]
    import leftovers  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]

_TAIL = 4_000  # bytes of standard error and of a trace that are passed on
_GRACE = 0.2  # seconds between the signal that asks where a program is and the one that ends it
_PATIENCE = 0.02  # seconds between looks at a child whose end the system does not tell
_LONGEST_REST = 2  # milliseconds
_CHUNK = 1 << 16
_LIBC = ctypes.PyDLL(None, use_errno=True)  # which keeps the lock of the interpreter

Fields = dict[str, Any]  # what JSON carries


class Watch:
    """One child and the cases that it runs.

    Args:
        work: What the child does.
        first: The first case that it runs.
        send: Takes messages, one for every case that ended.
    """

    def __init__(self, work: child.Work, first: int, send: Callable[[list[Fields]], None]) -> None:
        self._work, self._send = work, send
        self._case = self._first = first
        self._pid = self._channel = -1
        self._files: list[IO[bytes]] = []  # standard input, output and error, and the trace
        self._limited = self._compiled = self._garbled = self._stopped = False
        self._rests = False
        self._asked = self._timed_out = False  # where it is; it had more than its time
        self._cpu = 0.0  # seconds, up to the end of the last case
        self._spent: float | None = None  # seconds in all, once it has ended
        self._deadline = 0.0
        self._heard = bytearray()
        self._longest = 2 * work.limits["output_bytes"] + _CHUNK

    def run(self, commands: int, is_stop: Callable[[], bool]) -> None:
        """Fork, report cases until the child is dead, and see to it that nothing of it is left.

        Args:
            commands: A descriptor that is readable where there may be word to stop.
            is_stop: Whether there is.
        """
        with contextlib.ExitStack() as stack:
            self._files = [stack.enter_context(_anonymous_file()) for _ in range(4)]
            self._files[0].write(self._work.stdin(self._case))
            self._files[0].seek(0)
            self._channel, writing = os.pipe()
            stack.callback(os.close, self._channel)
            os.set_blocking(self._channel, False)
            self._pid = _fork()
            if self._pid == 0:
                numbers = [file.fileno() for file in self._files]
                child.run(self._work, self._case, [*numbers[:3], writing, numbers[3]])
            os.close(writing)
            status, self._spent = self._wait(commands, is_stop)
            self.end()
            self._hear()
            if self._stopped:
                return
            if not self._limited:
                raise RuntimeError(f"a child could not be limited: {self._stderr()}")
            if self._case < len(self._work.inputs) and not self._rests:
                self._report_end(status, self._spent)

    def end(self) -> None:
        """End the child and whatever descends from it, and remove its files."""
        leftovers.end_descendants(self._pid if self._pid > 0 else None)
        leftovers.empty_scratch()

    def _wait(self, commands: int, is_stop: Callable[[], bool]) -> tuple[int, float]:
        self._deadline = time.monotonic() + self._work.limits["wall_seconds"]
        poller, rest = select.poll(), select.poll()
        poller.register(self._channel, select.POLLIN)
        with _end_of(self._pid) as end:
            for number in (commands, end):
                if number is not None:
                    poller.register(number, select.POLLIN)
                    rest.register(number, select.POLLIN)
            while True:
                patience = min(self._deadline - time.monotonic(), self._cpu_left())
                if end is None:
                    patience = min(patience, _PATIENCE)
                ready = rest.poll(self._rest()) or poller.poll(max(0.0, patience) * 1000 + 1)
                numbers = [number for number, _ in ready]
                if self._channel in numbers and not self._hear():
                    poller.unregister(self._channel)
                if commands in numbers and is_stop():
                    self._stopped = True
                    self._kill(signal.SIGKILL)
                if end is None or end in numbers:
                    pid, status, usage = os.wait4(self._pid, os.WNOHANG)
                    if pid:
                        return status, usage.ru_utime + usage.ru_stime
                late = time.monotonic() >= self._deadline
                if late or self._cpu_left() <= 0:
                    self._kill(signal.SIGKILL if self._asked else signal.SIGXCPU)
                    self._timed_out |= late and not self._asked
                    self._asked = True
                    self._deadline = time.monotonic() + _GRACE

    def _rest(self) -> int:
        """Milliseconds for words to gather, since each that wakes this process slows the child too.

        The more cases have passed, the less likely the next one is to be the last that matters.
        """
        if self._heard:
            return 0  # a word is not complete
        return min(self._case - self._first, _LONGEST_REST) if self._compiled else 1

    def _cpu_left(self) -> float:
        """CPU seconds that the case has left, as far as that is to be watched here."""
        used = None if self._asked else _cpu_seconds(self._pid)
        if used is None:
            return math.inf
        left: float = self._work.limits["cpu_seconds"] + self._cpu - used
        return left

    def _kill(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, number)

    def _hear(self) -> bool:
        """Take what the child has said; false where it will say no more."""
        while True:
            try:
                said = os.read(self._channel, _CHUNK)
            except BlockingIOError:
                return True
            if not said:
                return False
            if self._garbled or self._stopped:
                continue
            self._heard += said
            messages: list[Fields] = []
            while len(self._heard) >= 4:  # noqa: PLR2004 - bytes of a length
                size = int.from_bytes(self._heard[:4], "big")
                if size > self._longest:
                    self._garbled = True
                    self._kill(signal.SIGKILL)
                    break
                if len(self._heard) < 4 + size:
                    break
                message = bytes(self._heard[4 : 4 + size])
                del self._heard[: 4 + size]
                messages += self._understood(message[:1], message[1:])
            self._send(messages)

    def _understood(self, kind: bytes, message: bytes) -> Iterator[Fields]:
        head = child.CASE_HEAD
        if kind == child.LIMITED and not self._limited:
            self._limited = True
        elif kind == child.COMPILED and self._limited and not self._compiled:
            self._compiled = True
            self._cpu = _cpu_seconds(self._pid) or 0.0
        elif kind == child.RESTS and self._case > self._first:
            self._rests = True
        elif kind == child.UNCOMPILED and self._limited and not self._compiled:
            yield {"report": {"report": _text(message)}}
            self._stopped = True
        elif (
            kind == child.CASE
            and self._compiled
            and self._case < len(self._work.inputs)
            and len(message) >= head.size
        ):
            claimed, length, full = head.unpack_from(message)
            stdout = message[head.size : head.size + length]
            measured = _cpu_seconds(self._pid) if self._spent is None else self._spent
            used = claimed if measured is None else measured - self._cpu
            self._cpu += used
            report = {
                "timed_out": self._timed_out,
                "cpu_seconds": used,
                "stdout": _text(stdout),
                "full": full or len(stdout) >= self._work.limits["output_bytes"],
                "report": _text(message[head.size + length :]),
            }
            yield {"case": self._case, "report": report}
            self._case += 1
            self._asked = self._timed_out = False
            self._deadline = time.monotonic() + self._work.limits["wall_seconds"]
        else:
            self._garbled = True
            self._kill(signal.SIGKILL)

    def _report_end(self, status: int, cpu_seconds: float) -> None:
        """Report the case, or the compilation, in which the child came to its end."""
        trace = _text(_read(self._files[3])[:_TAIL])
        line = re.search(rf'File "{re.escape(runner.PROGRAM_FILE)}", line (\d{{1,9}})', trace)
        sizes = [os.fstat(file.fileno()).st_size for file in self._files[1:3]]
        garbled = self._garbled or self._heard
        report = {
            "exit": 0 if garbled else os.waitstatus_to_exitcode(status),
            "timed_out": self._timed_out,
            "cpu_seconds": max(0.0, cpu_seconds - self._cpu),
            "stdout": _text(_read(self._files[1])),
            "stderr": self._stderr(),
            "full": max(sizes) >= self._work.limits["output_bytes"],
            "report": "garbled" if garbled else "",
            "line": int(line[1]) if line else None,
        }
        self._send([{"case": self._case if self._compiled else None, "report": report}])

    def _stderr(self) -> str:
        return _text(_read(self._files[2])[-_TAIL:])


def _fork() -> int:
    """Fork; on Linux without the hooks for threads and seeds, of which this process has no need.

    Raises:
        OSError: There can be no further process.
    """
    if sys.platform != "linux":
        return os.fork()
    pid: int = _LIBC.fork()
    if pid < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return pid


@contextlib.contextmanager
def _end_of(pid: int) -> Any:
    """A descriptor that becomes readable when the process ends; None where there is none."""
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _cpu_seconds(pid: int) -> float | None:
    """CPU seconds that a process has used; None where the system does not say."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid has it
    return None


def _anonymous_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("case")
    else:
        name = f".selfrepair-{time.monotonic_ns()}"
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.unlink(name)  # noqa: PTH108 - a name of the current folder
    return open(descriptor, "w+b", buffering=0)  # noqa: PTH123 - a descriptor


def _read(file: IO[bytes]) -> bytes:
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")

"""One program in a zygote: compiled once, then run on its cases, and ended with all it started."""

import contextlib
import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Self

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox import child
from pytest_selfrepair.sandbox.channel import CaseReport, Message, as_json
from pytest_selfrepair.sandbox.limits import Limits
from pytest_selfrepair.sandbox.process import PATIENCE, BrokenZygoteError, ZygoteProcess
from pytest_selfrepair.sandbox.ways import Way

_TICK = 0.05  # seconds between looks at what a program uses
_SHORTEST_TICK = 0.005
_IDLE = 0.1  # of a processor: a program that uses less of it is one that waits
_TAIL = 4_000  # bytes of standard error that are read
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A program and what it is run on; the outputs that it is to find have no place here.

    Attributes:
        program: The program.
        fn_name: The function to call for each input; None: the program reads and prints.
        inputs: Lists of arguments, or texts.
        in_place: Whether the answer is what the function leaves in its first argument.
        way: How the function is called.
        before: What is run before the program, in its namespace, for calls with plain values.
        after: What is run after it, for the same.
        limits: What a case of it may use.
        again: Whether all of it has been run before, and this is only to compare.
    """

    program: str
    fn_name: str | None
    inputs: list[JsonValue]
    in_place: bool = False
    way: Way = Way.JSON
    before: str = ""
    after: str = ""
    limits: Limits = field(default_factory=Limits)
    again: bool = False

    def described(self, file: str) -> bytes:
        """What a process of the sandbox needs to know before any input.

        Args:
            file: Where the program lies, as it sees it.
        """
        return as_json(
            {
                "program": self.program,
                "file": file,
                "fn_name": self.fn_name,
                "in_place": self.in_place,
                "way": self.way,
                "before": self.before,
                "after": self.after,
                "cases": len(self.inputs),
                "limits": self.limits.as_json(),
                "again": self.again,
            }
        )


class Standing(Enum):
    """How far a program has come.

    Attributes:
        UNCOMPILED: It does not compile.
        APART: It waits for a case.
        OVER: It can run no case any more.
    """

    UNCOMPILED = auto()
    APART = auto()
    OVER = auto()


@dataclass(slots=True)
class _Watch:
    """What a case has used, and whether that is more than it may.

    A program that waits for a processor is not one that takes its time: only when it hardly uses
    one, time passes for it.
    """

    limits: Limits
    used: float
    seen: float = field(default_factory=time.monotonic)
    idle: float = 0.0
    before: float = 0.0
    extra: float = 0.0
    starved: bool = False

    def look(self, used: float, memory: int) -> None:
        now = time.monotonic()
        passed = now - self.seen
        if used - self.used < _IDLE * passed:
            self.idle += passed
        self.seen, self.used = now, max(used, self.used)
        self.starved |= memory > self.limits.memory_bytes + self.limits.stack_bytes

    @property
    def cpu_seconds(self) -> float:
        return max(0.0, self.used - self.before) + self.extra

    @property
    def over(self) -> bool:
        late = self.idle >= self.limits.wall_seconds
        return late or self.starved or self.cpu_seconds > self.limits.cpu_seconds

    @property
    def patience(self) -> float:
        left = self.limits.cpu_seconds - self.cpu_seconds
        return max(_SHORTEST_TICK, min(_TICK, left))


class Session:
    """One program from its start to its end.

    Args:
        zygote: Where it runs.
        work: The program.

    Attributes:
        standing: How far it has come.
        uncompiled: Why it does not compile, where it does not.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """

    def __init__(self, zygote: ZygoteProcess, work: Work) -> None:
        self._zygote, self._work = zygote, work
        spare = zygote.spare()
        self._control, self._waiting, self._running = spare.control, spare.pid, 0
        self._compiler = spare.pid
        self._ended = False
        self.uncompiled = CaseReport()
        self.standing = Standing.OVER
        self.standing = self._started(spare.file)
        if self.standing is Standing.APART:
            zygote.write_program(work.program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None or not issubclass(kind, BrokenZygoteError):
            if not self._ended:  # else what it may have left has been ended before
                self._zygote.say({"end": self._pids})
            self._zygote.fork()
        self._control.close()

    def _started(self, file: str) -> Standing:
        with contextlib.ExitStack() as stack:
            self._send(child.START, [memory_file(stack, self._work.described(file))])
        return self._compiled()

    def _compiled(self) -> Standing:
        watch = _Watch(self._work.limits, 0.0)
        while True:
            ready = self._ready(watch.patience, self._control.fileno())
            if not ready:
                self._zygote.say({"look": self._waiting})
            for descriptor in ready:
                if descriptor == self._control.fileno():
                    said = self._control.recv(_CHUNK)
                    match said[:1]:
                        case child.APART:
                            (self._waiting,) = child.PID.unpack(said[1:])
                            return Standing.APART
                        case child.UNCOMPILED:
                            text = said[1:].decode("utf-8", "replace")
                            self.uncompiled = CaseReport(report=text)
                            return Standing.UNCOMPILED
                else:
                    message = self._zygote.heard(PATIENCE)
                    if message.exit == self._waiting:
                        if message.status >= 0:  # it was not exhausted: it could not be limited
                            raise BrokenZygoteError("a process for a program could not begin")
                        return Standing.UNCOMPILED
                    self._note(watch, message, self._waiting)
            if watch.over:
                self._end()
                return Standing.UNCOMPILED

    # Cases with a process each.

    def case(self, index: int, *, last: bool, again: bool = False) -> CaseReport:
        """Run one case.

        Args:
            index: Which.
            last: Whether it is the last one that this session is asked for.
            again: Whether it has been run before, and this is only to compare; it is then the last.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        kind = child.AGAIN if again else child.LAST_CASE if last else child.CASE
        with contextlib.ExitStack() as stack:
            given = self._work.inputs[index]
            if self._work.fn_name is None:
                data = str(given).encode("utf-8", "replace")
            else:
                data = as_json(given)
            _blur()
            files = [memory_file(stack, data), memory_file(stack), memory_file(stack)]
            reading, writing = os.pipe()
            stack.callback(os.close, reading)
            os.set_blocking(reading, False)
            try:
                self._send(kind, [*files, writing])
            finally:
                os.close(writing)
            return self._watched(files, reading, last=last or again)

    def _watched(self, files: list[int], reading: int, *, last: bool) -> CaseReport:
        limits, watch = self._work.limits, _Watch(self._work.limits, 0.0)
        control, zygote = self._control.fileno(), self._zygote.socket.fileno()
        pid, heard = self._waiting, bytearray()
        waiting_for = {reading, control}
        exited: Message | None = None
        looking = False
        while exited is None and not watch.over:
            ready = self._ready(watch.patience, *waiting_for)
            if control in ready:
                waiting_for.discard(control)
                self._begun(pid, watch)
            if reading in ready:
                if not _hear(reading, heard):
                    waiting_for.discard(reading)
                elif len(heard) > 2 * limits.output_bytes + _CHUNK:
                    break
            if zygote in ready:
                message = self._zygote.heard(PATIENCE)
                if message.exit == pid:
                    exited = message
                looking &= message.look is None
                self._note(watch, message, pid)
            if not ready and not looking:
                looking = True
                self._zygote.say({"look": pid})
        while looking and exited is not None:
            looking = self._zygote.heard(PATIENCE).look is None
        if exited is not None and control in waiting_for:
            if not self._ready(0.0, control, zygote=False):
                raise BrokenZygoteError("a process for a case could not begin")
            self._begun(pid, watch)
        _hear(reading, heard)
        self._settle(exited)
        if last:
            self.standing = Standing.OVER
        used = watch.cpu_seconds
        if exited is not None:
            used = max(0.0, exited.cpu - watch.before) + watch.extra
        sizes = [os.fstat(each).st_size for each in files[1:]]
        stdout = b"" if self._work.fn_name is not None else _read(files[1], limits.output_bytes)
        return CaseReport(
            exit=0 if exited is None else exited.status,
            timed_out=watch.idle >= limits.wall_seconds,
            starved=watch.starved,
            cpu_seconds=used,
            stdout=stdout.decode("utf-8", "replace"),
            stderr=_read(files[2], limits.output_bytes)[-_TAIL:].decode("utf-8", "replace"),
            full=max(sizes) >= limits.output_bytes,
            report=bytes(heard).decode("utf-8", "replace"),
        )

    def _begun(self, pid: int, watch: _Watch) -> None:
        """Take word that a case begins, and which process waits for the next one."""
        said = self._control.recv(_CHUNK)
        if said[:1] != child.BEGUN or len(said) != 1 + child.BEGIN.size:
            raise BrokenZygoteError("a process for a case could not begin")
        own, successor, used = child.BEGIN.unpack(said[1:])
        if own != pid:
            raise BrokenZygoteError("another process took a case")
        watch.before = used
        watch.used = max(watch.used, used)
        self._running, self._waiting = pid, successor

    def _note(self, watch: _Watch, message: Message, pid: int) -> None:
        """Note what the zygote says while a process runs."""
        if message.look is not None:
            watch.look(*message.look)
        elif message.exit is not None:
            if message.exit not in {pid, self._compiler}:  # a process that the program has started, and left alone
                watch.extra += message.cpu
        elif message.ended is None and message.spare is None:
            raise BrokenZygoteError("the zygote spoke of what nobody asked")

    def _settle(self, exited: Message | None) -> None:
        """See to it that nothing of a case is left before the next one.

        Args:
            exited: The end of its process; None where that is still to come.
        """
        if exited is None:
            self._end()
            return
        self._running = 0
        others = None if exited.others is None else set(exited.others)
        expected = {self._waiting, self._compiler, *self._zygote.spares}
        lost = bool(others) and self._waiting not in {0, *(others or ())}
        if others is None or lost or others - expected:
            self._end()
        elif exited.dirty:
            self._zygote.say({"tidy": True})
            while (message := self._zygote.heard(PATIENCE)).tidied is None:
                pass
            if not message.tidied:
                raise BrokenZygoteError("the scratch folder cannot be emptied")

    # The end, and words.

    def _end(self) -> None:
        """End the program, with all that it started."""
        self.standing, self._ended = Standing.OVER, True
        self._zygote.end_all(self._pids)

    @property
    def _pids(self) -> list[int]:
        return [pid for pid in (self._waiting, self._running) if pid]

    def _send(self, kind: bytes, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._control, [kind], descriptors)
        except OSError as error:
            raise BrokenZygoteError("a process that waits for a case has ended") from error

    def _ready(self, seconds: float, *descriptors: int, zygote: bool = True) -> list[int]:
        poller = select.poll()
        for descriptor in (*descriptors, *([self._zygote.socket.fileno()] if zygote else ())):
            poller.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poller.poll(seconds * 1000)]


def _blur() -> None:
    """Use up a few numbers of files, which then say nothing of what came before."""
    for _ in range(os.urandom(1)[0] % 4):
        for descriptor in (*os.pipe(), *([os.memfd_create("case")] if _MEMORY else [])):
            os.close(descriptor)


_MEMORY = sys.platform == "linux"


def memory_file(stack: contextlib.ExitStack, data: bytes = b"") -> int:
    """A file of memory that holds data and has no name, its position at the beginning."""
    if _MEMORY:
        descriptor = os.memfd_create("case")
        stack.callback(os.close, descriptor)
    else:
        descriptor = stack.enter_context(tempfile.TemporaryFile(buffering=0)).fileno()  # noqa: SIM115 - closed with the rest
    rest, at = memoryview(data), 0
    while rest:
        written = os.pwrite(descriptor, rest, at)
        rest, at = rest[written:], at + written
    return descriptor


def _read(descriptor: int, most: int) -> bytes:
    return os.pread(descriptor, min(most, os.fstat(descriptor).st_size), 0)


def _hear(reading: int, heard: bytearray) -> bool:
    """Take what has been said; false where no more will be."""
    try:
        while True:
            said = os.read(reading, _CHUNK)
            if not said:
                return False
            heard += said
            if len(heard) > _CHUNK << 10:
                return True
    except BlockingIOError:
        return True


def run_again(zygote: ZygoteProcess, work: Work, index: int) -> CaseReport | None:
    """What comes of a case that has been run before; None where the program compiles no more.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    with Session(zygote, work) as session:
        if session.standing is not Standing.APART:
            return None
        return session.case(index, last=True, again=True)


def run_apart(
    zygote: ZygoteProcess, work: Work, first: int = 0
) -> Iterator[tuple[int | None, CaseReport]]:
    """What is known of the cases from ``first`` on, each of which has a process of its own.

    A report without a case is of a program that does not compile.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    position, count = first, len(work.inputs)
    while position < count:
        with Session(zygote, work) as session:
            if session.standing is Standing.UNCOMPILED:
                yield None, session.uncompiled
                return
            while position < count and session.standing is Standing.APART:
                yield position, session.case(position, last=position == count - 1)
                position += 1

"""One program in a zygote: compiled once, then run on its cases, and ended with all it started."""

import contextlib
import os
import select
import signal
from collections.abc import Generator
from enum import Enum, auto
from types import TracebackType
from typing import Self

from pytest_selfrepair.core.task import JsonValue
from pytest_selfrepair.sandbox import words
from pytest_selfrepair.sandbox.channel import CaseReport, ZygoteMessage, as_json
from pytest_selfrepair.sandbox.files import blur_numbers, hear, memory_file, read_all
from pytest_selfrepair.sandbox.process import PATIENCE, BrokenZygoteError, ZygoteProcess
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.work import Work

_TAIL = 4_000  # bytes of standard error that are read
_CHUNK = 1 << 16


class _LostError(BrokenZygoteError):
    """A process that waits for a case has ended."""

    def __init__(self) -> None:
        super().__init__("a process that waits for a case could not begin")


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
        self._ended = self._relays = self._looking = False
        self.uncompiled = CaseReport()
        self.standing = Standing.OVER
        with contextlib.ExitStack() as stack:
            stack.callback(self._control.close)
            self.standing = self._started(spare.file)
            if self.standing is Standing.APART:
                zygote.write_program(work.program)
            stack.pop_all()  # it is closed at the end

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
            self._send(words.START, [memory_file(stack, self._work.described(file))])
        return self._compiled()

    def _compiled(self) -> Standing:
        watch = Watch(self._work.limits)
        standing: Standing | None = None
        while standing is None:
            ready = self._ready(watch.patience, self._control.fileno())
            if not ready:
                self._look(self._compiler)
            if self._control.fileno() in ready:
                standing = self._what_it_is()
            elif ready:
                message = self._zygote.heard(PATIENCE)
                if message.exit == self._compiler:
                    if message.status >= 0:  # it was not exhausted: it could not be limited
                        raise BrokenZygoteError("a process for a program could not begin")
                    standing = Standing.UNCOMPILED
                self._note(watch, message)
            if standing is None and watch.over:
                self._end()
                standing = Standing.UNCOMPILED
        self._hear_of_looks(watch)
        return standing

    def _what_it_is(self) -> Standing | None:
        """Take word of whether the program compiles; None where there is none."""
        said = self._heard()
        if said[:1] == words.APART:
            self._waiting, self._relays = words.PID.unpack(said[1:])
            return Standing.APART
        if said[:1] == words.UNCOMPILED:
            self.uncompiled = CaseReport(report=said[1:].decode("utf-8", "replace"))
            return Standing.UNCOMPILED
        return None

    # Cases with a process each.

    def case(self, index: int, *, last: bool, again: bool = False) -> CaseReport | None:
        """Run one case.

        Args:
            index: Which.
            last: Whether it is the last one that this session is asked for.
            again: Whether it has been run before, and this is only to compare; it is then the last.

        Returns:
            What is known of it; None where the process that was to run it is lost: where nothing
            keeps them apart, a case before it may have ended that.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        kind = words.AGAIN if again else words.LAST_CASE if last else words.CASE
        given, calls = self._work.inputs[index], self._work.fn_name is not None
        data = as_json(given) if calls else str(given).encode("utf-8", "replace")
        most, watch, heard = self._work.limits.output_bytes, Watch(self._work.limits), bytearray()
        with contextlib.ExitStack() as stack:
            blur_numbers()
            files = [memory_file(stack, data), memory_file(stack), memory_file(stack)]
            reading, writing = os.pipe()
            stack.callback(os.close, reading)
            os.set_blocking(reading, False)
            try:
                try:
                    self._send(kind, [*files, writing])
                finally:
                    os.close(writing)
                exited = self._awaited(watch, reading, heard)
            except _LostError:
                self._end()
                return None
            hear(reading, heard, 2 * most + _CHUNK)
            self._settle(exited)
            if last or again:
                self.standing = Standing.OVER
            return CaseReport(
                exit=0 if exited is None else exited.status,
                timed_out=watch.timed_out,
                starved=watch.starved,
                cpu_seconds=_used(watch, exited),
                stdout="" if calls else read_all(files[1], most).decode("utf-8", "replace"),
                stderr=read_all(files[2], most)[-_TAIL:].decode("utf-8", "replace"),
                full=any(os.fstat(each).st_size >= most for each in files[1:]),
                report=heard.decode("utf-8", "replace"),
            )

    def _awaited(self, watch: Watch, reading: int, heard: bytearray) -> ZygoteMessage | None:
        """Wait for the end of a case's process; None where it has to be ended."""
        control, zygote = self._control.fileno(), self._zygote.socket.fileno()
        longest = 2 * self._work.limits.output_bytes + _CHUNK
        waiting_for = {reading, control}
        exited: ZygoteMessage | None = None
        while exited is None and not watch.over and len(heard) <= longest:
            ready = self._ready(watch.patience, *waiting_for)
            if control in ready:
                exited = self._told(watch)
                if self._running and not self._relays:
                    waiting_for.discard(control)
            if reading in ready and not hear(reading, heard, longest):
                waiting_for.discard(reading)
            if zygote in ready and exited is None:
                exited = self._noted(watch, self._zygote.heard(PATIENCE))
            if not ready:
                self._look(self._running or self._waiting)
        if exited is not None:
            self._hear_of_looks(watch)
        return exited

    def _look(self, pid: int) -> None:
        """Have the zygote look at what a process uses, unless it is already asked to."""
        if not self._looking:
            self._looking = True
            self._zygote.say({"look": pid})

    def _hear_of_looks(self, watch: Watch) -> None:
        """Wait for what the zygote was asked and has not said: nobody asks for it later."""
        while self._looking:
            self._note(watch, self._zygote.heard(PATIENCE))

    def _told(self, watch: Watch) -> ZygoteMessage | None:
        """Take word that a case begins; or of its end, which is returned."""
        said = self._heard()
        if not said and self._running:  # by whom, if not by the program, which has begun?
            return ZygoteMessage(exit=self._running, status=-signal.SIGKILL, cpu=watch.before)
        if said[:1] == words.BEGUN and not self._running:
            self._running, successor, used = words.BEGIN.unpack(said[1:])
            if not self._relays:
                self._waiting = successor
            watch.begin(used)
            return None
        if said[:1] == words.ENDED and self._running:
            pid, status, cpu = words.END.unpack(said[1:])
            return ZygoteMessage(exit=pid, status=status, cpu=cpu)
        raise _LostError

    def _noted(self, watch: Watch, message: ZygoteMessage) -> ZygoteMessage | None:
        """Note what the zygote says while a case runs; its process's end is returned."""
        if message.exit == self._waiting and not self._running:
            if not self._ready(0.0, self._control.fileno(), zygote=False):
                raise _LostError
            self._told(watch)
        if message.exit is not None and message.exit == self._running:
            return message
        self._note(watch, message)
        return None

    def _note(self, watch: Watch, message: ZygoteMessage) -> None:
        """Note what the zygote says while a process runs."""
        if message.look is not None:
            self._looking = False
            watch.look(*message.look)
        elif message.exit is not None:
            if not message.waited:  # else the one that programs share has broken down
                watch.extra += message.cpu
        elif message.ended is None and message.spare is None:
            raise BrokenZygoteError("the zygote spoke of what nobody asked")

    def _settle(self, exited: ZygoteMessage | None) -> None:
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
        self.standing, self._ended, self._looking = Standing.OVER, True, False
        self._zygote.end_all(self._pids)

    @property
    def _pids(self) -> list[JsonValue]:
        return [pid for pid in {self._waiting, self._running} if pid]

    def _heard(self) -> bytes:
        try:
            return self._control.receive(_CHUNK)[0]
        except OSError as error:  # it has ended with words of ours unread
            raise _LostError from error

    def _send(self, kind: bytes, descriptors: list[int]) -> None:
        try:
            self._control.send(kind, descriptors)
        except OSError as error:
            raise _LostError from error

    def _ready(self, seconds: float, *descriptors: int, zygote: bool = True) -> list[int]:
        poller = select.poll()
        for descriptor in (*descriptors, *([self._zygote.socket.fileno()] if zygote else ())):
            poller.register(descriptor, select.POLLIN)
        return [descriptor for descriptor, _ in poller.poll(seconds * 1000)]


def _used(watch: Watch, exited: ZygoteMessage | None) -> float:
    """CPU seconds of a case: those of its process at its end, or as it was last looked at."""
    if exited is None:
        return watch.cpu_seconds
    return max(0.0, exited.cpu - watch.before) + watch.extra


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
) -> Generator[tuple[int | None, CaseReport], None, None]:
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
            began = position
            while position < count and session.standing is Standing.APART:
                report = session.case(position, last=position == count - 1)
                if report is not None:
                    yield position, report
                    position += 1
                elif position == began:
                    raise BrokenZygoteError("no process for a case could begin")

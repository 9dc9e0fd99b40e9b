"""Run one program in a zygote: compile it once, run its cases, and end all its processes."""

from collections.abc import Generator
from types import TracebackType
from typing import Self

from pytest_selfrepair.sandbox.case_files import CaseFiles
from pytest_selfrepair.sandbox.channel import CaseReport, ZygoteMessage
from pytest_selfrepair.sandbox.compiling import Standing, compile_program
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.looks import Looks
from pytest_selfrepair.sandbox.process import ZygoteProcess
from pytest_selfrepair.sandbox.program_processes import ProgramProcesses
from pytest_selfrepair.sandbox.program_socket import LostError, ProgramSocket
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError


class Session:
    """The session of one program, with a process for each case.

    Args:
        zygote: The zygote that runs it.
        work: The program.

    Attributes:
        standing: Its state.
        uncompiled: The error of a program that does not compile.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """

    def __init__(self, zygote: ZygoteProcess, work: Work) -> None:
        self._zygote, self._work, self._looks = zygote.client, work, Looks(zygote.client)
        spare = self._zygote.spare()
        self._socket = ProgramSocket(spare.control, self._zygote)
        self._ended = False
        try:
            compiled = compile_program(self._socket, self._zygote, spare, self._looks, work)
            self._processes = ProgramProcesses(spare.pid, compiled)
            if compiled.exhausted:
                self._end()
            elif compiled.standing is Standing.APART:
                zygote.write_program(work.program)
        except BaseException:
            self._socket.close()
            raise
        self.uncompiled = compiled.report
        self.standing = compiled.standing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None or not issubclass(kind, BrokenZygoteError):
                if not self._ended:  # else the program's processes have been ended already
                    self._zygote.send({"end": self._processes.pids})
                self._zygote.fork()
        finally:
            self._socket.close()

    def case(self, index: int, *, last: bool, again: bool = False) -> CaseReport | None:
        """Run one case.

        Args:
            index: Its index.
            last: Whether it is the last case of this session.
            again: Whether this is a rerun for comparison only; it is then the last.

        Returns:
            The report of the case; None where its process was lost, as an earlier case may have
            ended it where programs are not isolated from each other.

        Raises:
            BrokenZygoteError: The sandbox is broken.
        """
        kind = words.AGAIN if again else words.LAST_CASE if last else words.CASE
        watch = Watch(self._work.limits)
        with CaseFiles(self._work.given(index), self._work.limits.output_bytes) as files:
            try:
                try:
                    self._socket.send(kind, files.shown)
                finally:
                    files.close_writing()
                exited = self._awaited(watch, files)
            except LostError:
                self._end()
                return None
            files.read_channel()
            self._settle(exited)
            if last or again:
                self.standing = Standing.OVER
            return _report(exited, watch, files, calls=self._work.calls)

    def _awaited(self, watch: Watch, files: CaseFiles) -> ZygoteMessage | None:
        """Wait for the end of a case's process; None if it must be killed."""
        control, zygote = self._socket.fileno(), self._zygote.fileno()
        waiting_for = {files.channel, control}
        exited: ZygoteMessage | None = None
        while exited is None and not watch.over and not files.too_long:
            ready = self._socket.ready(watch.patience, *waiting_for)
            if control in ready:
                exited = self._processes.handle(self._socket.receive(), watch)
                if self._processes.running and not self._processes.relays:
                    waiting_for.discard(control)
            if files.channel in ready and not files.read_channel():
                waiting_for.discard(files.channel)
            if zygote in ready and exited is None:
                exited = self._process_message(watch, self._zygote.receive())
            if not ready:
                self._looks.ask(self._processes.current)
        if exited is not None:
            self._looks.finish(watch)
        return exited

    def _process_message(self, watch: Watch, message: ZygoteMessage) -> ZygoteMessage | None:
        """Process a zygote's message while a case runs; return the end of its process."""
        processes = self._processes
        if message.exit == processes.waiting and not processes.running:
            if not self._socket.ready(0.0, self._socket.fileno(), zygote=False):
                raise LostError
            processes.handle(self._socket.receive(), watch)
        if message.exit is not None and message.exit == processes.running:
            return message
        self._looks.note(watch, message)
        return None

    def _settle(self, exited: ZygoteMessage | None) -> None:
        """Remove all remains of a case before the next one.

        Args:
            exited: The end of its process; None if it is still running.
        """
        if exited is None or self._processes.end_case(exited, self._zygote.spares):
            self._end()
        elif exited.dirty:
            self._zygote.tidy()

    def _end(self) -> None:
        """End the program with all its processes."""
        self.standing, self._ended = Standing.OVER, True
        self._looks.forget()
        self._zygote.end_all(self._processes.pids)


def _report(
    exited: ZygoteMessage | None, watch: Watch, files: CaseFiles, *, calls: bool
) -> CaseReport:
    """The facts on a case whose processes have ended.

    Args:
        exited: The end of its own process; None if it was killed.
        watch: The time and memory that it used.
        files: Its output.
        calls: Whether it called a function, so that its printed output is dropped.
    """
    used = watch.cpu_seconds
    if exited is not None:
        used = max(0.0, exited.cpu - watch.before) + watch.extra
    return CaseReport(
        exit=0 if exited is None else exited.status,
        timed_out=watch.timed_out,
        starved=watch.starved,
        cpu_seconds=used,
        stdout="" if calls else files.stdout,
        stderr=files.stderr,
        full=files.full,
        report=files.report,
    )


def run_again(zygote: ZygoteProcess, work: Work, index: int) -> CaseReport | None:
    """Rerun a case; None where the program no longer compiles.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    with Session(zygote, work) as session:
        if session.standing is not Standing.APART:
            return None
        return session.case(index, last=True, again=True)


def run_apart(
    zygote: ZygoteProcess, work: Work
) -> Generator[tuple[int | None, CaseReport], None, None]:
    """Yield the reports of the cases, each run in a process of its own.

    A report without a case is that of a program that does not compile.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    position, count = 0, len(work.inputs)
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

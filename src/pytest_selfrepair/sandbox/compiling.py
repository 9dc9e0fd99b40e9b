"""Compile a program in a process waiting for one."""

import contextlib
from dataclasses import dataclass, field
from enum import Enum, auto

from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.files import memory_file
from pytest_selfrepair.sandbox.inside import words
from pytest_selfrepair.sandbox.looks import Looks
from pytest_selfrepair.sandbox.program_socket import ProgramSocket
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_client import Spare, ZygoteClient
from pytest_selfrepair.sandbox.zygote_socket import BrokenZygoteError


class Standing(Enum):
    """The state of a program.

    Attributes:
        UNCOMPILED: It does not compile.
        APART: It waits for a case.
        OVER: It can run no more cases.
    """

    UNCOMPILED = auto()
    APART = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The result of compiling a program.

    Attributes:
        standing: Its state.
        report: The error of a program that does not compile.
        waiting: The process waiting for a case; 0 for none.
        relays: Whether that process forks the processes of cases, and reports their ends.
        exhausted: Whether it reached a limit, so that its process must still be ended.
    """

    standing: Standing
    report: CaseReport = field(default_factory=CaseReport)
    waiting: int = 0
    relays: bool = False
    exhausted: bool = False


def compile_program(
    socket: ProgramSocket, zygote: ZygoteClient, spare: Spare, looks: Looks, work: Work
) -> Compiled:
    """Have a process compile a program.

    Args:
        socket: The socket to the process.
        zygote: Commands its zygote.
        spare: The process.
        looks: Measures its use of resources.
        work: The program.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    with contextlib.ExitStack() as stack:
        socket.send(words.START, [memory_file(stack, work.described(spare.file))])
    watch = Watch(work.limits)
    compiled: Compiled | None = None
    listening = [socket.fileno()]
    while compiled is None:
        ready = socket.ready(watch.patience, *listening)
        if not ready:
            looks.ask(spare.pid)
        if socket.fileno() in ready:
            said = socket.receive()
            if not said:  # its process has ended; the zygote reports how, unless it has ended too
                listening.clear()
            compiled = _parsed(said)
        elif ready:
            message = zygote.receive()
            if message.exit == spare.pid:
                if message.status >= 0:  # no limit was reached: the limits could not be set
                    raise BrokenZygoteError("a process for a program could not begin")
                compiled = Compiled(standing=Standing.UNCOMPILED)
            looks.note(watch, message)
        if compiled is None and watch.over:
            return Compiled(standing=Standing.UNCOMPILED, exhausted=True)
    looks.finish(watch)
    return compiled


def _parsed(said: bytes) -> Compiled | None:
    """Parse a process's message on compilation; None for any other message."""
    if said[:1] == words.APART:
        waiting, relays = words.PID.unpack(said[1:])
        return Compiled(standing=Standing.APART, waiting=waiting, relays=relays)
    if said[:1] == words.UNCOMPILED:
        report = CaseReport(report=said[1:].decode("utf-8", "replace"))
        return Compiled(standing=Standing.UNCOMPILED, report=report)
    return None

"""Whether a program compiles, found out by a process that waits for a program."""

import contextlib
from dataclasses import dataclass, field
from enum import Enum, auto

from pytest_selfrepair.sandbox import words
from pytest_selfrepair.sandbox.channel import CaseReport
from pytest_selfrepair.sandbox.files import memory_file
from pytest_selfrepair.sandbox.looks import Looks
from pytest_selfrepair.sandbox.program_socket import ProgramSocket
from pytest_selfrepair.sandbox.watch import Watch
from pytest_selfrepair.sandbox.work import Work
from pytest_selfrepair.sandbox.zygote_socket import PATIENCE, BrokenZygoteError, Spare, ZygoteSocket


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What became of a program before its first case.

    Attributes:
        standing: How far it has come.
        report: Why it does not compile, where it does not.
        waiting: The process that waits for a case; 0 where none does.
        relays: Whether that one forks the processes of cases, and says when they have ended.
        exhausted: Whether it has met a limit, so that its process is still to be ended.
    """

    standing: Standing
    report: CaseReport = field(default_factory=CaseReport)
    waiting: int = 0
    relays: bool = False
    exhausted: bool = False


def compile_program(
    socket: ProgramSocket, zygote: ZygoteSocket, spare: Spare, looks: Looks, work: Work
) -> Compiled:
    """Have a process take a program and compile it.

    Args:
        socket: Where it speaks.
        zygote: Where its zygote speaks.
        spare: The process.
        looks: Says what it uses.
        work: The program.

    Raises:
        BrokenZygoteError: The sandbox is broken.
    """
    with contextlib.ExitStack() as stack:
        socket.send(words.START, [memory_file(stack, work.described(spare.file))])
    watch = Watch(work.limits)
    compiled: Compiled | None = None
    while compiled is None:
        ready = socket.ready(watch.patience, socket.fileno())
        if not ready:
            looks.ask(spare.pid)
        if socket.fileno() in ready:
            compiled = _said(socket.heard())
        elif ready:
            message = zygote.heard(PATIENCE)
            if message.exit == spare.pid:
                if message.status >= 0:  # it was not exhausted: it could not be limited
                    raise BrokenZygoteError("a process for a program could not begin")
                compiled = Compiled(standing=Standing.UNCOMPILED)
            looks.note(watch, message)
        if compiled is None and watch.over:
            return Compiled(standing=Standing.UNCOMPILED, exhausted=True)
    looks.finish(watch)
    return compiled


def _said(said: bytes) -> Compiled | None:
    """What a process says of whether the program compiles; None where it says nothing of it."""
    if said[:1] == words.APART:
        waiting, relays = words.PID.unpack(said[1:])
        return Compiled(standing=Standing.APART, waiting=waiting, relays=relays)
    if said[:1] == words.UNCOMPILED:
        report = CaseReport(report=said[1:].decode("utf-8", "replace"))
        return Compiled(standing=Standing.UNCOMPILED, report=report)
    return None

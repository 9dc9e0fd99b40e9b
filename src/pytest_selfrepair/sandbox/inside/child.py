"""Compile one program in a child of the zygote, and fork a process for each of its cases.

A process waiting for a case first forks the one to wait for the next, and only then runs the
program. All cases thus begin in the same state, process ids do not reveal their number, and no
process with an input or an answer is ever copied. A program without state (`stateless`) may run its
cases in one process.

It shares processes with untrusted code, so its reports are only claims once a program runs. Like
the zygote, it runs as a plain file and needs only the standard library.
"""

import contextlib
import gc
import importlib
import json
import linecache
import os
import signal
import socket
import sys
from typing import NoReturn

if __package__:
    from pytest_selfrepair.sandbox.inside import (
        case_process,
        described,
        forking,
        limiting,
        packets,
        rights,
        runner,
        stateless,
        together,
        words,
        world,
    )
else:  # a plain file beside its siblings
    import case_process  # type: ignore[import-not-found,no-redef]
    import described  # type: ignore[import-not-found,no-redef]
    import forking  # type: ignore[import-not-found,no-redef]
    import limiting  # type: ignore[import-not-found,no-redef]
    import packets  # type: ignore[import-not-found,no-redef]
    import rights  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import stateless  # type: ignore[import-not-found,no-redef]
    import together  # type: ignore[import-not-found,no-redef]
    import words  # type: ignore[import-not-found,no-redef]
    import world  # type: ignore[import-not-found,no-redef]

_CONTROL = 4  # a descriptor, closed before a program runs
_MOST_DESCRIPTORS = 256
_MOST_SKIPPED = 3

ALSO_IMPORTED = {"numpy": ("numpy.random",)}
"""Modules that packages import lazily, to be seeded before use."""


def serve(around: world.World, uid: int | None, control: int) -> NoReturn:
    """Wait for a program, run it, and exit.

    Args:
        around: The shared context of the zygote's programs.
        uid: The user id to change to, or None.
        control: A socket to the judge.
    """
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            if os.getppid() != 1 or number != signal.SIGTERM:  # PID 1 handles no signals
                signal.signal(number, signal.SIG_DFL)
        os.dup2(control, _CONTROL)
        os.closerange(_CONTROL + 1, _MOST_DESCRIPTORS)
        if uid is not None:
            rights.become(uid, keep_reading="keep-reading" in around.means)
        elif os.getuid() == 0:
            rights.drop()
        if around.pid != 1:  # if the zygote is PID 1, its end is the end of all
            forking.end_with_parent()
        sys.path.insert(0, around.scratch)
        _Session(around, packets.Packets(socket.socket(fileno=_CONTROL))).run()
    except BaseException as error:  # noqa: BLE001 - no program may return into the zygote's loop
        os.write(2, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
    finally:
        case_process.end_process(1)


class _Session:
    """Handles the judge's messages to a process waiting for a program.

    Args:
        around: The shared context of the zygote's programs.
        control: The socket to the judge.
    """

    def __init__(self, around: world.World, control: packets.Packets) -> None:
        self._world, self._control = around, control

    def run(self) -> None:
        """Handle messages until the socket closes."""
        kind, descriptors = self._receive()
        while kind == words.SHARED:
            together.run_together(self._control, self._world.names, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            kind, descriptors = self._receive()
            if kind != words.SHARED:  # never copy a process that has seen inputs
                return
        self._run_apart(*descriptors)

    def _run_apart(self, shown: int) -> None:
        program = described.read_program(shown)
        os.close(shown)
        sys.argv = [program.file]
        lines = program.text.splitlines(keepends=True)
        linecache.cache[program.file] = (len(program.text), None, lines, program.file)
        limiting.limit_apart(program, self._world.other_tasks)
        code, problem = runner.try_to_compile(program.text, program.file)
        if code is None:
            self._control.send(words.UNCOMPILED + json.dumps(problem).encode("ascii"))
            return
        for name in stateless.imports(code) & self._world.packages:
            for each in (name, *ALSO_IMPORTED.get(name, ())):
                with contextlib.suppress(Exception):  # the program's own import raises it again
                    importlib.import_module(each)  # once, rather than for each case
        # Work common to all cases is done once, before any of them.
        runner.open_standard_streams()
        case = case_process.CaseProcess(self._world, self._control, program, code)
        gc.collect()
        gc.freeze()
        if program.cases > 1 and not self._world.relays:
            # The process that compiled the program runs no case, so that all cases begin alike.
            pid = self._fork_waiting()
            if pid:
                self._control.send(words.APART + words.PID.pack(pid, False))
                case_process.end_process(0)
        else:
            self._control.send(words.APART + words.PID.pack(os.getpid(), self._world.relays))
        while True:
            self._wait_for(case)

    def _wait_for(self, case: case_process.CaseProcess) -> None:
        """Wait for a case, and run it."""
        kind, descriptors = self._receive()
        if self._world.relays:
            self._relay(case, kind, descriptors)
            return
        successor = self._fork_waiting() if kind == words.CASE else 0
        if kind != words.CASE or successor:
            case.run(kind, descriptors, successor)
        for descriptor in descriptors:
            os.close(descriptor)

    def _fork_waiting(self) -> int:
        """Fork a process to wait for a case; return 0 in the child."""
        forking.skip_pids(_MOST_SKIPPED)
        pid = forking.fork() if self._world.relays else forking.fork_beside()
        if pid == 0:
            os.setsid()
        return pid

    def _relay(self, case: case_process.CaseProcess, kind: bytes, descriptors: list[int]) -> None:
        """Fork a case's process, wait for its end, and report it."""
        pid = self._fork_waiting()
        if pid == 0:
            case.run(kind, descriptors, 0)
        for descriptor in descriptors:
            os.close(descriptor)
        _, status, usage = os.wait4(pid, 0)
        ended = os.waitstatus_to_exitcode(status)
        end = words.END.pack(pid, ended, usage.ru_utime + usage.ru_stime)
        self._control.send(words.ENDED + end)

    def _receive(self) -> tuple[bytes, list[int]]:
        kind, descriptors = self._control.receive(64, 8)
        if not kind:
            case_process.end_process(0)  # the judge has closed its end
        return kind, descriptors

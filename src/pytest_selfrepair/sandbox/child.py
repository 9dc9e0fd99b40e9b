"""A child of the zygote: one program, which it compiles, and a process for each of its cases.

The process that waits for a case forks the one that is to wait for the next, and only then becomes
the program's. So each case begins in the same state, whatever came of the others, no number of a
process says how many there have been, and no process that holds an input or an answer is ever
copied. A program that can keep nothing (`stateless`) may run its cases in one process.

It shares processes with untrusted code, so what it says once a program runs is no more than a
claim. Like the zygote, beside which it lies as a plain file, it needs the standard library alone.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import linecache
import os
import platform
import resource
import signal
import socket
import sys
import time
import types
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

if __package__:
    from pytest_selfrepair.sandbox import (
        packets,
        rights,
        runner,
        seccomp,
        stateless,
        syscalls,
        ways,
        words,
    )
else:  # a plain file beside its siblings
    import packets  # type: ignore[import-not-found,no-redef]
    import rights  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]
    import stateless  # type: ignore[import-not-found,no-redef]
    import syscalls  # type: ignore[import-not-found,no-redef]
    import ways  # type: ignore[import-not-found,no-redef]
    import words  # type: ignore[import-not-found,no-redef]

_FLUSHED = 0.005  # seconds for which the answers of cases that share a process are gathered

_FINISHED = json.dumps(runner.FINISHED).encode("ascii")
_LAST_WORDS = 64 << 20  # bytes beyond the memory limit with which a child reports that it met it
_CHANNEL, _CONTROL = 3, 4  # descriptors; the second is closed before a program runs
_MOST_BLURRED = 3
_WAITING = 4  # processes that wait for a case or a program, and the zygote
_HIGH, _MOST_DESCRIPTORS = 16, 256
_PR_SET_PDEATHSIG, _PR_GET_TID_ADDRESS = 1, 40
_OF_TID = 0x200000 | 0x1000000  # CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID
_BESIDE = 0x8000 | _OF_TID | signal.SIGCHLD  # CLONE_PARENT, and the signal of its end

_end_process = os._exit  # a program may replace it

Fields = dict[str, Any]  # what JSON carries
_LIBC = ctypes.PyDLL(None, use_errno=True)  # which keeps the lock of the interpreter


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all programs of a zygote have in common.

    Attributes:
        means: What is done to a child beyond its limits, as the zygote was told.
        other_tasks: Tasks of other programs that count against the limit on processes.
        names: What a called program finds defined.
        scratch: The current folder, from which a program's own modules come.
        pid: The zygote.
        packages: What programs may import beside the standard library.
        relays: Whether the zygote hears nothing of processes that others fork. Then the one that
            waits forks that of its only case, and says when it has ended.
    """

    means: frozenset[str]
    other_tasks: int
    names: dict[str, object]
    scratch: str
    pid: int
    packages: frozenset[str]
    relays: bool


def serve(world: World, uid: int | None, control: int) -> NoReturn:
    """Wait for a program, run it, and end.

    Args:
        world: What all programs have in common.
        uid: The user to become, or None.
        control: A socket on which the judge speaks.
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
            rights.become(uid, keep_reading="keep-reading" in world.means)
        elif os.getuid() == 0:
            rights.drop()
        if world.pid != 1:  # with a zygote that is PID 1 all ends
            seccomp.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        sys.path.insert(0, world.scratch)
        _Session(world, packets.Packets(socket.socket(fileno=_CONTROL))).run()
    except BaseException as error:  # noqa: BLE001 - no program may climb into the zygote's loop
        os.write(2, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
    finally:
        _end_process(1)


class _Session:
    def __init__(self, world: World, control: packets.Packets) -> None:
        self._world, self._control = world, control
        self._work: Fields = {}
        self._file = ""

    def run(self) -> None:
        kind, descriptors = self._heard()
        while kind == words.SHARED:
            self._run_together(*descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            kind, descriptors = self._heard()
            if kind != words.SHARED:  # what has seen inputs is not copied
                return
        self._run_apart(*descriptors)

    def _load(self, descriptor: int) -> str:
        """Take what describes a program; its text, as it is compiled."""
        self._work = _read_json(descriptor)
        self._file = self._work["file"]
        program: str = self._work["program"]
        return program.removeprefix("\ufeff")

    def _compiled(self, program: str) -> types.CodeType | None:
        code, problem = runner.try_to_compile(program, self._file)
        if code is None:
            self._control.send(words.UNCOMPILED + json.dumps(problem).encode("ascii"))
        return code

    def _run_apart(self, described: int) -> None:
        program = self._load(described)
        os.close(described)
        sys.argv = [self._file]
        lines = program.splitlines(keepends=True)
        linecache.cache[self._file] = (len(program), None, lines, self._file)
        self._limit_all()
        code = self._compiled(program)
        if code is None:
            return
        for name in stateless.imports(code) & self._world.packages:
            for each in (name, *ALSO_IMPORTED.get(name, ())):
                with contextlib.suppress(Exception):  # which its own import then meets again
                    importlib.import_module(each)  # once, rather than in every case
        # What each case would do alike is done once, before any of them.
        runner.open_standard_streams()
        gc.collect()
        gc.freeze()
        if self._work["cases"] > 1 and not self._world.relays:
            # What has compiled it runs no case: all that do have begun alike.
            pid = self._fork_waiting()
            if pid:
                self._control.send(words.APART + words.PID.pack(pid, False))
                _end_process(0)
        else:
            self._control.send(words.APART + words.PID.pack(os.getpid(), self._world.relays))
        while True:
            kind, descriptors = self._heard()
            if self._world.relays:
                self._relay(code, kind, descriptors)
                continue
            successor = self._fork_waiting() if kind == words.CASE else 0
            if kind != words.CASE or successor:
                self._run_case(code, kind, descriptors, successor)
            for descriptor in descriptors:
                os.close(descriptor)

    def _fork_waiting(self) -> int:
        """Fork a process that waits for a case; 0 in that one."""
        blur_pids(_MOST_BLURRED)
        pid = fork() if self._world.relays else fork_beside()
        if pid == 0:
            os.setsid()
        return pid

    def _relay(self, code: types.CodeType, kind: bytes, descriptors: list[int]) -> None:
        """Fork a case's process, wait for its end, and tell of it."""
        pid = self._fork_waiting()
        if pid == 0:
            self._run_case(code, kind, descriptors, 0)
        for descriptor in descriptors:
            os.close(descriptor)
        _, status, usage = os.wait4(pid, 0)
        ended = os.waitstatus_to_exitcode(status)
        end = words.END.pack(pid, ended, usage.ru_utime + usage.ru_stime)
        self._control.send(words.ENDED + end)

    def _heard(self) -> tuple[bytes, list[int]]:
        kind, descriptors = self._control.receive(64, 8)
        if not kind:
            _end_process(0)  # the judge wants no more
        return kind, descriptors

    @property
    def _stack_bytes(self) -> int:
        """The stack of a program that means to go deep; 0 for the usual one."""
        stack: int = self._work["limits"]["stack_bytes"]
        return stack if "setrecursionlimit" in self._work["program"] else 0

    @property
    def _memory_bytes(self) -> int:
        memory: int = self._work["limits"]["memory_bytes"]
        return memory + self._stack_bytes

    # Programs that keep nothing, and so may share a process.

    def _run_together(self, described: int, channel: int, given: int) -> None:
        """Run all cases, up to one that does not end well, or none where that may not be."""
        program = self._load(described)
        # Should the judge have no time to end it: a program that never ends must not go on forever.
        seconds = _whole(time.process_time() + self._work["limits"]["cpu_seconds"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (self._memory_bytes, resource.RLIM_INFINITY))
        code = self._compiled(program)
        if code is None:
            return
        names = self._world.names if self._work["fn_name"] is not None else {}
        try:
            steady = stateless.Stateless(program, code, names, self._file)
        except stateless.NotStatelessError:
            self._control.send(words.APART)
            return
        self._control.send(words.TOGETHER)
        answers = _Answers(channel, self._work["limits"]["output_bytes"])
        work = partial(self._each_together, steady, code, _read_json(given), answers)
        claim = runner.claim(work, self._stack_bytes, self._memory_bytes, self._file)
        answers.end(claim)
        _MOVED.clear()

    def _each_together(
        self,
        steady: stateless.Stateless,
        code: types.CodeType,
        inputs: list[Any],
        answers: "_Answers",
    ) -> Fields:
        name, in_place = self._work["fn_name"], self._work["in_place"]
        if self._work["again"]:
            _move_memory(code)
        for given in inputs:
            if name is None:
                answers.add(steady.run_script(given))
                continue
            arguments = runner.with_integer_keys(given)
            claim = steady.call(partial(runner.call_in, code, name, arguments, in_place=in_place))
            if claim["end"] != "returned":
                return claim
            answers.add(claim["result"])
        return runner.FINISHED

    # Cases with a process each.

    def _run_case(
        self, code: types.CodeType, kind: bytes, descriptors: list[int], successor: int
    ) -> NoReturn:
        if kind == words.AGAIN:
            _move_memory(code)
        name, limits = self._work["fn_name"], self._work["limits"]
        given: Any = None if name is None else _read_json(descriptors[0])
        _arrange(descriptors, silent=name is not None)
        if self._world.pid != 1:  # with a zygote that is PID 1 all ends
            seccomp.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if not self._world.relays and os.getppid() != self._world.pid:
                _end_process(1)  # its parent has ended before that
        used = time.thread_time()
        self._limit_cpu(used)
        if "seccomp" in self._world.means:
            seccomp.install(walls="landlock" not in self._world.means)
        own = os.getpid()
        self._control.send(words.BEGUN + words.BEGIN.pack(own, successor, used))
        self._control.close()
        if name is None:
            os._exit = partial(_leave, own, limits["output_bytes"])
        work = partial(self._case, code, given)
        claim = runner.claim(work, self._stack_bytes, self._memory_bytes, self._file)
        if os.getpid() == own:  # else a process of the program's own, which has run off its end
            _say_claim(claim, limits["output_bytes"])
        _end_process(0)

    def _case(self, code: types.CodeType, given: Any) -> Fields:
        name, way = self._work["fn_name"], self._work["way"]
        if name is None:
            return runner.run_script(code, self._file)
        if way == ways.CallStyle.ASSERTIONS:
            return runner.examine(given)
        if way == ways.CallStyle.PLAIN:
            around = self._work["before"], self._work["after"]
            return runner.call_plainly(code, name, given, self._world.names, around)
        if way == ways.CallStyle.JSON:
            given = runner.with_integer_keys(given)
        scope = vars(runner.module("program", self._world.names, self._file))
        return runner.call_in(code, name, given, scope, in_place=self._work["in_place"])

    # Limits.

    def _limit_all(self) -> None:
        limits = self._work["limits"]
        _limit("RLIMIT_CORE", 0, 0)
        seconds = _whole(limits["cpu_seconds"]) * (2 + self._work["cases"]) + 1
        _limit("RLIMIT_CPU", seconds, seconds)
        _limit("RLIMIT_FSIZE", limits["output_bytes"], limits["output_bytes"])
        _limit("RLIMIT_NOFILE", limits["open_files"], limits["open_files"])
        if sys.platform == "linux":
            tasks = limits["processes"] + _WAITING + self._world.other_tasks
            _limit("RLIMIT_NPROC", tasks, tasks)
            memory = self._memory_bytes
            _limit("RLIMIT_AS", memory, memory + _LAST_WORDS)

    def _limit_cpu(self, used: float) -> None:
        """Give a case CPU time of its own, beside what this process has used so far."""
        seconds = _whole(used + self._work["limits"]["cpu_seconds"])
        _limit("RLIMIT_CPU", seconds, seconds + 1)


def _move_memory(keeper: object) -> None:
    """See to it that what is made from now on lies elsewhere than in another process."""
    _MOVED.append([bytearray(size) for size in range(0, 512, 8) for _ in range(67)])
    _MOVED.append([[{}, (keeper,), object(), {size}] for size in range(997)])


_MOVED: list[object] = []


def blur_pids(most: int) -> None:
    """Use up a few numbers of processes, no one knows how many: they say nothing of earlier ones.

    Args:
        most: How many at most.
    """
    for _ in range(os.urandom(1)[0] % (most + 1)):
        with contextlib.suppress(OSError):
            os.posix_spawn(_NOTHING, [_NOTHING], {})


ALSO_IMPORTED = {"numpy": ("numpy.random",)}
"""What packages import when it is first used; it is seeded before that."""

_NOTHING = "/selfrepair/nothing"  # which cannot be started, but only by a process of its own


class _Answers:
    """The answers of cases that share a process, on their way to the judge.

    Each has its CPU seconds with it. What a program that does not answer says of itself follows
    them; or nothing at all does, where that may be different in a process of its own.
    """

    def __init__(self, channel: int, most: int) -> None:
        self._channel, self._most = channel, most
        self._gathered: list[Any] = []
        # That of a thread is exact, that of a process with a limit goes by the system's ticks.
        self._began, self._flushed = time.thread_time(), time.perf_counter()

    def add(self, answer: str) -> None:
        """A case has its answer."""
        if len(answer) >= self._most:
            raise MemoryError
        used = time.thread_time()
        self._gathered.append([used - self._began, answer])
        self._began = used
        if (now := time.perf_counter()) - self._flushed > _FLUSHED:
            self._flush()
            self._flushed = now

    def end(self, claim: Fields) -> None:
        """No further case has one."""
        if claim != runner.FINISHED:
            told = claim if claim.get("type") not in _OF_THE_PROCESS else None
            self._gathered.append([time.thread_time() - self._began, told])
        self._flush()

    def _flush(self) -> None:
        body = json.dumps(self._gathered).encode("ascii")
        _say(self._channel, len(body).to_bytes(4, "big") + body)
        self._gathered.clear()


_OF_THE_PROCESS = {
    *("AttributeError", "FileNotFoundError", "ImportError", "MemoryError", "ModuleNotFoundError"),
    *("NotStatelessError", "OSError", "RecursionError", "UnicodeEncodeError"),
    *("UnsupportedOperation", "SystemError"),
}
"""Exceptions of which a process of its own may know nothing."""


def fork() -> int:
    """Fork; on Linux without the hooks for threads and seeds, of which there is no need.

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


def fork_beside() -> int:
    """Fork a process with the parent of this one (Linux), which hears of its end.

    Raises:
        OSError: There can be no further process.
    """
    known = ctypes.c_void_p()
    _LIBC.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(known), 0, 0, 0)  # where a thread has its number
    at = ctypes.c_long(known.value or 0)
    zero = ctypes.c_long(0)
    number = syscalls.numbers(platform.machine())["clone"]
    flags = ctypes.c_long(_BESIDE if known.value else _BESIDE & ~_OF_TID)
    last = (at, zero) if platform.machine() == "x86_64" else (zero, at)
    pid: int = _LIBC.syscall(ctypes.c_long(number), flags, zero, zero, *last)
    if pid < 0:
        problem = ctypes.get_errno()
        raise OSError(problem, os.strerror(problem))
    return pid


def _leave(own: int, most: int, status: int) -> NoReturn:
    """What a program that reads and prints calls as `os._exit`: an end at once, but no silent one.

    What is buffered is lost, as it would be anywhere.
    """
    if status == 0 and os.getpid() == own:
        _say_claim(runner.FINISHED, most)
    _end_process(status)


def _say_claim(claim: Fields, most: int) -> None:
    report = _FINISHED if claim == runner.FINISHED else json.dumps(claim).encode("ascii")
    if len(report) >= most:
        report = json.dumps({"end": "too_large"}).encode("ascii")
    _say(_CHANNEL, report)


def _say(channel: int, message: bytes) -> None:
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(channel, rest) :]


def _read_json(descriptor: int) -> Any:
    """What an open file holds, from its beginning."""
    return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))


def _arrange(descriptors: list[int], *, silent: bool) -> None:
    """Put the descriptors where they belong and close all others but the control.

    Args:
        descriptors: Standard input, output and error, and the channel.
        silent: Whether nothing is read and what is printed is nobody's business.
    """
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _HIGH) for descriptor in descriptors]
    if silent:  # 0 and 1 are nothing as it is
        high[:2] = [fcntl.fcntl(number, fcntl.F_DUPFD, _HIGH) for number in (0, 1)]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < _CHANNEL)
    os.closerange(_CONTROL + 1, _MOST_DESCRIPTORS)


def _whole(seconds: float) -> int:
    return -int(-seconds // 1)


def _limit(name: str, soft: int, hard: int) -> None:
    which = getattr(resource, name)
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))

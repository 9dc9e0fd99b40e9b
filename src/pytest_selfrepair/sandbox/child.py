"""A child of the zygote: gives up its means, then runs a program's cases one after the other.

It shares the process with untrusted code, so what it says is no more than a claim. Like the zygote,
beside which it lies as a plain file, it needs the standard library alone.
"""

import faulthandler
import fcntl
import functools
import json
import os
import resource
import signal
import struct
import sys
import time
import types
from dataclasses import dataclass
from typing import Any, NoReturn

if __package__:
    from pytest_selfrepair.sandbox import leftovers, rights, runner, seccomp, ways
else:  # a plain file beside its siblings
    import leftovers  # type: ignore[import-not-found,no-redef]
    import rights  # type: ignore[import-not-found,no-redef]
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]
    import ways  # type: ignore[import-not-found,no-redef]

# The words of the channel to the zygote; each follows its length in four bytes.
LIMITED, COMPILED, UNCOMPILED, CASE, RESTS = b"l", b"c", b"u", b"r", b"e"

CASE_HEAD = struct.Struct("=dQ?")
"""A case's CPU seconds, the length of its output, and whether it met a limit of output."""

_FINISHED = json.dumps(runner.FINISHED)
_LAST_WORDS = 64 << 20  # bytes beyond the memory limit with which a child reports that it met it
_CHANNEL, _TRACE, _COPIES = 3, 4, 5  # descriptors, beside 0, 1 and 2; the copies are of these
_PR_SET_PDEATHSIG = 1

_end_process = os._exit  # a program may replace it

Fields = dict[str, Any]  # what JSON carries


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What children do.

    Attributes:
        program: The program.
        fn_name: The function to call, or None for a program that reads and prints.
        in_place: Whether its answer is what it leaves in its first argument.
        way: How the function is called.
        before: What is run before the program, in its namespace, for calls with plain values.
        after: What is run after it, for the same.
        inputs: What each case is given.
        limits: What a case may use.
        uid: The user to become, or None.
        other_tasks: Tasks of other programs that count against the limit on processes.
        means: What is done to a child beyond its limits, as the zygote was told.
        names: What a called program finds defined.
        state: What Python shares between cases, as it is before any.
    """

    program: str
    fn_name: str | None
    in_place: bool
    way: ways.Way
    before: str
    after: str
    inputs: list[Any]
    limits: Fields
    uid: int | None
    other_tasks: int
    means: frozenset[str]
    names: dict[str, object]
    state: runner.State

    @property
    def stack_bytes(self) -> int:
        """The stack of a program that means to go deep; 0 for the usual one."""
        stack: int = self.limits["stack_bytes"]
        return stack if "setrecursionlimit" in self.program else 0

    def stdin(self, index: int) -> bytes:
        """What a case finds on standard input."""
        return b"" if self.fn_name is not None else self.inputs[index].encode("utf-8", "replace")


def run(work: Work, first: int, descriptors: list[int]) -> NoReturn:
    """Become an ordinary process, run the cases from ``first`` on, and end: there is no way back.

    Args:
        work: What to do.
        first: The first case to run, whose standard input is ready.
        descriptors: Standard input, output and error, the channel and the trace.
    """
    status = 1
    try:
        os.setsid()
        if os.getppid() != 1:  # a zygote that is PID 1 handles no signal
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _arrange(descriptors, silent=work.fn_name is not None)
        sys.path.insert(0, work.state.scratch)
        faulthandler.register(signal.SIGXCPU, file=_TRACE, all_threads=True, chain=True)
        _give_up_means(work, len(work.inputs) - first)
        _say(LIMITED)
        _run_cases(work, first)
        status = 0
    except BaseException as error:  # noqa: BLE001 - no program may climb into the zygote's loop
        os.write(2, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
    finally:
        _end_process(status)


def _run_cases(work: Work, first: int) -> None:
    _limit_cpu(work)
    code, problem = runner.try_to_compile(work.program)
    if code is None:
        _say(UNCOMPILED, json.dumps(problem).encode("ascii"))
        return
    _say(COMPILED)
    own, stack, memory = os.getpid(), work.stack_bytes, work.limits["memory_bytes"]
    for index in range(first, len(work.inputs)):
        if index > first:
            stdin = work.stdin(index)
            if len(stdin) >= work.limits["output_bytes"]:
                break  # too large a file for this process to write
            _renew(stdin)
        began = _limit_cpu(work)
        if work.fn_name is None:
            os._exit = functools.partial(_leave, work, own, began)
        runner.open_standard_streams()
        run = functools.partial(_run_case, work, index, code)
        claim = runner.claim(run, stack, memory + stack)
        if os.getpid() != own:
            return  # a process of the program's own, which has run off its end
        seconds = time.process_time() - began
        restored = work.state.restore()  # first, for what follows needs the builtins
        _say_case(claim, seconds, work)
        if not (restored and leftovers.empty_scratch()):
            break
    else:
        return
    _say(RESTS)  # the remaining cases need another process


def _run_case(work: Work, index: int, code: types.CodeType) -> Fields:
    if work.fn_name is None:
        return runner.run_script(code)
    given = work.inputs[index]
    if work.way == ways.Way.ASSERTIONS:
        return runner.examine(given)
    if work.way == ways.Way.PLAIN:
        around = work.before, work.after
        return runner.call_plainly(code, work.fn_name, given, work.names, around)
    return runner.call_function(code, work.fn_name, given, work.names, in_place=work.in_place)


def _leave(work: Work, own: int, began: float, status: int) -> NoReturn:
    """What a program that reads and prints calls as `os._exit`: an end at once, but no silent one.

    What is buffered is lost, as it would be anywhere.
    """
    if status == 0 and os.getpid() == own:
        _say_case({"end": "finished"}, time.process_time() - began, work)
        _say(RESTS)
    _end_process(status)


def _say_case(claim: Fields, cpu_seconds: float, work: Work) -> None:
    most = work.limits["output_bytes"]
    report = _FINISHED if claim == runner.FINISHED else json.dumps(claim)
    if len(report) >= most:
        report = json.dumps({"end": "too_large"})
    sizes = [0 if work.fn_name is not None else os.fstat(_COPIES + 1).st_size]
    sizes.append(os.fstat(_COPIES + 2).st_size)
    stdout = os.pread(_COPIES + 1, sizes[0], 0) if sizes[0] else b""
    head = CASE_HEAD.pack(cpu_seconds, len(stdout), max(sizes) >= most)
    _say(CASE, head, stdout, report.encode("ascii"))


def _say(*parts: bytes) -> None:
    message = b"".join(parts)
    rest = memoryview(len(message).to_bytes(4, "big") + message)
    while rest:
        rest = rest[os.write(_CHANNEL, rest) :]


def _arrange(descriptors: list[int], *, silent: bool) -> None:
    """Put the descriptors where they belong and close all others, the zygote's among them."""
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in descriptors]
    if silent:  # what a called function prints is nobody's business
        high[1] = fcntl.fcntl(1, fcntl.F_DUPFD, 64)
    high += high[:3]
    for number, descriptor in enumerate(high):
        os.dup2(descriptor, number, inheritable=number < _CHANNEL)
    os.closerange(len(high), 256)


def _renew(stdin: bytes) -> None:
    """Give the next case its standard input, and empty files for what it prints."""
    for number in range(3):
        os.dup2(_COPIES + number, number)
    os.pwrite(0, stdin, 0)
    os.ftruncate(0, len(stdin))
    for number in (1, 2):
        if os.lseek(number, 0, os.SEEK_END):
            os.ftruncate(number, 0)
    for number in range(3):
        os.lseek(number, 0, os.SEEK_SET)


def _give_up_means(work: Work, cases: int) -> None:
    limits = work.limits
    _limit("RLIMIT_CORE", 0, 0)
    seconds = _whole(limits["cpu_seconds"]) * (cases + 1) + 1
    _limit("RLIMIT_CPU", seconds, seconds)
    _limit("RLIMIT_FSIZE", limits["output_bytes"], limits["output_bytes"])
    _limit("RLIMIT_NOFILE", limits["open_files"], limits["open_files"])
    if sys.platform == "linux":
        tasks = limits["processes"] + work.other_tasks
        _limit("RLIMIT_NPROC", tasks, tasks)
        memory = limits["memory_bytes"] + work.stack_bytes
        _limit("RLIMIT_AS", memory, memory + _LAST_WORDS)
    if work.uid is not None:
        rights.become(work.uid, keep_reading="keep-reading" in work.means)
    elif os.getuid() == 0:
        rights.drop()
    seccomp.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if "seccomp" in work.means:
        seccomp.install(walls="landlock" not in work.means)


def _limit_cpu(work: Work) -> float:
    """Give the next case CPU time of its own; the CPU seconds used so far."""
    used = time.process_time()
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    seconds = _whole(used + work.limits["cpu_seconds"])
    if hard != resource.RLIM_INFINITY:
        seconds = min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))
    return used


def _whole(seconds: float) -> int:
    return -int(-seconds // 1)


def _limit(name: str, soft: int, hard: int) -> None:
    which = getattr(resource, name)
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))

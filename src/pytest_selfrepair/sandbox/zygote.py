"""Runs one untrusted program on its inputs, a fork per case; started as a plain file, in isolation.

It needs the standard library alone and knows no expected output. Its arguments say what it is to
do to its children: `plain-user` gives each program a user of its own, `seccomp` filters system
calls. A frame is a length of eight
bytes, big-endian, and as many bytes of JSON. One request frame comes on standard input; on standard
output go a frame for every case, in order, and one that ends the run.
"""

import contextlib
import ctypes
import faulthandler
import fcntl
import importlib
import json
import os
import re
import resource
import shutil
import signal
import site
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

if __package__:
    from pytest_selfrepair.sandbox import runner, seccomp
else:  # a plain file beside its siblings, with nothing of the project around
    import runner  # type: ignore[import-not-found,no-redef]
    import seccomp  # type: ignore[import-not-found,no-redef]

_REPORT, _TRACE, _READY = 3, 4, 5  # descriptors of a case's child, beside 0, 1 and 2
_TAIL = 4_000  # bytes of standard error and of a trace that are passed on
_LAST_WORDS = 64 << 20  # bytes beyond the memory limit with which a child reports that it met it
_GRACE = 0.2  # seconds between the signal that asks where a program is and the one that ends it
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36

Fields = dict[str, Any]  # what JSON carries


def main() -> None:
    """Serve one request, then end."""
    del sys.path[0]  # where runner came from; this process imports nothing a program has written
    means = frozenset(sys.argv[1:])
    sys.argv = [runner.PROGRAM_FILE]
    sys.set_int_max_str_digits(0)  # tasks have longer integers; time and memory bound the work
    site.setquit()  # exit() and quit(), which the option -S leaves out
    with open(0, "rb", closefd=False) as stdin:
        request = json.loads(stdin.read(int.from_bytes(stdin.read(8), "big")))
    with open(os.dup(1), "wb") as channel:  # noqa: PTH123 - a descriptor
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        _prctl(_PR_SET_DUMPABLE, 0)  # hides memory and descriptors from children of the same user
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        for message in _Session(request, means).messages():
            body = json.dumps(message).encode("ascii")
            channel.write(len(body).to_bytes(8, "big") + body)
            channel.flush()


class _Session:
    """One program and its cases."""

    def __init__(self, request: Fields, means: frozenset[str]) -> None:
        self.program: str = request["program"]
        self.fn_name: str | None = request["fn_name"]
        self.inputs: list[Any] = request["inputs"]
        self.limits: Fields = request["limits"]
        self.names: dict[str, object] = {}
        # A user of its own makes the bound on processes its own, and protects everyone's files.
        self.plain_user = "plain-user" in means
        self.seccomp = "seccomp" in means
        self.uid = 1_000_000_000 + int.from_bytes(os.urandom(3), "big")
        if self.plain_user:
            Path().chmod(0o777)
        self.other_tasks = 0 if self.plain_user or os.getpid() == 1 else _tasks_of_user()
        self.big_stack = "setrecursionlimit" in self.program
        self.child: int | None = None
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if os.getpid() != 1:  # PID 1 is deaf to signals from within, and its namespace ends with it
            signal.signal(signal.SIGTERM, self._end)

    def _end(self, _signal: int, _frame: object) -> None:
        _end_descendants(self.child)
        os._exit(1)

    def messages(self) -> Iterator[Fields]:
        """A message for every case, in order, and the end; or what is wrong with the program."""
        # A hostile text can exhaust the compiler, so a child of bounded means goes first.
        trial = self._fork(lambda: runner.try_to_compile(self.program), b"")
        if trial["report"] != json.dumps({"end": "compiled"}):
            yield {"uncompiled": trial}
            return
        code = runner.compile_program(self.program)
        if self.fn_name is not None:
            self.names = runner.starter_names()
        elif "random" in self.program:
            importlib.import_module("random")  # so that its numbers can be made to repeat
        for index, given in enumerate(self.inputs):
            yield {"case": index, **self._run(code, given)}
        yield {"end": len(self.inputs)}

    def _run(self, code: types.CodeType, given: Any) -> Fields:
        fn_name = self.fn_name
        if fn_name is None:
            return self._fork(lambda: runner.run_script(code), given.encode("utf-8", "replace"))
        return self._fork(lambda: runner.call_function(code, fn_name, given, self.names), b"")

    def _fork(self, work: Callable[[], Fields], stdin: bytes) -> Fields:
        """Do ``work`` in a child and say what came of it, once nothing of it is left alive."""
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(_anonymous_file()) for _ in range(5)]
            files[0].write(stdin)
            files[0].seek(0)
            began, ready = os.pipe()
            started = time.monotonic()
            child = os.fork()
            if child == 0:
                self._be_child(work, [*(file.fileno() for file in files), ready])
            self.child = child
            os.close(ready)
            status, timed_out, usage = self._wait(child)
            _end_descendants(child)
            self.child = None
            _empty_scratch()
            was_ready = os.read(began, 1)
            os.close(began)
            stderr = _read(files[2])[-_TAIL:].decode("utf-8", "replace")
            if not was_ready:
                raise RuntimeError(f"a child could not be limited: {stderr}")
            trace = _read(files[4])[:_TAIL].decode("ascii", "replace")
            line = re.search(rf'File "{re.escape(runner.PROGRAM_FILE)}", line (\d{{1,9}})', trace)
            sizes = [os.fstat(file.fileno()).st_size for file in files[1:]]
            return {
                "exit": os.waitstatus_to_exitcode(status),
                "timed_out": timed_out,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "seconds": time.monotonic() - started,
                "stdout": _read(files[1]).decode("utf-8", "replace"),
                "stderr": stderr,
                "full": max(sizes) >= self.limits["output_bytes"],
                "report": _read(files[3]).decode("utf-8", "replace"),
                "line": int(line[1]) if line else None,
            }

    def _wait(self, child: int) -> tuple[int, bool, resource.struct_rusage]:
        alarms = 0

        def alarm(_signal: int, _frame: object) -> None:
            nonlocal alarms
            alarms += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGXCPU if alarms == 1 else signal.SIGKILL)

        signal.signal(signal.SIGALRM, alarm)
        signal.setitimer(signal.ITIMER_REAL, self.limits["wall_seconds"], _GRACE)
        _, status, usage = os.wait4(child, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return status, alarms > 0, usage

    def _be_child(self, work: Callable[[], Fields], descriptors: list[int]) -> NoReturn:
        """Become an ordinary process, do the work, report, and end: there is no way back."""
        status = 1
        try:
            os.setsid()
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in descriptors]
            if self.fn_name is not None:  # what a called function prints is nobody's business
                high[1] = fcntl.fcntl(1, fcntl.F_DUPFD, 64)
            for number, descriptor in enumerate(high):
                os.dup2(descriptor, number, inheritable=number < _REPORT)
            os.closerange(len(high), 256)  # among them the channel to the judge
            sys.path.insert(0, str(Path.cwd()))
            runner.open_standard_streams()
            faulthandler.register(signal.SIGXCPU, file=_TRACE, all_threads=True, chain=True)
            self._give_up_means()
            os.write(_READY, b"1")
            os.close(_READY)
            stack = self.limits["stack_bytes"] if self.big_stack else 0
            report = json.dumps(runner.claim(work, stack))
            if len(report) >= self.limits["output_bytes"]:
                report = json.dumps({"end": "too_large"})
            os.write(_REPORT, report.encode("ascii"))
            status = 0
        except BaseException as error:  # noqa: BLE001 - no program may climb into the zygote's loop
            os.write(2, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
        finally:
            os._exit(status)

    def _give_up_means(self) -> None:
        limits, cpu = self.limits, -int(-self.limits["cpu_seconds"] // 1)  # whole seconds
        memory = limits["memory_bytes"] + (limits["stack_bytes"] if self.big_stack else 0)
        _limit("RLIMIT_CORE", 0, 0)
        _limit("RLIMIT_CPU", cpu, cpu + 1)
        _limit("RLIMIT_FSIZE", limits["output_bytes"], limits["output_bytes"])
        _limit("RLIMIT_NOFILE", limits["open_files"], limits["open_files"])
        if sys.platform == "linux":
            tasks = limits["processes"] + self.other_tasks
            _limit("RLIMIT_NPROC", tasks, tasks)
            _limit("RLIMIT_AS", memory, memory + _LAST_WORDS)
        if self.plain_user:
            os.setgroups([])
            os.setgid(self.uid)
            os.setuid(self.uid)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if self.seccomp:
            seccomp.install(forks=True)


def _limit(name: str, soft: int, hard: int) -> None:
    which = getattr(resource, name)
    ceiling = resource.getrlimit(which)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _end_descendants(child: int | None) -> None:
    """Kill every descendant and wait until none is left.

    As PID 1 this is certain. Elsewhere it reaches the child's process group and, on Linux, whatever
    became an orphan of this process.
    """
    alone = os.getpid() == 1
    victims = [-1] if alone else [] if child is None else [-child]
    while True:
        for victim in victims:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(victim, signal.SIGKILL)
        try:
            while os.waitpid(-1, 0 if alone else os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        victims = _children()
        if not victims:
            return


def _children() -> list[int]:
    """Processes whose parent this one is, or has become; none where the system keeps no list."""
    with contextlib.suppress(OSError):
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]
    return []


def _tasks_of_user() -> int:
    """Processes and threads of this user, which count against its children's limit (Linux)."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                count += len(list((folder / "task").iterdir()))
    return count


def _empty_scratch() -> None:
    for folder, names, _ in os.walk("."):
        for inner in (Path(folder, name) for name in names):
            if not inner.is_symlink():
                inner.chmod(0o700)
    for entry in os.scandir():
        with contextlib.suppress(OSError, RecursionError):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry, ignore_errors=True)
            else:
                Path(entry).unlink()


def _anonymous_file() -> IO[bytes]:
    if not hasattr(os, "memfd_create"):
        return tempfile.TemporaryFile(buffering=0)
    return open(os.memfd_create("case"), "w+b", buffering=0)  # noqa: PTH123 - a descriptor


def _read(file: IO[bytes]) -> bytes:
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)


if __name__ == "__main__":
    main()

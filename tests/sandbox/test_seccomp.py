"""The filter of system calls: its numbers are the kernel's, and it refuses what it should."""

import errno
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_selfrepair.sandbox.inside import seccomp, syscalls

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}
here = pytest.mark.skipif(not seccomp.available(), reason="the calls of this machine are not known")


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_headers(machine: str) -> None:
    header = next((path for path in map(Path, HEADERS[machine]) if path.exists()), None)
    if header is None:
        pytest.skip("the headers are not here")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\s", header.read_text())
    numbers = {name: int(number) for name, number in defined}
    known = syscalls.numbers(machine)
    assert {name: numbers[name] for name in known if name in numbers} == {
        name: number for name, number in known.items() if name in numbers
    }
    assert len(known.keys() & numbers.keys()) > 90
    assert max(known.values()) <= syscalls.NEWEST


def test_an_unknown_machine_has_no_numbers() -> None:
    assert syscalls.numbers("vax") == {}


@pytest.mark.parametrize("machine", HEADERS)
def test_no_jump_of_the_filter_leaves_it(machine: str) -> None:
    code = seccomp.assemble(machine, syscalls.numbers(machine), 7, walls=False)
    count = len(code) // 8
    for place in range(count):
        jumps = code[8 * place + 2], code[8 * place + 3]
        assert place + 1 + max(jumps) < count or jumps == (0, 0)


def attempt(expression: str, *, walls: bool = True) -> str:
    """What comes of an expression where the filter is in force."""
    program = (
        "import ctypes, os, sys; from pytest_selfrepair.sandbox.inside import seccomp, syscalls\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"number = syscalls.numbers({platform.machine()!r})\n"
        "def call(name, *arguments):\n"
        "    return libc.syscall(number[name], *arguments), ctypes.get_errno()\n"
        f"seccomp.install_for_zygote(walls={walls})\nseccomp.install(walls={walls})\n"
        f"print({expression})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr.strip()


@here
@pytest.mark.parametrize(
    ("name", "arguments", "number"),
    [
        ("unshare", (0x10000000,), errno.EPERM),
        ("ptrace", (0, 0, 0, 0), errno.EPERM),
        ("shmget", (0, 4096, 0o1777), errno.EPERM),
        ("mq_open", (0, 0, 0, 0), errno.EPERM),
        ("keyctl", (0, 0), errno.EPERM),
        ("socket", (1, 1, 0), errno.EPERM),
        ("socketpair", (2, 1, 0, 0), errno.EPERM),
        ("setpriority", (0, 0, 5), errno.EPERM),
        ("clone", (0x10000000 | 17, 0, 0, 0, 0), errno.EPERM),
        ("clone3", (0, 0), errno.ENOSYS),
        ("io_uring_setup", (1, 0), errno.ENOSYS),
        ("memfd_create", (0, 0), errno.ENOSYS),
        ("kill", (1, 0), errno.EPERM),
        ("kill", (-1, 0), errno.EPERM),
        ("tgkill", (1, 1, 0), errno.EPERM),
        ("prlimit64", (1, 7, 0, 0), errno.EPERM),
        ("fcntl", (0, 8, 1), errno.EPERM),
        ("prctl", (1, 0, 0, 0, 0), errno.EPERM),
    ],
)
def test_a_call_is_refused(name: str, arguments: tuple[int, ...], number: int) -> None:
    assert attempt(f"call({name!r}, *{arguments})") == f"(-1, {number})"


@here
@pytest.mark.parametrize(
    "expression",
    [
        "os.kill(os.getpid(), 0)",
        "__import__('_thread').start_new_thread(int, ()) and None",
        "__import__('resource').setrlimit(7, (32, 32))",
        "__import__('socket').socketpair() and None",
        "__import__('fcntl').fcntl(0, 3) * 0 or None",
        "__import__('asyncio').run(__import__('asyncio').sleep(0))",
        "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0) and None",
    ],
)
def test_an_honest_call_is_allowed(expression: str) -> None:
    assert attempt(expression) == "None"


@here
def test_processes_are_refused_where_none_may_be_started() -> None:
    assert "PermissionError" in attempt("os.fork()", walls=False)
    assert "PermissionError" in attempt("os.execv('/bin/true', ['true'])", walls=False)
    assert "PermissionError" in attempt("os.chmod('/', 0o755)", walls=False)
    assert attempt("__import__('_thread').start_new_thread(int, ()) and None", walls=False)


@here
def test_an_unknown_call_is_absent() -> None:
    assert attempt("(libc.syscall(9999), ctypes.get_errno())") == f"(-1, {errno.ENOSYS})"

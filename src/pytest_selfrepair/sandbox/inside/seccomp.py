"""Assemble the seccomp filters that limit a program's system calls.

There are two. One is installed in the zygote and so holds for all its children: it refuses what the
zygote itself does not need. The other is installed in each child and refuses the rest; it is short,
since the kernel runs every instruction on every call.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import ctypes
import errno
import functools
import os
import struct
import sys
from collections.abc import Collection

if __package__:
    from pytest_selfrepair.sandbox.inside import syscalls
else:  # a plain file beside its siblings
    import syscalls  # type: ignore[import-not-found,no-redef]

# Offsets of fields in the filter's input; both machines are little-endian.
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16

# Instructions: load a word, jump where equal, greater or any bit set, return.
_LOAD, _EQUAL, _GREATER, _ANY, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06

_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _UNKNOWN = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 1, 38
_PID_PLACEHOLDER = 0x4E4F424F  # stands for the process id until it is known; larger than any id

# Refused without namespaces around the process: starting another process, which might outlive it,
# and changing what Landlock does not guard.
_BEYOND_WALLS = (
    *("fork", "vfork", "execve", "execveat", "chmod", "fchmod", "fchmodat"),
    *("chown", "fchown", "lchown", "fchownat", "utime", "utimes", "futimesat", "utimensat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
)
# The C library has substitutes for these calls, used where they are unknown.
_ABSENT = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create")
_OWN_PROCESS = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")

# Flags of clone that are refused: new namespaces, tracing, and another parent than the caller.
_CLONE_REFUSED = 0x7E020000 | 0x2000 | 0x8000
_CLONE_THREAD = 0x10000
_AF_UNIX = 1
# Refused values, with the position of their argument.
_REFUSED_VALUES = {
    # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY: signals across processes
    "fcntl": (1, (8, 10, 15, 1024, 1026)),
    # FIOASYNC, FIOSETOWN, SIOCSPGRP: the same; TIOCSTI, TIOCLINUX: a terminal's input
    "ioctl": (1, (0x5452, 0x8901, 0x8902, 0x5412, 0x541C)),
    # PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_CHILD_SUBREAPER, PR_SCHED_CORE
    "prctl": (0, (1, 22, 36, 62)),
}
_OF_ARGUMENTS = {"clone", "prlimit64", "socketpair", *_OWN_PROCESS, *_REFUSED_VALUES}

# Calls needed by the zygote, or by a child before it is filtered.
_OF_ZYGOTE = (*_OWN_PROCESS, "clone", "memfd_create", "pidfd_open", "prctl", "seccomp")


_HERE = os.uname().machine  # looked up once: whatever a forked process touches is copied for it


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def available() -> bool:
    """Whether this machine's system calls are known."""
    return sys.platform == "linux" and _HERE in _AUDIT


def install_for_zygote(*, walls: bool) -> None:
    """Filter the calls of this process and of the children that it will fork.

    Args:
        walls: As for :func:`install`.

    Raises:
        OSError: The system does not support the filter.
    """
    names = syscalls.numbers(_HERE).keys() - _OF_ZYGOTE
    _install(assemble(_HERE, names, 0, walls=walls))
    prepare(walls=walls)


def install(*, walls: bool) -> None:
    """Filter the calls of this process and its descendants, in addition to the zygote's filter.

    Args:
        walls: Whether namespaces surround the process; without them it may start threads, but no
            processes, and may not change the attributes of files.

    Raises:
        OSError: The system does not support the filter.
    """
    _install(prepare(walls=walls).replace(_word(_PID_PLACEHOLDER), _word(os.getpid())))


@functools.cache
def prepare(*, walls: bool) -> bytes:
    """Assemble a child's filter without its pid, once for all children."""
    return assemble(_HERE, _OF_ZYGOTE, _PID_PLACEHOLDER, walls=walls)


def prctl(option: int, value: int) -> None:
    """Call prctl on Linux; do nothing elsewhere."""
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


def assemble(machine: str, names: Collection[str], pid: int, *, walls: bool) -> bytes:
    """Assemble a filter in the kernel's format.

    Args:
        machine: `x86_64` or `aarch64`.
        names: The calls to be filtered.
        pid: The only process that may be sent signals, besides its own group.
        walls: Whether namespaces surround the process.
    """
    known = syscalls.numbers(machine)
    code = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, _AUDIT[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_GREATER, 0, 1, syscalls.NEWEST),  # which include those of the x32 interface
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    for name, number in known.items():
        body = _body(name, pid, walls=walls)
        if body and name in names:
            code += [(_EQUAL, 0, len(body), number), *body]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _body(  # noqa: PLR0911 - a return for every kind of rule
    name: str, pid: int, *, walls: bool
) -> list[tuple[int, int, int, int]]:
    """Return the instructions for the call ``name``; none if it is allowed."""
    allow, refuse = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)
    if name in _ABSENT:
        return [(_RETURN, 0, 0, _UNKNOWN)]
    if name in _BEYOND_WALLS and walls:
        return []
    if name not in _OF_ARGUMENTS:
        return [refuse]
    if name == "clone":
        body = [_argument(0), (_ANY, 0, 1, _CLONE_REFUSED), refuse]
        return [*body, allow] if walls else [*body, (_ANY, 1, 0, _CLONE_THREAD), refuse, allow]
    if name in _OWN_PROCESS:
        return [_argument(0), (_EQUAL, 2, 0, pid), (_EQUAL, 1, 0, 0), refuse, allow]
    if name == "prlimit64":
        return [_argument(0), (_EQUAL, 1, 0, 0), refuse, allow]
    if name == "socketpair":
        return [_argument(0), (_EQUAL, 1, 0, _AF_UNIX), refuse, allow]
    position, values = _REFUSED_VALUES[name]
    body = [_argument(position)]
    for value in values:
        body += [(_EQUAL, 0, 1, value), refuse]
    return [*body, allow]


def _argument(position: int) -> tuple[int, int, int, int]:
    """Load the lower half of an argument, which holds all integers and flags checked here."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * position)


def _install(code: bytes) -> None:
    program = _Program(len(code) // 8, code)
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if _libc().syscall(_SECCOMP[_HERE], _SET_MODE_FILTER, 0, ctypes.byref(program)):
        problem = ctypes.get_errno()
        raise OSError(problem, f"seccomp: {os.strerror(problem)}")


def _word(number: int) -> bytes:
    return struct.pack("=I", number)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

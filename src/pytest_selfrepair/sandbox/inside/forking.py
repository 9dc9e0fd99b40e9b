"""Fork processes cheaply, with process ids that reveal nothing.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import contextlib
import ctypes
import os
import signal
import sys

if __package__:
    from pytest_selfrepair.sandbox.inside import seccomp, syscalls
else:  # a plain file beside its siblings
    import seccomp  # type: ignore[import-not-found,no-redef]
    import syscalls  # type: ignore[import-not-found,no-redef]

_PR_SET_PDEATHSIG, _PR_GET_TID_ADDRESS = 1, 40
_OF_TID = 0x200000 | 0x1000000  # CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID
_BESIDE = 0x8000 | _OF_TID | signal.SIGCHLD  # CLONE_PARENT, and the parent's signal at its end
_NOTHING = "/selfrepair/nothing"  # does not exist; trying to start it uses up a process id
# Looked up once: whatever a process touches after a fork is copied for it.
_MACHINE = os.uname().machine
_CLONE = syscalls.numbers(_MACHINE).get("clone", -1)
_LIBC = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock during calls


def fork() -> int:
    """Fork; on Linux without Python's hooks for threads and seeds, which are not needed.

    Raises:
        OSError: No further process can be created.
    """
    if sys.platform != "linux":
        return os.fork()
    pid: int = _LIBC.fork()
    if pid < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return pid


def fork_beside() -> int:
    """Fork a process whose parent is this one's parent (Linux), which is notified of its end.

    Raises:
        OSError: No further process can be created.
    """
    known = ctypes.c_void_p()
    _LIBC.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(known), 0, 0, 0)  # the address of the thread's id
    at = ctypes.c_long(known.value or 0)
    zero = ctypes.c_long(0)
    flags = ctypes.c_long(_BESIDE if known.value else _BESIDE & ~_OF_TID)
    last = (at, zero) if _MACHINE == "x86_64" else (zero, at)
    pid: int = _LIBC.syscall(ctypes.c_long(_CLONE), flags, zero, zero, *last)
    if pid < 0:
        problem = ctypes.get_errno()
        raise OSError(problem, os.strerror(problem))
    return pid


def skip_pids(most: int) -> None:
    """Use up a random number of process ids, so that they reveal nothing of earlier processes.

    Args:
        most: The most process ids.
    """
    for _ in range(os.urandom(1)[0] % (most + 1)):
        with contextlib.suppress(OSError):
            os.posix_spawn(_NOTHING, [_NOTHING], {})


def end_with_parent() -> None:
    """Have this process killed when its parent ends."""
    seccomp.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

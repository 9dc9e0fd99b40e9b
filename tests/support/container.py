"""Runs a command as in a container, where bubblewrap cannot make namespaces.

Started as a plain file: KIND COMMAND ARGUMENT… With `docker` as its kind the process has the rights
that Docker gives to root, and Python in open folders, as in its images; `bare` leaves it no rights
at all; both have a filter like Docker's. `rootless` makes it root of a user namespace that knows no
other user. It exits with 77 where that is not to be had.
"""

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

import pytest_selfrepair
from pytest_selfrepair.sandbox.inside import syscalls
from unprivileged import show

UNAVAILABLE = 77
_DOCKER = 0xA80425FB  # capabilities of root in a container, as Docker's manual lists them
_NEW_USER, _NEW_ANYTHING = 0x10000000, 0x7E020000
_EPERM, _ENOSYS = 0x00050001, 0x00050026
_REFUSED = ("unshare", "setns", "mount", "umount2", "pivot_root", "move_mount", "open_tree")
_PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 22, 24, 38
_LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")

libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Become what the kind says, then the command."""
    kind, *command = sys.argv[1:]
    if kind == "rootless":
        _enter_user_namespace()
    else:
        if os.geteuid() == 0 and kind == "docker":
            package, here = Path(pytest_selfrepair.__file__).parent, Path(__file__).parent
            show([sys.base_prefix, sys.prefix, str(package), str(here)])
        _filter_calls()
        if os.geteuid() == 0:
            _keep_capabilities(_DOCKER if kind == "docker" else 0)
    os.execv(command[0], command)  # noqa: S606 - the purpose


def _enter_user_namespace() -> None:
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USER):
        sys.exit(UNAVAILABLE)
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    except OSError:
        sys.exit(UNAVAILABLE)


def _keep_capabilities(kept: int) -> None:
    for number in range(int(_LAST_CAPABILITY.read_text(encoding="ascii")) + 1):
        if not kept >> number & 1:
            libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    if libc.capset(struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", kept, kept, 0, 0, 0, 0)):
        sys.exit(UNAVAILABLE)


def _filter_calls() -> None:
    """Refuse what makes namespaces, as Docker's filter does."""
    numbers = syscalls.numbers(platform.machine())
    load, equal, any_bit, back = 0x20, 0x15, 0x45, 0x06
    code = [(load, 0, 0, 0)]
    for name in _REFUSED:
        code += [(equal, 0, 1, numbers[name]), (back, 0, 0, _EPERM)]
    code += [(equal, 0, 1, numbers["clone3"]), (back, 0, 0, _ENOSYS)]
    code += [(equal, 0, 3, numbers["clone"]), (load, 0, 0, 16), (any_bit, 0, 1, _NEW_ANYTHING)]
    code += [(back, 0, 0, _EPERM), (back, 0, 0, 0x7FFF0000)]
    text = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    instructions = ctypes.create_string_buffer(text, len(text))
    program = struct.pack("=HxxxxxxQ", len(code), ctypes.addressof(instructions))
    if os.geteuid() != 0:
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(_PR_SET_SECCOMP, 2, program, 0, 0):
        sys.exit(UNAVAILABLE)


if __name__ == "__main__":
    main()

"""Restrict a process to a few paths by Landlock, where there are no namespaces.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

OLDEST = 3
"""The oldest usable version: earlier ones cannot prevent the truncation of files."""

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # on every machine
_VERSION, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_TO_TRUNCATE, _TO_DEVICE_IOCTL = (1 << 15) - 1, (1 << 16) - 1  # all rights, by version
_DEVICE_IOCTL_SINCE, _NETWORK_SINCE, _SCOPES_SINCE = 5, 4, 6
_ALL_NETWORK, _ALL_SCOPES = 3, 3  # bind, connect; abstract sockets, signals


def version() -> int:
    """The system's version of Landlock; 0 without it."""
    if sys.platform != "linux" or os.uname().machine not in {"x86_64", "aarch64"}:
        return 0
    found: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _VERSION)
    return max(0, found)


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Restrict this process and its descendants to these paths and their contents.

    Raises:
        OSError: The system refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    found = version()
    handled = _TO_DEVICE_IOCTL if found >= _DEVICE_IOCTL_SINCE else _TO_TRUNCATE
    attributes = struct.pack("=Q", handled)
    if found >= _NETWORK_SINCE:
        attributes += struct.pack("=Q", _ALL_NETWORK)
    if found >= _SCOPES_SINCE:
        attributes += struct.pack("=Q", _ALL_SCOPES)
    rules = _checked(libc.syscall(_CREATE, attributes, len(attributes), 0))
    for paths, rights in (
        (readable, _READ_FILE),
        (writable, _READ_FILE | _WRITE_FILE | _TRUNCATE),
    ):
        for path in paths:
            folder = _READ_DIR | _EXECUTE if os.path.isdir(path) else 0
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", rights | folder, descriptor)
            _checked(libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0))
            os.close(descriptor)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _checked(libc.syscall(_RESTRICT, rules, 0))
    os.close(rules)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result

"""Drop root's privileges in a child.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import ctypes
import os
import struct
import sys

if __package__:
    from pytest_selfrepair.sandbox.inside import seccomp
else:  # a plain file beside its siblings
    import seccomp  # type: ignore[import-not-found,no-redef]

_CAPABILITIES_VERSION = 0x20080522
_DAC_READ_SEARCH = 1 << 2
_PR_SET_KEEPCAPS = 8


def become(uid: int, *, keep_reading: bool) -> None:
    """Become a user without privileges.

    Args:
        uid: The user, who need not exist.
        keep_reading: Whether it may read all files, for Python itself may lie in a closed folder.

    Raises:
        OSError: The system refuses.
    """
    if keep_reading:
        seccomp.prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    if keep_reading:
        _keep(_DAC_READ_SEARCH)


def drop() -> None:
    """Stay root without its capabilities (Linux).

    Raises:
        OSError: The system refuses.
    """
    if sys.platform == "linux":
        _keep(0)


def _keep(capabilities: int) -> None:
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    data = struct.pack("=6I", capabilities, capabilities, 0, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, data):
        number = ctypes.get_errno()
        raise OSError(number, f"capabilities: {os.strerror(number)}")

"""Check whether SQLite can work on a store's file system."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pytest_selfrepair.errors import StoreError

# Without 9p and virtiofs, which show containers and virtual machines their own host's files.
NETWORKS = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "ceph"),
        *("lustre", "gpfs", "beegfs", "fhgfs", "orangefs", "pvfs2", "panfs", "wekafs", "glusterfs"),
        *("webdav", "davfs", "ocfs2", "gfs2", "sshfs", "s3fs", "gcsfuse", "goofys", "blobfuse"),
        *("blobfuse2", "rclone", "juicefs", "mfs", "moosefs", "lizardfs", "quobyte", "hdfs"),
        *("curlftpfs", "davfs2", "onedriver", "cephfs", "mount.davfs", "smbnetfs"),
    }
)
"""File systems shared between hosts, on which a write-ahead log fails or damages the file."""

_FUSE = re.compile(r"(macfuse|osxfuse|fuse)[._]")
"""The prefix of file systems in user space."""
_ESCAPED = re.compile(r"\\([0-7]{3})")
_DARWIN_LINE = re.compile(r".+? on (?P<place>/.*) \((?P<kind>[^,()]+)[^()]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """The place of a store's file, existing or not.

    Attributes:
        folder: The nearest existing folder.
        file_system: The kind of its file system; None where unknown.
        read_only: Whether nothing can be written there.
        private: Whether only its owner may read the file; None without a file.
    """

    folder: Path
    file_system: str | None
    read_only: bool
    private: bool | None

    @property
    def is_network(self) -> bool:
        """Whether it is on a network file system."""
        return is_network(self.file_system)


def is_network(kind: str | None) -> bool:
    """Whether a kind of file system is shared between hosts; an unknown kind counts as local."""
    return kind is not None and _FUSE.sub("", kind.lower()) in NETWORKS


def place_of(path: Path) -> StorePlace:
    """Inspect the place of a store's file."""
    folder = _folder(path)
    exists = path.is_file()
    writable = os.access(path if exists else folder, os.W_OK) and os.access(folder, os.W_OK)
    return StorePlace(
        folder=folder,
        file_system=file_system_of(folder.resolve(), mounts()),
        read_only=not writable or bool(os.statvfs(folder).f_flag & os.ST_RDONLY),
        private=not path.stat().st_mode & 0o077 if exists else None,
    )


def shared_by_hosts(path: Path) -> str | None:
    """The kind of network file system at a path; None for a local one."""
    target = path.resolve() if path.is_symlink() else path
    kind = file_system_of(_folder(target).resolve(), mounts())
    return kind if is_network(kind) else None


def refuse_network(path: Path, kind: str | None, *, option: str, instead: str) -> None:
    """Refuse to write a file on a network file system.

    Args:
        path: The file.
        kind: The result of `shared_by_hosts`.
        option: The option for another file.
        instead: What to do with several hosts.

    Raises:
        StoreError: It is on one.
    """
    if kind is not None:
        raise StoreError(
            f"{path}: found a network file system ({kind}); accepted: a disk of this machine, "
            f"by {option}: SQLite's write-ahead log works only for processes of one host, and may "
            f"lose or damage what others write; {instead}"
        )


def mounts() -> str:
    """The system's list of mounts; empty where unavailable."""
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        pass
    try:
        said = subprocess.run(["/sbin/mount"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(said.stdout)


def file_system_of(folder: Path, mounts: str) -> str | None:
    """The kind of file system mounted deepest above a folder.

    Args:
        folder: An absolute path without links.
        mounts: Lines of Linux's ``/proc/self/mountinfo``, or of `mount` on macOS.

    Returns:
        The system's name of the kind; None where no line covers the folder.
    """
    found: tuple[int, str | None] = (0, None)
    for line in mounts.splitlines():
        mounted = _linux(line) or _darwin(line)
        if mounted is None:
            continue
        place, kind = mounted
        depth = len(Path(place).parts)
        if depth >= found[0] and folder.is_relative_to(place):  # a later mount hides an earlier one
            found = (depth, kind)
    return found[1]


def _linux(line: str) -> tuple[str, str] | None:
    """Parse place and kind from mountinfo: ``36 35 98:0 / /mnt rw,noatime - ext4 …``."""
    about, dash, source = line.partition(" - ")
    fields = about.split(" ")
    if not dash or len(fields) < 6 or not fields[0].isdigit():  # noqa: PLR2004 - by proc(5)
        return None
    place = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4])
    return place, source.split(" ")[0]


def _darwin(line: str) -> tuple[str, str] | None:
    """Parse place and kind from `mount`: ``//me@host/share on /Volumes/share (smbfs, nodev)``."""
    found = _DARWIN_LINE.fullmatch(line)
    return (found["place"], found["kind"]) if found else None


def _folder(path: Path) -> Path:
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    return folder

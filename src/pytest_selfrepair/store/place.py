"""The file system on which a store lies: whether SQLite can do its work there."""

import os
from dataclasses import dataclass
from pathlib import Path

NETWORKS = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs"),
        *("lustre", "gpfs", "beegfs", "orangefs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs"),
        *("fuse.gcsfuse", "fuse.rclone", "webdav", "davfs", "ocfs2", "gfs2"),
    }
)
"""File systems of which hosts share files: a write-ahead log fails there, or damages the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """Where a store lies, or would.

    Attributes:
        folder: The nearest folder that exists.
        file_system: The kind of its file system; None where the system does not say.
        read_only: Whether nothing can be written there.
        private: Whether nobody else may read the file; None where there is none.
    """

    folder: Path
    file_system: str | None
    read_only: bool
    private: bool | None

    @property
    def is_network(self) -> bool:
        """Whether several hosts may share it."""
        return self.file_system in NETWORKS


def place_of(path: Path) -> StorePlace:
    """What is known of the place of a store's file."""
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    exists = path.is_file()
    writable = os.access(path if exists else folder, os.W_OK) and os.access(folder, os.W_OK)
    return StorePlace(
        folder=folder,
        file_system=_file_system(folder.resolve()),
        read_only=not writable or bool(os.statvfs(folder).f_flag & os.ST_RDONLY),
        private=not path.stat().st_mode & 0o077 if exists else None,
    )


def _file_system(folder: Path) -> str | None:
    """The kind of the file system mounted deepest above a folder (Linux)."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    found: tuple[int, str | None] = (0, None)
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        mounted = Path(place.replace("\\040", " ").replace("\\011", "\t"))
        if folder.is_relative_to(mounted):
            found = max(found, (len(mounted.parts), kind), key=lambda each: each[0])
    return found[1]

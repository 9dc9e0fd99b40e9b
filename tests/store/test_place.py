"""Where a store may lie: SQLite's write-ahead log needs all who use it on one host."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from projects import write_project
from pytest_selfrepair.annotate.answers_file import Answers
from pytest_selfrepair.cli import main
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store import place
from pytest_selfrepair.store.place import file_system_of, is_network
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, replied

MOUNTINFO = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 27 0:40 / /home rw,relatime shared:2 master:1 - nfs4 server:/export/home rw,vers=4.2,hard
37 36 0:41 / /home/ann/my\\040disk rw,relatime - xfs /dev/vdb rw
38 27 0:42 / /scratch rw - lustre 10.0.0.1@tcp:/fs rw
39 27 0:43 / /mnt/laptop rw,nosuid - fuse.sshfs ann@laptop:/ rw,user_id=1000
40 27 0:44 / /mnt/share rw - cifs //server/share rw
41 40 0:45 / /mnt/share rw - tmpfs tmpfs rw
42 27 0:46 /sub /bound rw - gpfs gpfs0 rw
not a line of it
"""
MOUNT = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//ann@server/my (old) share on /Volumes/my (old) share (smbfs, nodev, nosuid, mounted by ann)
server:/export on /Volumes/nfs (nfs)
ann@laptop:/ on /Volumes/laptop (macfuse, nodev, synchronous)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    ("mounts", "folder", "kind", "network"),
    [
        (MOUNTINFO, "/", "ext4", False),
        (MOUNTINFO, "/homestead", "ext4", False),
        (MOUNTINFO, "/home/ann/project", "nfs4", True),
        (MOUNTINFO, "/home/ann/my disk/project", "xfs", False),
        (MOUNTINFO, "/scratch/run", "lustre", True),
        (MOUNTINFO, "/mnt/laptop", "fuse.sshfs", True),
        (MOUNTINFO, "/mnt/share/run", "tmpfs", False),
        (MOUNTINFO, "/bound", "gpfs", True),
        (MOUNT, "/Users/ann", "apfs", False),
        (MOUNT, "/Volumes/my (old) share/run", "smbfs", True),
        (MOUNT, "/Volumes/nfs/run", "nfs", True),
        (MOUNT, "/Volumes/laptop", "macfuse", False),
        ("", "/home", None, False),
    ],
)
def test_the_deepest_mount_tells_the_file_system(
    mounts: str, folder: str, kind: str | None, network: bool
) -> None:
    found = file_system_of(Path(folder), mounts)
    assert (found, is_network(found)) == (kind, network)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the system says is mounted from a server."""
    folder = tmp_path / "shared"
    folder.mkdir()
    text = f"1 0 0:1 / / rw - ext4 /dev/vda rw\n2 1 0:2 / {folder} rw - nfs4 server:/x rw\n"
    monkeypatch.setattr(place, "mounts", lambda: text)
    return folder


def test_a_store_to_be_written_there_is_refused_before_anything_is_made(shared: Path) -> None:
    with pytest.raises(StoreError) as error:
        SqliteStore(shared / "deep" / "samples.sqlite")
    assert str(error.value) == (
        f"{shared}/deep/samples.sqlite: found a network file system (nfs4); accepted: a disk of "
        "this machine, by --selfrepair-store: SQLite's write-ahead log works only for "
        "processes of one host, and may lose or damage what others write; let each host have a "
        "store of its own, and join them by `selfrepair merge`"
    )
    assert list(shared.iterdir()) == []


def test_a_link_to_it_is_refused_too(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "link.sqlite").symlink_to(shared / "samples.sqlite")
    with pytest.raises(StoreError, match=r"link\.sqlite: found a network file system"):
        SqliteStore(tmp_path / "link.sqlite")


def test_a_finished_store_is_read_there_and_left_as_it_is(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = tmp_path / "samples.sqlite"
    with closing(SqliteStore(local)) as store:
        asyncio.run(store.put(asked(), replied()))
    archived = shared / "samples.sqlite"
    archived.write_bytes(local.read_bytes())
    with closing(SqliteStore(archived, create=False)) as store:
        assert store.read_only
        assert asyncio.run(store.get_many([asked().key])) == {asked().key: replied()}
    assert main(["export", str(archived), "-o", str(tmp_path / "out")]) == 0
    assert "exported 1 samples" in capsys.readouterr().err
    assert [each.name for each in shared.iterdir()] == ["samples.sqlite"]


def test_answers_of_people_are_refused_there(shared: Path) -> None:
    with pytest.raises(StoreError, match=r"answers\.sqlite: found a network .* by --answers"):
        Answers(shared / "answers.sqlite")


def test_a_run_says_so_before_anything_is_asked(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(pytester.path)
    monkeypatch.setattr(place, "mounts", lambda: "1 0 0:1 / / rw - nfs4 server:/x rw")
    result = pytester.runpytest_inprocess("tasks", "--selfrepair-model", "scripted:script.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: *.selfrepair/samples.sqlite: found a network file system (nfs4); *-store*"]
    )
    assert not (pytester.path / ".selfrepair").exists()

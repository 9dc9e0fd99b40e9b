"""Files that are older, newer, foreign, full, locked or broken."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from builders import RECORD
from pytest_selfrepair.core.sample import Sample
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.layout import SCHEMA
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, finish, put_text, replied, start

LAYOUT_1 = """
CREATE TABLE samples (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    task_id TEXT NOT NULL,
    node TEXT NOT NULL,
    request TEXT NOT NULL,
    sample TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE records (
    run INTEGER NOT NULL REFERENCES runs (id),
    task_id TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, task_id)
) WITHOUT ROWID;
PRAGMA journal_mode = WAL;
PRAGMA user_version = 1;
"""
"""The layout as version 1 of it was published."""

COUNT = 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "samples.sqlite"


def fill(path: Path, count: int = COUNT) -> None:
    async def put(store: SqliteStore) -> None:
        await asyncio.gather(*(store.put(asked(f"p{n}"), replied("x" * 500)) for n in range(count)))

    with closing(SqliteStore(path)) as store:
        asyncio.run(put(store))


def found(path: Path, count: int = COUNT) -> dict[str, Sample]:
    with closing(SqliteStore(path)) as store:
        return asyncio.run(store.get_many([asked(f"p{n}").key for n in range(count)]))


def refusal(path: Path) -> str:
    """Why a file is refused, in one line; it is left byte for byte as it was."""
    before = path.read_bytes()
    with pytest.raises(StoreError) as error:
        SqliteStore(path)
    assert path.read_bytes() == before
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"{path}: ")
    assert "--selfrepair-store" in str(error.value)
    return str(error.value)


def test_a_store_of_version_1_is_brought_up_to_date_and_keeps_all(path: Path) -> None:
    with sqlite3.connect(path) as old:
        old.executescript(LAYOUT_1)
        put_text(old, asked(), replied())
        old.executescript("INSERT INTO runs (id) VALUES (3); INSERT INTO runs (id) VALUES (4);")
        record = RECORD.to_json()
        old.execute("INSERT INTO records VALUES (3, ?, ?)", (RECORD.task_id, record))
    old.close()
    with closing(SqliteStore(path)) as store:
        assert asyncio.run(store.get_many([asked().key])) == {asked().key: replied()}
        assert asyncio.run(store.stored_requests("t", "p0")) == [asked()]
        assert list(store.records(3)) == [RECORD]
        assert store.begin_run() == 5
    with sqlite3.connect(path) as new:
        assert new.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        uids = {uid for (uid,) in new.execute("SELECT uid FROM runs")}
    new.close()
    assert len(uids) == 3
    assert all(len(uid) == 16 for uid in uids)


def test_an_upgraded_store_is_laid_out_as_a_new_one(path: Path, tmp_path: Path) -> None:
    with sqlite3.connect(path) as old:
        old.executescript(LAYOUT_1)
    old.close()
    layouts = []
    for each in (path, tmp_path / "new.sqlite"):
        SqliteStore(each).close()
        with sqlite3.connect(each) as connection:
            layouts.append(connection.execute("SELECT * FROM sqlite_master ORDER BY 2").fetchall())
        connection.close()
    old_ones, new_ones = ([(row[0], row[1], row[4]) for row in layout] for layout in layouts)
    assert old_ones == new_ones


def test_a_store_of_a_later_version_is_left_alone(path: Path) -> None:
    fill(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert f"written by a later version (layout 99; accepted: up to {SCHEMA})" in refusal(path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a database at all" * 100)
    assert "not a store of pytest-selfrepair" in refusal(path)


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE coverage (line)",
        "CREATE TABLE samples (line); PRAGMA user_version = 1",
        "PRAGMA application_id = 77",
    ],
)
def test_a_database_of_another_application_is_left_alone(path: Path, script: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    connection.close()
    assert "not a store of pytest-selfrepair" in refusal(path)


def test_a_folder_in_the_place_of_the_file_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match=r"samples\.sqlite: cannot be opened.*--selfrepair-store"):
        SqliteStore(path)


def test_a_file_that_was_cut_short_is_named_and_left_as_it_is(path: Path) -> None:
    fill(path)
    os.truncate(path, path.stat().st_size // 2)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"samples\.sqlite: damaged .*--selfrepair-store"):
        found(path)
    assert path.read_bytes() == before


def test_garbage_in_the_middle_is_named_and_what_can_be_read_is_served(path: Path) -> None:
    fill(path)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"garbage!" * 512)
    served, refused = 0, 0
    with closing(SqliteStore(path)) as store:
        for number in range(COUNT):
            try:
                served += len(asyncio.run(store.get_many([asked(f"p{number}").key])))
            except StoreError as error:
                assert "damaged" in str(error)  # noqa: PT017 - some pages are whole, some are not
                refused += 1
    assert served
    assert refused


def test_a_row_that_makes_no_sense_is_named(path: Path) -> None:
    fill(path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE samples SET sample = '{'")
    connection.close()
    with pytest.raises(
        StoreError, match=r"samples\.sqlite: damaged \(Sample: .*--selfrepair-store"
    ):
        found(path, 1)


@pytest.mark.parametrize("kept", [0.0, 0.4, 0.99])
def test_of_a_log_that_was_cut_short_all_that_is_whole_is_served(
    path: Path, tmp_path: Path, kept: float
) -> None:
    """As after a crash of the machine whose disk had not written all that it said it had."""
    fill(path, 50)
    code = """
async def more():
    for number in range(50, 100):
        await store.put(asked(f"p{number}"), replied("x" * 500))
asyncio.run(more())
os.kill(os.getpid(), signal.SIGKILL)
"""
    start(code, path).communicate(timeout=60)
    log = path.with_name("samples.sqlite-wal")
    copy = tmp_path / "copy" / "samples.sqlite"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    shutil.copy(log, copy.parent)
    os.truncate(copy.parent / log.name, int(log.stat().st_size * kept))
    served = found(copy, 100)
    assert list(served) == [asked(f"p{n}").key for n in range(len(served))]
    assert 50 <= len(served) < 100
    assert len(found(path, 100)) == 100


def test_a_file_that_another_process_holds_is_waited_for(path: Path) -> None:
    fill(path, 1)
    code = """
store.write(lambda connection: (print("held", flush=True), time.sleep(1)))
store.close()
"""
    process = start(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with closing(SqliteStore(path)) as store:
        assert asyncio.run(store.put(asked("p1"), replied())) == replied()
    finish(process)


def test_a_file_that_another_process_does_not_let_go_is_named(path: Path) -> None:
    fill(path, 1)
    code = "store.write(lambda connection: (print('held', flush=True), sys.stdin.read()))"
    process = start(code, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with closing(SqliteStore(path, patience=0.2)) as store:
        with pytest.raises(StoreError, match=r"samples\.sqlite: locked: .*--selfrepair-store"):
            asyncio.run(store.put(asked("p1"), replied()))
        assert asyncio.run(store.get_many([asked("p0").key]))
        finish(process)
    assert len(found(path)) == 2, "what could not be filed is filed when the store is closed"


def test_a_disk_without_room_is_named_and_loses_nothing(full_disk: Path) -> None:
    path = full_disk / "samples.sqlite"
    filed: list[str] = []
    refused: list[str] = []

    async def until_full(store: SqliteStore) -> None:
        while not refused:
            request = asked(f"p{len(filed)}")
            try:
                await store.put(request, replied("x" * 5000))
            except StoreError as error:
                refused.append(str(error))
            else:
                filed.append(request.key)

    with closing(SqliteStore(path)) as store:
        asyncio.run(until_full(store))
        assert set(asyncio.run(store.get_many(filed))) == set(filed)
        (full_disk / "ballast").unlink()
        asyncio.run(store.put(asked("after"), replied()))
    assert "\n" not in refused[0]
    assert refused[0].startswith(f"{path}: the disk is full (")
    assert "--selfrepair-store" in refused[0]
    served = found(path, len(filed) + 1)
    assert len(served) == len(filed) + 1, "what found no room was filed when there was some"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte, a good part of which can be freed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = [shutil.which("mount") or "", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if not mount[0] or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    (folder / "ballast").write_bytes(bytes(400_000))
    try:
        yield folder
    finally:
        subprocess.run([mount[0].replace("mount", "umount"), str(folder)], check=True)


def test_a_limit_on_the_size_of_files_is_named_and_loses_nothing(path: Path) -> None:
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
async def until_full():
    for number in range(1000):
        await store.put(asked(f"p{number}"), replied("x" * 5000))
        print(number, flush=True)
asyncio.run(until_full())
"""
    output, errors = start(code, path).communicate(timeout=60)
    last = errors.strip().splitlines()[-1]
    assert f"StoreError: {path}: " in last
    assert "--selfrepair-store" in last
    filed = len(output.split())
    assert filed > 10
    assert len(found(path, 1000)) == filed


def test_a_place_where_no_file_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/samples\.sqlite: .*--selfrepair-store"):
        SqliteStore(tmp_path / "file" / "samples.sqlite")

"""Stores are their user's alone; one that cannot be written is read, reported and replayed."""

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from projects import write_project
from pytest_selfrepair.core.run_account import Lost, RunLimits, Spent, Wanted
from pytest_selfrepair.errors import StoreError
from pytest_selfrepair.store.sqlite_store import SqliteStore
from storing import asked, earlier_store, replied

READ_ONLY = """
mount --bind store store && mount -o remount,ro,bind store store && exec "$@"
"""


def in_read_only(*command: str) -> list[str]:
    """A command that sees the folder `store` read-only: permissions do not hold for root."""
    if os.geteuid():
        Path("store").chmod(0o555)
        return list(command)
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare to mount a folder read-only")
    return ["unshare", "-m", "sh", "-c", READ_ONLY, "sh", *command]


def test_a_new_store_and_its_logs_are_their_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "samples.sqlite"
    before = os.umask(0o022)
    try:
        with closing(SqliteStore(path)) as store:
            asyncio.run(store.put(asked(), replied()))
            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}, modes


@pytest.fixture
def unwritable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that its process takes for one that it may not write."""
    path = tmp_path / "samples.sqlite"
    with closing(SqliteStore(path)) as store:
        asyncio.run(store.put(asked(), replied()))
    monkeypatch.setattr(os, "access", lambda *_: False)
    return path


def test_what_cannot_be_written_is_read(unwritable: Path) -> None:
    with closing(SqliteStore(unwritable)) as store:
        assert store.read_only
        assert asyncio.run(store.get_many([asked().key])) == {asked().key: replied()}
        assert store.ledger.spent("c") == Spent()
        assert store.ledger.lost("c") == Lost()
        with pytest.raises(StoreError, match="cannot be opened for writing"):
            asyncio.run(store.ledger.reserve("c", [Wanted(tokens=1)], RunLimits()))
        with pytest.raises(StoreError, match="cannot be opened for writing"):
            store.begin_run()


def test_an_earlier_layout_that_cannot_be_written_is_read_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwritable = tmp_path / "earlier.sqlite"
    earlier_store(unwritable, [(asked(), replied())])
    monkeypatch.setattr(os, "access", lambda *_: False)
    with closing(sqlite3.connect(unwritable)) as connection:
        connection.executescript(
            "DROP TABLE payments; DROP TABLE verdicts; DROP INDEX reservations_by_key;"
            "ALTER TABLE reservations DROP COLUMN key; PRAGMA user_version = 2"
        )
    before = unwritable.read_bytes()
    with closing(SqliteStore(unwritable)) as store:
        assert asyncio.run(store.get_many([asked().key])) == {asked().key: replied()}
    assert unwritable.read_bytes() == before


@pytest.mark.thorough
def test_a_run_on_a_read_only_mount_is_replayed_and_reported(pytester: pytest.Pytester) -> None:
    write_project(pytester.path)
    store = "store/samples.sqlite"
    options = ("tasks", "--selfrepair-model", "scripted:script.json", f"--selfrepair-store={store}")
    pytester.runpytest(*options).assert_outcomes(passed=1, failed=1)
    before = sorted(pytester.path.joinpath("store").iterdir())
    pytest_ = (sys.executable, "-m", "pytest", *options, "--selfrepair-replay")
    replayed = pytester.run(*in_read_only(*pytest_, "only"))
    replayed.assert_outcomes(passed=1, failed=1)
    replayed.stdout.fnmatch_lines(["note: *samples.sqlite is read-only: no records are kept"])
    replayed.stdout.no_fnmatch_line("*records not kept*")
    wanting = pytester.run(*in_read_only(*pytest_, "auto", "--selfrepair-temperature", "0.1"))
    wanting.assert_outcomes(errors=3)
    wanting.stdout.fnmatch_lines(["*samples.sqlite: cannot be opened for writing*"])
    command = (str(Path(sys.executable).with_name("selfrepair")), "report", store)
    report = pytester.run(*in_read_only(*command))
    assert report.ret == 0
    report.stdout.fnmatch_lines(["run 1 of store/samples.sqlite*"])
    assert sorted(pytester.path.joinpath("store").iterdir()) == before

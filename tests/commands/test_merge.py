"""`selfrepair merge`: what several hosts or processes made in parts becomes one whole."""

from contextlib import closing
from pathlib import Path

import pytest

from pytest_selfrepair.cli import main
from pytest_selfrepair.store.sqlite_store import SqliteStore


def test_stores_and_lines_are_not_joined_with_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, verdicts = tmp_path / "a.sqlite", tmp_path / "b.jsonl"
    with closing(SqliteStore(store)):
        pass
    verdicts.write_text("{}\n")
    assert main(["merge", str(store), str(verdicts), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"selfrepair: {verdicts}: found JSON Lines, and a store in {store}; accepted: "
        "stores alone, or JSON Lines alone\n"
    )


def test_a_part_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none"
    assert main(["merge", str(missing), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"selfrepair: {missing}: No such file or directory; accepted: a file to read\n"
    )

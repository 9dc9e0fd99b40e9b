"""`selfrepair plot` and `selfrepair table`, of one run and of several."""

import csv
import io
from contextlib import closing
from pathlib import Path

import pytest

import synthetic
from pytest_selfrepair.cli import main
from pytest_selfrepair.store.sqlite_store import SqliteStore

STORE = Path(".selfrepair") / "samples.sqlite"


@pytest.fixture(autouse=True)
def _stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs; the second has no record of the first's first task, and one more."""
    monkeypatch.chdir(tmp_path)
    STORE.parent.mkdir()
    with closing(SqliteStore(STORE)) as store:
        for first in (0, 1):
            number = store.begin_run()
            for task in range(first, first + 9):
                store.add_record(number, synthetic.record(task))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    assert main(list(arguments)) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_several_runs_are_shown_on_the_tasks_that_all_scored(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [one] = {row["tasks"] for row in printed(capsys, "table", "1")}
    both = printed(capsys, "table", "1", "2", "--sources", "self")
    assert (one, {row["tasks"] for row in both}) == ("9", {"8"})
    assert [row["run"] for row in both] == ["gpt-3.5-turbo #1", "gpt-3.5-turbo #2"]
    hard = printed(capsys, "table", "1", "--difficulty", "interview", "--sources", "self")
    assert [row["tasks"] for row in hard] == ["3"]


def test_a_figure_and_a_table_go_to_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", "1", "2", "--replacement", "with", "--size", "6x4", "-o", "a.svg"]) == 0
    text = Path("a.svg").read_text("utf-8")
    assert "drawn with replacement; sampling on only where none has passed; 8 tasks" in text
    assert main(["plot", "1", "--baseline", "paper", "-o", "b.svg"]) == 0
    assert "without replacement; sampling i.i.d. of every task" in Path("b.svg").read_text("utf-8")
    assert main(["table", "1", "--kind", "curve", "--latex", "c.tex", "--csv", "c.csv"]) == 0
    assert capsys.readouterr().out == ""
    assert r"\begin{tabular}" in Path("c.tex").read_text("utf-8")
    assert Path("c.csv").read_text("utf-8").startswith("run,feedback,baseline,n_p,n_fr,")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["table", "1", "--difficulty", "easy"], "--difficulty: found 'easy'; accepted: competi"),
        (["table", "1", "--sources", "me"], "--sources: found 'me'; accepted: self, gpt-4"),
        (["plot", "1", "--size", "6", "-o", "a.svg"], "found '6'; accepted: width x height in inc"),
        (["plot", "1", "--size", "0x4", "-o", "a.svg"], "found '0x4'; accepted: width x height"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_its_option(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status == 2
    assert said in capsys.readouterr().err


def test_runs_that_share_no_task_cannot_be_shown_together(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closing(SqliteStore(STORE)) as store:
        store.add_record(store.begin_run(), synthetic.record(40))
    assert main(["table", "1", "3"]) == 2
    assert "found no task that all of these runs scored" in capsys.readouterr().err

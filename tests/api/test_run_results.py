"""`load_run`: a stored run for Python code, its findings, and frames of it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import synthetic
from builders import grown, repair
from pytest_selfrepair import Record, RunResult, UsageError, load_run
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.tree import RepairTree
from pytest_selfrepair.report import frames
from pytest_selfrepair.report.columns import PROGRAM_COLUMNS, TASK_COLUMNS, programs_of
from pytest_selfrepair.report.data import to_json
from pytest_selfrepair.store.sqlite_store import SqliteStore

STORE = ".selfrepair/samples.sqlite"


def some_records(first: int = 0, count: int = 4) -> list[Record]:
    numbers = range(first, first + count)
    scored = [synthetic.record(number, programs=3, repairs=2) for number in numbers]
    return [*scored, synthetic.unscored(first + count)]


def result(records: list[Record]) -> RunResult:
    return RunResult(name="made", title="made", records=tuple(records))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose default store has a run, of which exports are made, and another one."""
    monkeypatch.chdir(tmp_path)
    with closing(SqliteStore(Path(STORE))) as store:
        for first in (0, 10):
            run = store.begin_run()
            for record in some_records(first):
                store.add_record(run, record)
    assert main(["export", f"{STORE}::1", "-o", "lines.jsonl"]) == 0
    assert main(["export", f"{STORE}::1", "--format", "authors", "-o", "authors.jsonl"]) == 0
    return tmp_path


@pytest.mark.usefixtures("here")
def test_a_run_is_loaded_by_any_spelling_that_the_commands_accept() -> None:
    first = load_run(1)
    assert first.name == f"{STORE}::1"
    assert first.title.startswith(f"run 1 of {STORE} (")
    for run in ("1", f"{STORE}::1", "lines.jsonl", Path("lines.jsonl")):
        assert load_run(run).records == first.records
    scored = tuple(record for record in first.records if record.grown is not None)
    assert load_run("authors.jsonl").records == scored  # the format has no others
    assert load_run().records == load_run("last").records == load_run(Path(STORE)).records
    assert load_run().records != first.records


@pytest.mark.usefixtures("here")
def test_a_path_is_a_file_also_where_its_name_is_a_number() -> None:
    Path("7").write_bytes(Path("lines.jsonl").read_bytes())
    assert load_run(Path("7")).records == load_run(1).records
    with pytest.raises(UsageError, match=r"::7; accepted: last, 1, 2"):
        load_run(7)


@pytest.mark.usefixtures("here")
def test_findings_and_summary_are_those_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["report", "1", "--json", "report.json"]) == 0
    printed = capsys.readouterr().out
    run = load_run(1)
    assert to_json(run.findings()) == Path("report.json").read_text(encoding="utf-8")
    assert run.summary(width=80) == printed.rstrip("\n")


@pytest.mark.parametrize("library", frames.LIBRARIES)
def test_a_frame_has_a_row_for_each_program_and_task(library: frames.Library) -> None:
    run = result(some_records())
    programs, tasks = run.programs_frame(library), run.tasks_frame(library)
    nodes = [node for record in run.records if record.grown for node in record.grown.nodes]
    assert list(programs.columns) == [column.name for column in PROGRAM_COLUMNS]
    assert list(tasks.columns) == [column.name for column in TASK_COLUMNS]
    assert sorted(programs["node"]) == sorted(node.node for node in nodes)
    assert int(programs["tokens"].sum()) == sum(node.tokens for node in nodes)
    assert int(programs["passed"].sum()) == sum(node.verdict.passed for node in nodes)
    assert list(tasks["task_id"]) == [record.task_id for record in run.records]
    counted = sum(int(tasks[column].sum()) for column in ("programs", "repairs", "baseline"))
    assert counted == len(nodes)
    assert list(tasks["outcome"])[-1] == "unscored"


def test_both_libraries_frames_hold_the_same() -> None:
    run = result(some_records())
    for pandas_frame, polars_frame in (
        (run.programs_frame("pandas"), run.programs_frame("polars")),
        (run.tasks_frame("pandas"), run.tasks_frame("polars")),
    ):
        rows = pandas_frame.astype(object).where(pandas_frame.notna(), None)
        assert rows.to_dict(orient="records") == polars_frame.to_dicts()


def test_columns_keep_their_types_where_all_values_are_missing() -> None:
    run = result([synthetic.unscored(0)])
    for made in (run.programs_frame("pandas"), run.tasks_frame("pandas")):
        assert {str(dtype) for dtype in made.dtypes} <= {"string", "Int64", "Float64", "boolean"}
    assert run.tasks_frame("polars").schema["programs"] == pl.Int64
    assert run.programs_frame("polars").height == 0


def test_a_repair_of_a_repair_is_one_deeper() -> None:
    first = repair("p0", 0, passed=False)
    second = replace(repair("p0", 0, passed=True), node="p0/self/r0/r0", parent=first.node)
    tree = RepairTree(source="self", repairs=(first, second), complete=True)
    record = replace(synthetic.record(0), grown=replace(grown([False]), trees=(tree,)))
    depths = [(row.stage, row.source, row.depth) for row in programs_of([record])]
    assert depths == [("initial", None, 0), ("repair", "self", 1), ("repair", "self", 2)]


@given(text=st.text())
@example(text="\ud800")
def test_any_text_of_a_model_goes_into_a_frame(text: str) -> None:
    record = replace(synthetic.record(0), unscored=text)
    for library in frames.LIBRARIES:
        [shown] = result([record]).tasks_frame(library)["unscored"]
        assert shown == text.encode("utf-8", "backslashreplace").decode()


def test_without_a_library_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "find_spec", lambda name: None if name == "pandas" else object())
    run = result(some_records(count=1))
    assert isinstance(run.tasks_frame(), pl.DataFrame)
    with pytest.raises(UsageError, match=r"found no pandas; accepted: .*\[frames\]"):
        run.tasks_frame("pandas")
    monkeypatch.setattr(frames, "find_spec", lambda name: None)  # noqa: ARG005 - as called
    with pytest.raises(UsageError, match=r"found no pandas and no polars; accepted: .*\[frames\]"):
        run.programs_frame()


def test_pandas_makes_the_frame_where_both_are_installed() -> None:
    assert isinstance(result(some_records(count=1)).tasks_frame(), pd.DataFrame)


def test_another_library_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="library: found 'arrow'; accepted: pandas, polars"):
        result([]).tasks_frame("arrow")  # type: ignore[call-overload]

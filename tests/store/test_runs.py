"""RUN, `selfrepair runs`, and runs that come and go in the authors' format."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from test_authors import entry, save, task

from builders import RECORD, grown
from projects import write_task
from pytest_selfrepair.cli import main
from pytest_selfrepair.core.record import Record
from pytest_selfrepair.core.task import Difficulty
from pytest_selfrepair.errors import StoreError, UsageError
from pytest_selfrepair.plugin import options
from pytest_selfrepair.store import run_names
from pytest_selfrepair.store.authors_write import write
from pytest_selfrepair.store.sqlite_store import SqliteStore

STORE = ".selfrepair/samples.sqlite"


def keep(path: str, *records: Record) -> None:
    """Another run of these records, in a store."""
    with closing(SqliteStore(Path(path))) as store:
        run = store.begin_run()
        for record in records:
            store.add_record(run, record)
        began = (f"2030-01-31 12:00:{run:02}", run)
        store.write(
            lambda to: to.execute("UPDATE runs SET started = ? WHERE id = ?", began).rowcount
        )


def tasks(run: str) -> list[str]:
    return [record.task_id for record in run_names.load(run).records]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a default store of two runs, another store of one, and files of both kinds."""
    monkeypatch.chdir(tmp_path)
    keep(STORE, replace(RECORD, task_id="first"))
    keep(STORE, replace(RECORD, task_id="b"), replace(RECORD, task_id="a"))
    keep("other", replace(RECORD, task_id="other"))
    assert main(["export", STORE, "-o", "lines.jsonl"]) == 0
    save(tmp_path / "authors.jsonl", task("z", entry(True)), task("y", entry(passed=True)))
    return tmp_path


def uids() -> list[str]:
    with closing(sqlite3.connect(STORE)) as connection:
        return [uid for (uid,) in connection.execute("SELECT uid FROM runs ORDER BY id")]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("run", "name", "found"),
    [
        ("1", f"{STORE}::1", ["first"]),
        ("2", f"{STORE}::2", ["a", "b"]),
        ("last", f"{STORE}::2", ["a", "b"]),
        (STORE, f"{STORE}::2", ["a", "b"]),
        (f"{STORE}::1", f"{STORE}::1", ["first"]),
        (f"{STORE}::last", f"{STORE}::2", ["a", "b"]),
        (f"./{STORE}::01", f"{STORE}::1", ["first"]),
        ("other", "other::1", ["other"]),
        ("authors.jsonl", "authors.jsonl", ["y", "z"]),
    ],
)
def test_a_run_is_named_by_number_store_or_file(run: str, name: str, found: list[str]) -> None:
    loaded = run_names.load(run)
    assert loaded.name == name
    assert [record.task_id for record in loaded.records] == found
    assert run_names.load(loaded.name) == loaded
    if "::" in name:
        assert loaded.place.started is not None
        path, _, number = name.rpartition("::")
        assert loaded.title == f"run {number} of {path} ({loaded.place.started} UTC)"
    else:
        assert loaded.title == name


@pytest.mark.usefixtures("here")
def test_exported_lines_hold_several_runs_and_the_latest_is_meant() -> None:
    text = Path("lines.jsonl").read_text("ascii")
    first, second = uids()
    with closing(sqlite3.connect(STORE)) as connection:
        [(began,)] = connection.execute("SELECT started FROM runs WHERE id = 1").fetchall()
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        if line.get("run") == second:
            line["started"] = "1999-01-01 00:00:00"
    save(Path("lines.jsonl"), *lines)
    assert run_names.load("lines.jsonl").name == f"lines.jsonl::{first}"
    assert run_names.load("lines.jsonl").place.started == began
    assert tasks(f"lines.jsonl::{second}") == ["a", "b"]
    assert tasks("lines.jsonl::last") == ["first"]


@pytest.mark.usefixtures("here")
def test_a_file_may_be_called_as_a_number_or_with_colons() -> None:
    Path("7").write_bytes(Path("authors.jsonl").read_bytes())
    Path("a::1").write_bytes(Path("authors.jsonl").read_bytes())
    assert tasks("./7") == tasks("a::1") == ["y", "z"]
    with pytest.raises(UsageError, match=r"found .*sqlite::7; accepted: last, 1, 2$"):
        run_names.load("7")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("3", f"RUN: found {STORE}::3; accepted: last, 1, 2"),
        ("0", f"RUN: found {STORE}::0; accepted: last, 1, 2"),
        ("other::2", "RUN: found other::2; accepted: last, 1"),
        ("other::one", "RUN: found other::one; accepted: last, 1"),
        ("other::", "RUN: found other::; accepted: last, 1"),
        ("9" * 5000, "RUN: '9999"),
        ("empty", "RUN: found empty::last; accepted: none, for it holds no run"),
        ("lines.jsonl::1", "RUN: found lines.jsonl::1; accepted: last, "),
        ("authors.jsonl::1", "RUN: found 'authors.jsonl::1'; accepted: authors.jsonl, as a file"),
        ("nowhere", "RUN: 'nowhere': No such file or directory; accepted: a readable file; that"),
        ("nowhere::1", "RUN: 'nowhere': No such file or directory"),
        ("", "RUN: "),
        (".", "RUN: .: found a folder; accepted: a file; that is, a run's number or `last` (of "),
        ("blank", "RUN: found blank, which begins nothing in it; accepted: a run's number or"),
        ("text", "RUN: found text, which begins b'hello\\n'; accepted: a run's number or `last`"),
    ],
)
def test_what_names_no_run_is_told_what_would(run: str, said: str) -> None:
    SqliteStore(Path("empty")).close()
    Path("blank").write_text("\n")
    Path("text").write_text("hello\n")
    with pytest.raises(UsageError) as caught:
        run_names.load(run)
    assert str(caught.value).startswith(said)


def test_without_a_default_store_a_number_names_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for run in ("1", "last"):
        with pytest.raises(UsageError, match=f"found '{run}', and no {STORE} here; accepted: a ru"):
            run_names.load(run)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("here")
def test_a_file_that_is_malformed_in_part_is_no_run() -> None:
    with Path("authors.jsonl").open("a") as stream:
        stream.write("{}\n")
    with pytest.raises(UsageError, match=r"authors.jsonl:3: prob_path: found nothing"):
        run_names.load("authors.jsonl")
    with Path("lines.jsonl").open("a") as stream:
        stream.write('{"record": 1}\n')
    with pytest.raises(UsageError, match=r"lines.jsonl:5: "):
        run_names.load("lines.jsonl")


@pytest.mark.usefixtures("here")
def test_a_damaged_record_is_named_by_run_and_task() -> None:
    with closing(sqlite3.connect("other")) as connection, connection:
        connection.execute("UPDATE records SET record = '{\"schema\": 99}'")
    with pytest.raises(StoreError, match="other::1: other: record of schema 99"):
        run_names.load("other")


def test_the_default_store_is_the_plugins(pytestconfig: pytest.Config) -> None:
    assert str(options.settings(pytestconfig).store).endswith(run_names.DEFAULT_STORE.as_posix())


@pytest.mark.usefixtures("here")
def test_runs_are_listed_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    keep(STORE, Record(task_id="lost", unscored="why"), replace(RECORD, task_id="kept"))
    SqliteStore(Path("empty")).close()
    capsys.readouterr()
    assert main(["runs"]) == 0
    header, _, *rows = capsys.readouterr().out.splitlines()
    assert header.split("  ")[0] == "run"
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    assert [row.split()[3:] for row in rows] == [
        ["gpt-4", "self", "1", "1"],
        ["gpt-4", "self", "2", "2"],
        ["gpt-4", "self", "2", "1"],
    ]
    assert main(["runs", "other", "--json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["run"], facts["tasks"], facts["scored"]) == (1, 1, 1)
    assert (facts["models"], facts["sources"]) == (["gpt-4"], ["self"])
    assert main(["runs", "empty"]) == 0
    assert capsys.readouterr().out == "empty holds no run.\n"
    assert main(["runs", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith("selfrepair: nowhere: no such file; accepted: ")


def test_a_file_goes_through_a_store_by_processes_and_comes_out_the_same(here: Path) -> None:
    lines = [
        task("b/2", entry(True, False, old=["x"]), notes="\u00fc \ud800"),
        task("a/1", entry(passed=True), entry(False, True)),
    ]
    save(here / "f.jsonl", *lines)

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "pytest_selfrepair", *arguments]
        return subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)

    into = command("import", "--format", "authors", "f.jsonl")
    assert into.stdout == f"{STORE}::3\n"
    assert into.stderr == "selfrepair: imported 2 tasks (0 not scored); 0 malformed\n"
    name = into.stdout.strip()
    for out in (None, "out.jsonl"):
        back = command("export", "--format", "authors", name, *(["-o", out] if out else []))
        text = (here / out).read_text() if out else back.stdout
        assert text == (here / "f.jsonl").read_text()
        assert back.stderr.startswith(f"selfrepair: exported 2 tasks of run 3 of {STORE} (")
    assert tasks("last") == ["a/1", "b/2"]


def test_an_import_names_malformed_lines_and_takes_the_others(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(here / "f.jsonl", task("t", entry(True)), {}, task("t"), task("u", entry(False)), 7)
    capsys.readouterr()
    assert main(["import", "--format", "authors", "f.jsonl", "--into", "deep/new"]) == 1
    output = capsys.readouterr()
    assert output.out == "deep/new::1\n"
    assert [line.split(" ")[0] for line in output.err.splitlines()] == [
        "f.jsonl:2:",
        "f.jsonl:3:",
        "f.jsonl:5:",
        "selfrepair:",
    ]
    assert output.err.endswith("selfrepair: imported 2 tasks (0 not scored); 3 malformed\n")
    assert tasks("deep/new") == ["t", "u"]


def test_nothing_good_makes_no_run_and_no_store(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(here / "f.jsonl", {})
    capsys.readouterr()
    assert main(["import", "--format", "authors", "f.jsonl", "--into", "new"]) == 1
    assert capsys.readouterr().out == ""
    assert not (here / "new").exists()


@pytest.mark.usefixtures("here")
def test_an_import_that_breaks_off_leaves_no_run() -> None:
    with closing(sqlite3.connect(STORE)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON records WHEN new.task_id = 'y' "
            "BEGIN SELECT RAISE(ABORT, 'stopped'); END"
        )
    assert main(["import", "--format", "authors", "authors.jsonl"]) == 2
    assert len(uids()) == 2


def test_model_source_difficulty_and_single_repairs_can_be_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, difficulty in (("test/0001", "interview"), ("train/0001", "competition")):
        write_task(here / "apps" / name, difficulty=difficulty, inputs=["1\n"], outputs=["1\n"])
    save(
        here / "f.jsonl",
        task("/data/APPS/test/0001", entry(True)),
        task("train/0001/", entry(True), difficulty="introductory"),
        task("0001", entry(True)),
        task("0002", entry(True)),
    )
    capsys.readouterr()
    command = ["import", "--format", "authors", "f.jsonl", "--model", "gpt-4", "--source", "gpt-5"]
    assert main([*command, "--tasks", "apps", "--single-repair", "passed"]) == 0
    errors = capsys.readouterr().err
    assert "4 programs with a single repair count as passed" in errors
    assert (
        "no difficulty of 2 tasks: none, or several, of apps have this name: 0001, 0002" in errors
    )
    found = {record.task_id: record for record in run_names.load("last").records}
    assert found["/data/APPS/test/0001"].difficulty is Difficulty.INTERVIEW
    assert found["train/0001/"].difficulty is Difficulty.INTRODUCTORY
    assert found["0001"].difficulty is None
    assert all(each.grown and each.grown.programs[0].verdict.passed for each in found.values())
    assert main([*command, "--tasks", "apps", "--single-repair", "repair"]) == 0
    (first, *_) = run_names.load("last").records
    assert first.setup is not None
    assert (first.setup.model, first.setup.sources) == ("gpt-4", ("gpt-5",))
    assert main([*command, "--tasks", "nowhere"]) == 2
    assert "--tasks: found nowhere, with no task in it" in capsys.readouterr().err


def test_a_run_of_ours_goes_out_and_comes_back_whole(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = grown([False, True], [[True, False]], [True])
    odd = replace(two.programs[0], program="\ud800\0\u2028", node="p0")
    two = replace(two, programs=(odd, *two.programs[1:]))
    trees = (*two.trees, replace(two.trees[0], source="none"))
    ran = [
        replace(RECORD, task_id="t2", grown=replace(two, trees=trees)),
        replace(RECORD, task_id="t1", difficulty=None, grown=two),
        Record(task_id="lost", unscored="why"),
    ]
    keep(STORE, *ran)
    capsys.readouterr()
    assert main(["export", "--format", "authors", "last", "-o", "f.jsonl"]) == 0
    assert "left out 1 tasks that were not scored: lost\n" in capsys.readouterr().err
    assert run_names.load("f.jsonl").records == [ran[1], ran[0]]
    assert main(["import", "--format", "authors", "f.jsonl", "--into", "new"]) == 0
    assert run_names.load("new").records == [ran[1], ran[0]]
    assert main(["export", "--format", "authors", "new", "-o", "again.jsonl"]) == 0
    assert (here / "again.jsonl").read_bytes() == (here / "f.jsonl").read_bytes()


def test_lines_of_ours_and_theirs_keep_their_order(here: Path) -> None:
    ours = [json.loads(write(replace(RECORD, task_id=name))) for name in ("b", "d", "a", "e")]
    save(here / "f.jsonl", *ours[:2], task("c", entry(True)), *ours[2:])
    assert main(["import", "--format", "authors", "f.jsonl"]) == 0
    assert main(["export", "--format", "authors", "last", "-o", "again.jsonl"]) == 0
    assert (here / "again.jsonl").read_bytes() == (here / "f.jsonl").read_bytes()
    assert tasks("last") == ["a", "b", "c", "d", "e"]


def test_an_interrupted_import_leaves_no_run(here: Path) -> None:
    save(here / "f.jsonl", *(task(f"t{place}", *[entry(True)] * 100) for place in range(800)))
    words = [sys.executable, "-m", "pytest_selfrepair", "import", "--format", "authors", "f.jsonl"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while len(uids()) == 2 and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, b"")
    assert len(uids()) == 2


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        ([STORE], 3),
        ([STORE, "--run", "1"], 1),
        ([f"{STORE}::1"], 1),
        (["last"], 2),
        (["1", "--what", "records"], 1),
        (["--format", "authors", "last"], 2),
        (["--format", "authors", STORE, "--run", "1"], 1),
        (["--format", "authors", "lines.jsonl"], 2),
        (["--format", "authors", "authors.jsonl"], 2),
    ],
)
def test_export_takes_a_run_in_either_format(arguments: list[str], kinds: int) -> None:
    assert main(["export", *arguments, "-o", "out"]) == 0
    key = '"completions"' if "authors" in arguments else '"record":'
    assert sum(key in line for line in Path("out").read_text().splitlines()) == kinds


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "1", "--run", "2"], "--run: found 2 beside '1'; accepted: one of them"),
        (
            ["export", "--format", "authors", "other::1", "--run", "2"],
            "--run: found 2 beside 'other::1'; accepted: one of them",
        ),
        (
            ["export", "--format", "authors", "1", "--what", "all"],
            "--what: found all; accepted: only with --format lines",
        ),
        (
            ["export", "1", "--source", "self"],
            "--source: found self; accepted: only with --format authors",
        ),
        (
            ["export", "--format", "authors", "1", "--source", "x"],
            "--source: found 'x', which first has no repairs of; accepted: self",
        ),
        (
            ["export", "authors.jsonl"],
            (
                "RUN: found 'authors.jsonl', the authors' format; accepted with --format lines: a "
                "store or a run in one. `selfrepair import` takes a file into a store"
            ),
        ),
        (
            ["import", "lines.jsonl", "--single-repair", "auto"],
            "--single-repair: found auto; accepted: only with --format authors",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"selfrepair: {said}\n"


@pytest.mark.usefixtures("here")
def test_lines_go_to_the_default_store_and_another_format_is_pointed_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["import", "lines.jsonl"]) == 0
    assert f"imported 0 into {STORE}; 3 were there" in capsys.readouterr().err
    assert main(["import", "authors.jsonl"]) == 2
    assert capsys.readouterr().err.endswith("; or give --format authors\n")
    assert main(["import", "--format", "authors", "lines.jsonl"]) == 2
    assert capsys.readouterr().err.endswith(
        "lines.jsonl:1: found what export wrote; accepted: it with --format lines\n"
    )
